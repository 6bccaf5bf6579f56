// The settings that RocksDB 7.8 gets wrong by default, or loses rows with.
#include "storage/rocksdb_options.h"

#include <gtest/gtest.h>

#include "rocksdb/options.h"
#include "rocksdb/table.h"

namespace rowhouse::storage {
namespace {

constexpr std::size_t kCache = 64u << 20;

TEST(RocksDbOptionsTest, DamageIsNeverSteppedOver) {
  const rocksdb::Options options = RowStoreOptions(/*read_only=*/false, kCache);
  EXPECT_TRUE(options.paranoid_checks);
  EXPECT_FALSE(options.best_efforts_recovery);
  EXPECT_NE(options.file_checksum_gen_factory, nullptr);
  EXPECT_EQ(options.wal_recovery_mode,
            rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords);
  EXPECT_TRUE(RowStoreReadOptions().verify_checksums);
  EXPECT_TRUE(RowStorePointReadOptions().verify_checksums);
}

TEST(RocksDbOptionsTest, NothingThatLosesRowsOrSnapshots) {
  const rocksdb::Options options = RowStoreOptions(/*read_only=*/false, kCache);
  EXPECT_FALSE(options.atomic_flush);
  EXPECT_FALSE(options.track_and_verify_wals_in_manifest);
  EXPECT_FALSE(options.enable_pipelined_write);
  EXPECT_FALSE(options.unordered_write);
  EXPECT_FALSE(options.manual_wal_flush);
  EXPECT_FALSE(options.allow_2pc);
}

TEST(RocksDbOptionsTest, TheJournalIsTheOnlyLog) {
  EXPECT_TRUE(RowStoreWriteOptions().disableWAL);
  EXPECT_NE(RowStoreOptions(false, kCache).info_log, nullptr);
}

// Ids that were never pushed are looked up all the time.
TEST(RocksDbOptionsTest, RowsThatAreNotThereAreFiltered) {
  const rocksdb::Options options = RowStoreOptions(/*read_only=*/false, kCache);
  const auto* table =
      options.table_factory->GetOptions<rocksdb::BlockBasedTableOptions>();
  ASSERT_NE(table, nullptr);
  EXPECT_NE(table->filter_policy, nullptr);
  EXPECT_TRUE(table->whole_key_filtering);
  EXPECT_FALSE(options.optimize_filters_for_hits);
}

TEST(RocksDbOptionsTest, ReadingMakesNothing) {
  EXPECT_TRUE(RowStoreOptions(/*read_only=*/false, kCache).create_if_missing);
  EXPECT_FALSE(RowStoreOptions(/*read_only=*/true, kCache).create_if_missing);
}

}  // namespace
}  // namespace rowhouse::storage
