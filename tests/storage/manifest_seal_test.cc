#include "storage/manifest_seal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/mem_disk.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::storage {
namespace {

using ::testing::HasSubstr;

constexpr char kPath[] = "rows";
constexpr char kManifest[] = "rows/MANIFEST-000005";

// A directory as RocksDB keeps it, without RocksDB.
class ManifestSealTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ROWHOUSE_ASSERT_OK(disk_.MakeDirectory(kPath));
    Write("rows/CURRENT", "MANIFEST-000005\n");
    Write(kManifest, "edits");
    Write("rows/000007.sst", "rows");
  }

  void Write(const std::string& path, absl::string_view content) {
    ROWHOUSE_ASSERT_OK(WriteFileAtomically(disk_, path, content));
  }

  absl::Status Check() { return ManifestSeal(disk_, kPath).Check(); }

  MemDisk disk_;
  ManifestSeal seal_{disk_, kPath};
};

TEST_F(ManifestSealTest, WhatWasSealedMustBeThere) {
  ROWHOUSE_ASSERT_OK(seal_.Renew());
  ROWHOUSE_EXPECT_OK(Check());
  for (const char* damaged : {"edit", "edxts", "", "xedits"}) {
    disk_.Damage(kManifest, damaged);
    EXPECT_THAT(Check(),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(kManifest)));
  }
  ROWHOUSE_ASSERT_OK(disk_.Remove(kManifest));
  EXPECT_THAT(Check(),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr(kManifest)));
}

TEST_F(ManifestSealTest, WhatCameLaterMayBeTorn) {
  ROWHOUSE_ASSERT_OK(seal_.Renew());
  disk_.Damage(kManifest, "edits and half of ano");
  ROWHOUSE_EXPECT_OK(Check());
}

TEST_F(ManifestSealTest, RenewingCoversWhatWasAppended) {
  ROWHOUSE_ASSERT_OK(seal_.Renew());
  disk_.Damage(kManifest, "edits and more");
  ROWHOUSE_ASSERT_OK(seal_.Renew());
  ROWHOUSE_EXPECT_OK(Check());
  disk_.Damage(kManifest, "edits and m0re");
  EXPECT_THAT(Check(), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(ManifestSealTest, WhatIsSealedSurvivesAPowerCut) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto file,
                                disk_.Create("rows/MANIFEST-000006"));
  ROWHOUSE_ASSERT_OK(disk_.SyncDirectory(kPath));
  const std::string edits = "unsynced edits";
  ROWHOUSE_ASSERT_OK(file->Append({absl::Span<const char>(edits)}));
  Write("rows/CURRENT", "MANIFEST-000006\n");
  ROWHOUSE_ASSERT_OK(seal_.Renew());
  disk_.PowerCut(1, MemDisk::Tear::kSectors);
  ROWHOUSE_EXPECT_OK(Check());
}

TEST_F(ManifestSealTest, ANewerManifestIsTakenAnOlderOneIsNot) {
  ROWHOUSE_ASSERT_OK(seal_.Renew());
  Write("rows/MANIFEST-000012", "edits");
  Write("rows/CURRENT", "MANIFEST-000012\n");
  ROWHOUSE_EXPECT_OK(Check());
  Write("rows/CURRENT", "MANIFEST-000004\n");
  EXPECT_THAT(Check(), StatusIs(absl::StatusCode::kDataLoss,
                                HasSubstr("had come to 5")));
  Write("rows/CURRENT", "nonsense");
  EXPECT_THAT(Check(), StatusIs(absl::StatusCode::kDataLoss));
}

// RocksDB would name the file that it misses, which is not the damaged one.
TEST_F(ManifestSealTest, ADamagedCurrentIsNamed) {
  ROWHOUSE_ASSERT_OK(seal_.Renew());
  Write("rows/CURRENT", "MANIFEST-000405\n");
  EXPECT_THAT(Check(), StatusIs(absl::StatusCode::kDataLoss,
                                HasSubstr("rows/CURRENT names MANIFEST 405")));
}

TEST_F(ManifestSealTest, RowsWithoutASealAreDamage) {
  EXPECT_THAT(Check(), StatusIs(absl::StatusCode::kDataLoss,
                                HasSubstr("rows/SEAL is missing")));
  ROWHOUSE_ASSERT_OK(disk_.Remove("rows/000007.sst"));
  ROWHOUSE_EXPECT_OK(Check()) << "killed when it was made";
}

TEST_F(ManifestSealTest, ADamagedSealIsDamage) {
  ROWHOUSE_ASSERT_OK(seal_.Renew());
  const std::string content = disk_.Read("rows/SEAL", 1024).value();
  for (std::size_t i = 0; i < content.size(); ++i) {
    std::string damaged = content;
    damaged[i] ^= 1;
    disk_.Damage("rows/SEAL", damaged);
    EXPECT_THAT(Check(), StatusIs(absl::StatusCode::kDataLoss));
  }
}

}  // namespace
}  // namespace rowhouse::storage
