// How a row store's RocksDB is set up; rocksdb_options.cc says why.
#ifndef ROWHOUSE_STORAGE_ROCKSDB_OPTIONS_H_
#define ROWHOUSE_STORAGE_ROCKSDB_OPTIONS_H_

#include <cstddef>

namespace rocksdb {
struct Options;
struct ReadOptions;
struct WriteOptions;
}  // namespace rocksdb

namespace rowhouse::storage {

// Blocks of rows, indexes and filters, and all memtables, share `cache_bytes`.
rocksdb::Options RowStoreOptions(bool read_only, std::size_t cache_bytes);

// Rows come from the journal after a crash, so RocksDB keeps no log of its own.
rocksdb::WriteOptions RowStoreWriteOptions();

// Every block read is checked, and a scan of everything does not push what is
// in use out of the cache.
rocksdb::ReadOptions RowStoreReadOptions();

// The same for rows one by one, whose blocks may be wanted again.
rocksdb::ReadOptions RowStorePointReadOptions();

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_ROCKSDB_OPTIONS_H_
