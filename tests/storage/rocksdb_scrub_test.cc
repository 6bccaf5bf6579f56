#include "storage/rocksdb_scrub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <vector>

#include "absl/strings/match.h"
#include "storage/disk.h"
#include "storage/row_store.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::storage {
namespace {

using ::testing::HasSubstr;

constexpr TableIncarnation kTable{1};

// A row store with two files of rows.
class RocksDbScrubTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(store_,
                                  OpenRocksDbRowStore({.path = Path()}));
    ROWHOUSE_ASSERT_OK(store_->CreateTable(kTable));
    const std::vector<float> values(1000, 1.5f);
    for (Id id = 0; id < 2; ++id) {
      ROWHOUSE_ASSERT_OK(
          store_->Write(kTable, {{BucketId(3), id, Lsn(1), values}}));
      ROWHOUSE_ASSERT_OK(store_->Flush(kTable));
    }
  }
  std::string Path() { return directory_.File("rows"); }
  std::vector<std::string> Files() {
    std::vector<std::string> files;
    const auto names = PosixDisk().List(Path());
    EXPECT_THAT(names, IsOk());
    for (const std::string& name : names.value()) {
      if (absl::EndsWith(name, ".sst")) files.push_back(Path() + "/" + name);
    }
    return files;
  }

  TempDir directory_;
  std::unique_ptr<RowStore> store_;
};

TEST_F(RocksDbScrubTest, ReadsEverythingRoundAndRound) {
  ASSERT_EQ(Files().size(), 2);
  std::uint64_t all = 0;
  for (const std::string& file : Files()) all += PosixDisk().Stat(file)->bytes;
  for (int round = 0; round < 3; ++round) {
    EXPECT_THAT(store_->Scrub(1u << 20), IsOkAndHolds(all));
  }
  // A file at a time, where the bound is small.
  std::uint64_t read = 0;
  for (int call = 0; call < 2; ++call) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const std::uint64_t more, store_->Scrub(1));
    EXPECT_LT(more, all);
    read += more;
  }
  EXPECT_EQ(read, all);
}

TEST_F(RocksDbScrubTest, AFlippedBitIsFoundThoughNobodyReadsTheRow) {
  const std::string damaged = Files()[1];
  std::fstream file(damaged, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(100);
  const int byte = file.get();
  file.seekp(100);
  file.put(static_cast<char>(byte ^ 1));
  file.close();
  int found = 0;
  for (int call = 0; call < 4; ++call) {
    const auto read = store_->Scrub(1);
    if (read.ok()) continue;
    ++found;
    EXPECT_THAT(read,
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(damaged)));
  }
  EXPECT_EQ(found, 2) << "once a round";
}

TEST_F(RocksDbScrubTest, AFileThatIsGoneIsNoDamage) {
  ROWHOUSE_ASSERT_OK(store_->Scrub(1));
  ROWHOUSE_ASSERT_OK(store_->DropTable(kTable));
  for (int call = 0; call < 4; ++call) {
    ROWHOUSE_EXPECT_OK(store_->Scrub(1));
  }
}

}  // namespace
}  // namespace rowhouse::storage
