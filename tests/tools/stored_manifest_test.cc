#include "tools/stored_manifest.h"

#include <filesystem>
#include <fstream>

#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "tests/tools/stored_files.h"

namespace rowhouse::tools {
namespace {

using ::testing::HasSubstr;

TEST(StoredManifestTest, TellsTheThreeKindsApart) {
  const TempDir dir;
  ROWHOUSE_ASSERT_OK(storage::WriteManifest(storage::PosixDisk(), dir.path(),
                                            WordsManifest()));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto data,
                                ReadStoredManifest(dir.path()));
  EXPECT_EQ(std::get<storage::DataDirManifest>(data), WordsManifest());

  const std::string part = WriteWordsCheckpoint(dir.path(), "monday");
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto shard, ReadStoredManifest(part));
  EXPECT_EQ(std::get<storage::ShardManifest>(shard).cut, Lsn(2));

  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto checkpoint,
                                ReadStoredManifest(dir.File("monday")));
  EXPECT_EQ(std::get<CheckpointInfo>(checkpoint).rows, 1u);
}

TEST(StoredManifestTest, ACheckpointIsFoundByEveryPathToIt) {
  const TempDir dir;
  WriteWordsCheckpoint(dir.path(), "monday");
  for (const char* path : {"monday/", "monday/.", "./monday/../monday//"}) {
    EXPECT_THAT(ReadStoredManifest(dir.File(path)), IsOk()) << path;
  }
}

TEST(StoredManifestTest, SaysWhatIsWrong) {
  const TempDir dir;
  EXPECT_THAT(ReadStoredManifest(dir.path()),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("MANIFEST")));
  std::ofstream(dir.File("MANIFEST")) << "something else\n";
  EXPECT_THAT(ReadStoredManifest(dir.path()),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("MANIFEST")));
  const std::string part = WriteWordsCheckpoint(dir.path(), "monday");
  DamageFile(part + "/MANIFEST", 40);
  EXPECT_THAT(ReadStoredManifest(part),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("MANIFEST")));
}

}  // namespace
}  // namespace rowhouse::tools
