// How many rows of which content lie in which bucket, whatever order they are
// met in: what two copies of the same rows have in common.
#ifndef ROWHOUSE_STORAGE_ROW_DIGESTS_H_
#define ROWHOUSE_STORAGE_ROW_DIGESTS_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rowhouse/ids.h"
#include "rowhouse/shard_map.h"
#include "storage/row_store.h"

namespace rowhouse::storage {

// Not thread-safe; a value. Memory: 40 bytes for each bucket that has rows.
class RowDigests {
 public:
  struct Bucket {
    std::uint64_t rows = 0;
    std::uint64_t sum = 0;  // of the rows' checksums, modulo 2^64
    friend bool operator==(const Bucket&, const Bucket&) = default;
  };

  // Id and values count; the LSN does not, since a restore sets it anew.
  void Add(TableIncarnation table, const RowImage& row);
  void Add(TableIncarnation table, BucketId bucket, const Bucket& digest) {
    tables_[table][bucket] = digest;
  }

  std::uint64_t rows(TableIncarnation table) const;

  // OK when both hold the same of `table` in these buckets; else DATA_LOSS with
  // table, bucket, both counts and sums. `what` names the rows in this.
  absl::Status CheckEqual(const RowDigests& expected, TableIncarnation table,
                          BucketRange buckets, absl::string_view what) const;

  // A whole file, frame included. Format: docs/formats.md.
  std::string Encode() const;
  // DATA_LOSS naming `path`.
  static absl::StatusOr<RowDigests> Decode(absl::string_view bytes,
                                           const std::string& path);

 private:
  std::map<TableIncarnation, std::map<BucketId, Bucket>> tables_;
};

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_ROW_DIGESTS_H_
