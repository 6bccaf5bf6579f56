#include "client/columns/file_bytes.h"

#include <sys/stat.h>

#include <fstream>
#include <string>

#include "tests/client/columns/column_testing.h"
#include "tests/client/columns/token_files.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::internal {
namespace {

using ::testing::HasSubstr;

TEST(FileBytes, ComeInOrder) {
  const TempDir dir;
  const std::string text = std::string(100000, 'x') + "end\n\r";
  std::ofstream(dir.File("f"), std::ios::binary) << text;
  auto file = OpenFile(dir.File("f"));
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(*AllOf(**file), text);
}

TEST(FileBytes, NameTheFileThatIsNotThere) {
  const TempDir dir;
  EXPECT_THAT(OpenFile(dir.File("none")).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none")));
}

TEST(FileBytes, OfADirectoryCannotBeRead) {
  const TempDir dir;
  EXPECT_THAT(
      OpenFile(dir.path()).status(),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(dir.path())));
}

// Bytes without an end, and a wait without one.
TEST(FileBytes, OfADeviceOrAFifoAreNotReadForEver) {
  const TempDir dir;
  ASSERT_EQ(::mkfifo(dir.File("fifo").c_str(), 0600), 0);
  for (const std::string& path : {std::string("/dev/zero"), dir.File("fifo")}) {
    EXPECT_THAT(OpenFile(path).status(),
                StatusIs(absl::StatusCode::kFailedPrecondition,
                         HasSubstr("is not a file")))
        << path;
  }
}

}  // namespace
}  // namespace rowhouse::internal
