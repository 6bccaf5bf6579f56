// The index of a TensorFlow V2 checkpoint: which tensors it has, and where.
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_BUNDLE_INDEX_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_BUNDLE_INDEX_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/interchange/tensor.h"
#include "client/interchange/tensor_slice.h"

namespace rowhouse::interchange {

// "<prefix>.index", "<prefix>.data-00000-of-00001".
std::string IndexFilename(absl::string_view prefix);
std::string DataFilename(absl::string_view prefix, int shard, int shards);

// Where the bytes of a tensor, or of one part of it, are.
struct StoredTensor {
  TensorInfo info;
  std::uint64_t elements = 1;
  int shard = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint32_t masked_crc = 0;
  std::vector<TensorSlice> slices;  // not empty: the bytes are in the parts
};

// An immutable value.
class BundleIndex {
 public:
  // Reads all of "<prefix>.index". NOT_FOUND: there is none. DATA_LOSS and
  // OUT_OF_RANGE as ReadSortedTable, DATA_LOSS for a value that does not parse;
  // INTERNAL for a table without entries, INVALID_ARGUMENT for one that only
  // newer readers understand. (All TensorFlow's codes.) RESOURCE_EXHAUSTED: a
  // tensor of more than kTensorSlicesMax parts, an entry above
  // kIndexEntryBytesMax, all of them above kIndexBytesMax. Time is that of the
  // table's entries.
  static absl::StatusOr<BundleIndex> Read(absl::string_view prefix);

  // Data files.
  int shards() const { return shards_; }
  // Numbers in the data files are big-endian.
  bool big_endian() const { return big_endian_; }
  // Of tensors, in byte order; keys of parts are left out.
  absl::Span<const std::string> names() const { return names_; }

  // NOT_FOUND: there is no such key (of a tensor or a part). DATA_LOSS: its
  // shape, offset or size make no sense. UNIMPLEMENTED: a type that nothing
  // here reads.
  absl::StatusOr<StoredTensor> Find(absl::string_view key) const;

 private:
  BundleIndex() = default;
  absl::Status Add(absl::string_view key, absl::string_view value);
  absl::Status SetHeader(absl::string_view value);
  absl::Status TooMuch(absl::string_view what, std::uint64_t size,
                       absl::string_view unit, std::uint64_t most) const;
  void ListNames();

  std::string filename_;
  int shards_ = 0;
  bool big_endian_ = false;
  // As they are stored: parsed they are many times as large.
  std::map<std::string, std::string, std::less<>> entries_;
  std::uint64_t bytes_ = 0;            // that they take
  std::vector<std::string> in_parts_;  // keys of entries that name parts
  std::vector<std::string> names_;
};

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_BUNDLE_INDEX_H_
