// Writes TensorFlow V2 checkpoints.
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_CHECKPOINT_WRITER_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_CHECKPOINT_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/interchange/file.h"
#include "client/interchange/tensor.h"
#include "client/interchange/tensor_slice.h"
#include "rowhouse/interchange/v1/checkpoint.pb.h"

namespace rowhouse::interchange {

// One checkpoint with one data file. Tensors get their places in the order in
// which they are added, without gaps, and are filled afterwards, several at a
// time if need be, so that tables larger than memory are written in one pass
// over their rows. The files appear under their names in Finish, data before
// index; a writer that is destroyed before leaves nothing.
//
// The bytes are those that TensorFlow writes for the same tensors in the same
// order. One thread at a time. After an error only destruction makes sense.
class CheckpointWriter {
 public:
  // Of a tensor that is being filled.
  using Place = std::size_t;

  // `prefix` + ".index" and ".data-00000-of-00001"; existing ones are replaced
  // in Finish. Errors: OutputFile::Create.
  static absl::StatusOr<CheckpointWriter> Create(absl::string_view prefix);

  // Makes room for a tensor of numbers. INVALID_ARGUMENT: the name is empty or
  // was added before, the shape makes no sense, or it is of strings.
  absl::StatusOr<Place> Add(absl::string_view name, const TensorInfo& info);
  // The same for one part of the tensor `name`, which as a whole is `info`. A
  // slice that is the whole makes a plain tensor. Beyond Add's:
  // INVALID_ARGUMENT when the tensor was added with another type or shape,
  // INTERNAL when the slice leaves it.
  absl::StatusOr<Place> AddSlice(absl::string_view name, const TensorInfo& info,
                                 const TensorSlice& slice);
  // Adds a tensor of strings. REQUIRES: as many as the shape says.
  absl::Status AddStrings(absl::string_view name, const Shape& shape,
                          absl::Span<const std::string> strings);

  // The next bytes of a tensor, row-major and little-endian.
  // INVALID_ARGUMENT when it has no room for them.
  absl::Status Append(Place place, absl::string_view bytes);
  absl::Status AppendFloats(Place place, absl::Span<const float> values);

  // Makes both files durable under their names. FAILED_PRECONDITION when a
  // tensor is not full.
  absl::Status Finish();

 private:
  struct Filling {
    std::string key;
    std::uint64_t done = 0;
    std::uint32_t crc = 0;
  };

  CheckpointWriter(std::string prefix, OutputFile data);
  // The entry of a key that is new.
  absl::StatusOr<v1::BundleEntry*> NewEntry(absl::string_view key, Dtype dtype,
                                            const Shape& shape);
  absl::StatusOr<Place> AddKey(absl::string_view key, const TensorInfo& info);

  std::string prefix_;
  OutputFile data_;
  std::uint64_t bytes_ = 0;
  std::map<std::string, v1::BundleEntry, std::less<>> entries_;
  std::vector<Filling> filling_;
};

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_CHECKPOINT_WRITER_H_
