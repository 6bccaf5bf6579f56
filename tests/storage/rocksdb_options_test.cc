// The settings that RocksDB 7.8 gets wrong by default, or loses rows with.
#include "storage/rocksdb_options.h"

#include <gtest/gtest.h>

#include "rocksdb/options.h"

namespace rowhouse::storage {
namespace {

TEST(RocksDbOptionsTest, DamageIsNeverSteppedOver) {
  const rocksdb::Options options = RowStoreOptions(/*read_only=*/false);
  EXPECT_TRUE(options.paranoid_checks);
  EXPECT_FALSE(options.best_efforts_recovery);
  EXPECT_NE(options.file_checksum_gen_factory, nullptr);
  EXPECT_EQ(options.wal_recovery_mode,
            rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords);
  EXPECT_TRUE(RowStoreReadOptions().verify_checksums);
}

TEST(RocksDbOptionsTest, NothingThatLosesRowsOrSnapshots) {
  const rocksdb::Options options = RowStoreOptions(/*read_only=*/false);
  EXPECT_FALSE(options.atomic_flush);
  EXPECT_FALSE(options.track_and_verify_wals_in_manifest);
  EXPECT_FALSE(options.enable_pipelined_write);
  EXPECT_FALSE(options.unordered_write);
  EXPECT_FALSE(options.manual_wal_flush);
  EXPECT_FALSE(options.allow_2pc);
}

TEST(RocksDbOptionsTest, TheJournalIsTheOnlyLog) {
  EXPECT_TRUE(RowStoreWriteOptions().disableWAL);
  EXPECT_NE(RowStoreOptions(false).info_log, nullptr);
}

TEST(RocksDbOptionsTest, ReadingMakesNothing) {
  EXPECT_TRUE(RowStoreOptions(/*read_only=*/false).create_if_missing);
  EXPECT_FALSE(RowStoreOptions(/*read_only=*/true).create_if_missing);
}

}  // namespace
}  // namespace rowhouse::storage
