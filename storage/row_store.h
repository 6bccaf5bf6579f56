// Where rows lie when they are not in memory: a lazy image of the shard's rows.
// It may be behind the journal, never ahead of what the journal has synced.
#ifndef ROWHOUSE_STORAGE_ROW_STORE_H_
#define ROWHOUSE_STORAGE_ROW_STORE_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "rowhouse/ids.h"
#include "rowhouse/shard_map.h"

namespace rowhouse::storage {

// One row: its place, the LSN of the last push it contains, weights then slots;
// where rows move without a gradient (MovesEveryRow), then how many steps it
// contains, a 64-bit integer in the place of kStepCountFloats.
struct RowImage {
  BucketId bucket;
  Id id = 0;
  Lsn lsn;
  absl::Span<const float> values;
};

inline constexpr std::size_t kStepCountFloats = 2;

// Where a row lies. They sort as the rows of a scan.
struct RowPlace {
  BucketId bucket;
  Id id = 0;
  friend auto operator<=>(const RowPlace&, const RowPlace&) = default;
};

// What is there after opening is on the disk, also what a killed process had
// not come to flush. Thread-safe. Unknown table: NOT_FOUND. A row that fails
// its checksum or its length: DATA_LOSS with table, bucket and id. Full disk:
// RESOURCE_EXHAUSTED.
class RowStore {
 public:
  virtual ~RowStore() = default;

  virtual std::vector<TableIncarnation> Tables() const = 0;
  // ALREADY_EXISTS when it is there.
  virtual absl::Status CreateTable(TableIncarnation table) = 0;
  // OK when there is none.
  virtual absl::Status DropTable(TableIncarnation table) = 0;

  // Replaces rows. Not durable before Flush.
  virtual absl::Status Write(TableIncarnation table,
                             absl::Span<const RowImage> rows) = 0;
  // Everything written to the table before the call is on the disk.
  virtual absl::Status Flush(TableIncarnation table) = 0;

  // Visits the rows of the buckets in order of (bucket, id); the image is valid
  // during the call. An error of `visit` ends the scan and is returned.
  virtual absl::Status Scan(
      TableIncarnation table, BucketRange buckets,
      absl::FunctionRef<absl::Status(const RowImage&)> visit) const = 0;

  // Visits those of the rows that are there, with their index, in order; the
  // image is valid during the call. An error of `visit` ends it and is
  // returned. One that is not there costs no read of the disk but for one in a
  // hundred. REQUIRES: places rise.
  virtual absl::Status MultiGet(
      TableIncarnation table, absl::Span<const RowPlace> places,
      absl::FunctionRef<absl::Status(std::size_t, const RowImage&)> visit)
      const = 0;

  // Reads about `bytes_max` of what lies on the disk, on from where the call
  // before ended and round again, and compares checksums. Returns how much it
  // read. DATA_LOSS naming the file; the next call goes on behind it. One
  // caller at a time.
  virtual absl::StatusOr<std::uint64_t> Scrub(std::uint64_t bytes_max) = 0;

  // A copy of everything flushed, in the new directory `path`, made of hard
  // links where the file system allows. ALREADY_EXISTS when there is such a
  // path. REQUIRES: all tables flushed.
  virtual absl::Status CopyTo(const std::string& path) const = 0;
};

std::unique_ptr<RowStore> MakeMemRowStore();

struct RocksDbOptions {
  std::string path;
  bool read_only = false;  // for checkpoints: nothing in `path` is changed
  // Of blocks and memtables. Where all rows are in the shard's memory RocksDB
  // is written in batches and scanned at start: memtables and indexes only.
  std::size_t cache_bytes = 64u << 20;
};
absl::StatusOr<std::unique_ptr<RowStore>> OpenRocksDbRowStore(
    const RocksDbOptions& options);

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_ROW_STORE_H_
