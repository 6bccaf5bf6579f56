// Keys and values of the row store. Grammar, worked example: docs/formats.md.
// On disk: do not change.
#ifndef ROWHOUSE_STORAGE_ROW_CODEC_H_
#define ROWHOUSE_STORAGE_ROW_CODEC_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rowhouse/ids.h"
#include "storage/row_store.h"

namespace rowhouse::storage {

inline constexpr std::size_t kRowKeyBytes = 10;

// Bucket, then id, both big-endian: bytes sort as (bucket, id).
std::string RowKey(BucketId bucket, Id id);

// The first key of a bucket and of all behind it; 16384 sorts behind every row.
std::string BucketPrefix(std::uint32_t bucket);

// Replaces `value` by LSN, values and a checksum over table, key and all of it:
// a row found under another key or in another table is damage.
void EncodeRowValue(TableIncarnation table, const RowImage& row,
                    absl::string_view key, std::string& value);

// The row of a key and value. Its floats are copied to `values`, which must
// live as long as they are used. DATA_LOSS naming table, bucket and id.
absl::StatusOr<RowImage> DecodeRow(TableIncarnation table,
                                   absl::string_view key,
                                   absl::string_view value,
                                   std::vector<float>& values);

// The name of a table's column family or file: 16 hex digits.
std::string TableKey(TableIncarnation table);
// False when the name is no table's.
bool ParseTableKey(absl::string_view name, TableIncarnation& table);

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_ROW_CODEC_H_
