#include "storage/rocksdb_options.h"

#include <cstdarg>
#include <memory>

#include "rocksdb/cache.h"
#include "rocksdb/env.h"
#include "rocksdb/file_checksum.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/options.h"
#include "rocksdb/table.h"
#include "rocksdb/write_buffer_manager.h"

namespace rowhouse::storage {
namespace {

// Of a filter, for each row: one miss in a hundred reads the disk all the same.
constexpr double kFilterBitsPerRow = 10;

// All families' memtables together, charged to the cache: one budget for both.
constexpr std::size_t kMemtableBytes = 48u << 20;

// One family's. A table is written in bursts of write-back.
constexpr std::size_t kMemtableBytesPerTable = 16u << 20;

// A thousand tables with one arena block each must stay within the budget.
constexpr std::size_t kArenaBlockBytes = 32u << 10;

// Write-back only: a scan reads ahead so much.
constexpr std::size_t kReadaheadBytes = 2u << 20;

// RocksDB's info log would grow in the data directory, change a checkpoint
// opened for reading, and tell nothing that a status does not.
class NoLog final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char* /*format*/, va_list /*ap*/) override {}
  void Logv(const rocksdb::InfoLogLevel /*level*/, const char* /*format*/,
            va_list /*ap*/) override {}
};

}  // namespace

rocksdb::Options RowStoreOptions(bool read_only, std::size_t cache_bytes) {
  rocksdb::Options options;
  options.create_if_missing = !read_only;
  options.info_log = std::make_shared<NoLog>();

  // Damage is found and reported, never stepped over.
  options.paranoid_checks = true;
  options.file_checksum_gen_factory =
      rocksdb::GetFileChecksumGenCrc32cFactory();
  options.best_efforts_recovery = false;
  options.wal_recovery_mode =
      rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;

  // Wrong or in the way in RocksDB 7.8: a flush of all families at once can
  // lose a family's data, tracking may miss a WAL, the write modes give up
  // snapshots.
  options.atomic_flush = false;
  options.track_and_verify_wals_in_manifest = false;
  options.enable_pipelined_write = false;
  options.unordered_write = false;
  options.manual_wal_flush = false;
  options.allow_2pc = false;

  // What was not flushed is in the journal: do not hold up the end for it.
  options.avoid_flush_during_shutdown = true;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;

  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(cache_bytes);
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kFilterBitsPerRow));
  table.format_version = 5;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_manager = std::make_shared<rocksdb::WriteBufferManager>(
      kMemtableBytes, table.block_cache);
  options.write_buffer_size = kMemtableBytesPerTable;
  options.arena_block_size = kArenaBlockBytes;
  options.compression = rocksdb::kNoCompression;  // floats do not compress
  options.level_compaction_dynamic_level_bytes = true;
  return options;
}

rocksdb::WriteOptions RowStoreWriteOptions() {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  return options;
}

rocksdb::ReadOptions RowStoreReadOptions() {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  options.fill_cache = false;
  options.total_order_seek = true;
  options.readahead_size = kReadaheadBytes;
  return options;
}

rocksdb::ReadOptions RowStorePointReadOptions() {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  return options;
}

}  // namespace rowhouse::storage
