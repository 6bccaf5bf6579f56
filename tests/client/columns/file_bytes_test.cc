#include "client/columns/file_bytes.h"

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
  auto file = OpenFile(dir.path());
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_THAT(
      AllOf(**file).status(),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(dir.path())));
}

}  // namespace
}  // namespace rowhouse::internal
