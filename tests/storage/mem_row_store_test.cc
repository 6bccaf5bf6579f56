#include "storage/mem_row_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "storage/mem_disk.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr TableIncarnation kTable{1};

std::vector<std::uint64_t> Lsns(const RowStore& store) {
  std::vector<std::uint64_t> lsns;
  ROWHOUSE_EXPECT_OK(
      store.Scan(kTable, {0, kBuckets}, [&](const RowImage& row) {
        lsns.push_back(row.lsn.value());
        return absl::OkStatus();
      }));
  return lsns;
}

absl::Status WriteRow(RowStore& store, Id id, std::uint64_t lsn) {
  return store.Write(kTable,
                     {{.bucket = BucketId(1), .id = id, .lsn = Lsn(lsn)}});
}

TEST(MemRowStoreTest, APowerCutTakesWhatWasNotFlushed) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    MemDisk disk;
    {
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto store,
                                    OpenMemRowStore(disk, "rows", false));
      ROWHOUSE_ASSERT_OK(store->CreateTable(kTable));
      ROWHOUSE_ASSERT_OK(WriteRow(*store, 1, 10));
      ROWHOUSE_ASSERT_OK(store->Flush(kTable));
      ROWHOUSE_ASSERT_OK(WriteRow(*store, 1, 11));
      ROWHOUSE_ASSERT_OK(WriteRow(*store, 2, 12));
      EXPECT_THAT(Lsns(*store), ElementsAre(11, 12));
    }
    disk.PowerCut(seed, MemDisk::Tear::kSectors);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto store,
                                  OpenMemRowStore(disk, "rows", false));
    EXPECT_THAT(Lsns(*store), ElementsAre(10));
  }
}

TEST(MemRowStoreTest, AFailedFlushIsReported) {
  MemDisk disk;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto store,
                                OpenMemRowStore(disk, "rows", false));
  ROWHOUSE_ASSERT_OK(store->CreateTable(kTable));
  ROWHOUSE_ASSERT_OK(WriteRow(*store, 1, 10));
  disk.FailSync(1, absl::UnavailableError("EIO"));
  EXPECT_THAT(store->Flush(kTable), StatusIs(absl::StatusCode::kUnavailable));
  ROWHOUSE_EXPECT_OK(store->Flush(kTable));
}

TEST(MemRowStoreTest, ADamagedFileIsFound) {
  MemDisk disk;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto store,
                                OpenMemRowStore(disk, "rows", false));
  ROWHOUSE_ASSERT_OK(store->CreateTable(kTable));
  ROWHOUSE_ASSERT_OK(WriteRow(*store, 1, 10));
  ROWHOUSE_ASSERT_OK(store->Flush(kTable));
  store.reset();
  const std::string path = "rows/0000000000000001";
  const std::string content = disk.Read(path, 1 << 20).value();
  for (std::size_t i = 0; i < content.size(); ++i) {
    std::string damaged = content;
    damaged[i] ^= 8;
    disk.Damage(path, damaged);
    EXPECT_THAT(OpenMemRowStore(disk, "rows", true).status(),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path)));
  }
}

TEST(MemRowStoreTest, OneWithoutADiskWorksUntilItGoes) {
  const auto store = MakeMemRowStore();
  ROWHOUSE_ASSERT_OK(store->CreateTable(kTable));
  ROWHOUSE_ASSERT_OK(WriteRow(*store, 1, 10));
  ROWHOUSE_ASSERT_OK(store->Flush(kTable));
  EXPECT_THAT(Lsns(*store), ElementsAre(10));
}

}  // namespace
}  // namespace rowhouse::storage
