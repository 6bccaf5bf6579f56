// Reads the files of a RocksDB little by little and compares each with the
// checksum that its list of files holds.
#ifndef ROWHOUSE_STORAGE_ROCKSDB_SCRUB_H_
#define ROWHOUSE_STORAGE_ROCKSDB_SCRUB_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace rocksdb {
class DB;
class FileChecksumGenerator;
class FileChecksumGenFactory;
}  // namespace rocksdb

namespace rowhouse::storage {

// Not thread-safe. What it is given outlives it.
class RocksDbScrub {
 public:
  RocksDbScrub(rocksdb::DB& db, rocksdb::FileChecksumGenFactory& checksums);
  ~RocksDbScrub();

  // As RowStore::Scrub. Files that RocksDB removes meanwhile are passed over.
  absl::StatusOr<std::uint64_t> Read(std::uint64_t bytes_max);

 private:
  struct File {
    std::string path;
    std::string checksum;
    std::string function;
  };

  // The files there are now, for another round.
  void ListFiles();
  // Ends the file under way.
  void Leave();

  rocksdb::DB& db_;
  rocksdb::FileChecksumGenFactory& checksums_;
  std::vector<File> files_;  // those to come; the last is under way
  std::uint64_t offset_ = 0;
  std::unique_ptr<rocksdb::FileChecksumGenerator> generator_;
};

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_ROCKSDB_SCRUB_H_
