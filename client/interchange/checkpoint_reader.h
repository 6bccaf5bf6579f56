// Reads TensorFlow V2 checkpoints.
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_CHECKPOINT_READER_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_CHECKPOINT_READER_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/interchange/box.h"
#include "client/interchange/bundle_index.h"
#include "client/interchange/file.h"
#include "client/interchange/tensor.h"
#include "client/interchange/tensor_slice.h"

namespace rowhouse::interchange {

// One checkpoint. The index is read whole when it is opened; data files are
// opened when a tensor in them is read, so damage in one tensor does not hinder
// the others. A part of a tensor is checked against its checksum in a pass of
// its own before the first byte of it is given away, so what is returned is
// right, piece by piece, and a tensor larger than memory can be read.
//
// Codes are TensorFlow's. One thread at a time: files and checked parts are
// remembered.
class CheckpointReader {
 public:
  // `prefix` + ".index" and `prefix` + ".data-...". Errors: BundleIndex::Read.
  static absl::StatusOr<CheckpointReader> Open(absl::string_view prefix);

  const std::string& prefix() const { return prefix_; }
  // Of all tensors, in byte order.
  absl::Span<const std::string> names() const { return index_.names(); }

  // NOT_FOUND: no such tensor. DATA_LOSS: its shape makes no sense.
  // UNIMPLEMENTED: a type that nothing here reads.
  absl::StatusOr<TensorInfo> Describe(absl::string_view name) const;

  // The whole tensor, put together when it is stored in parts. Beyond
  // Describe's: DATA_LOSS for bytes that do not fit their checksum or shape,
  // OUT_OF_RANGE when a data file ends before them, NOT_FOUND when it is
  // missing, INVALID_ARGUMENT when the stored parts leave a hole, INTERNAL when
  // they overlap or leave the tensor, RESOURCE_EXHAUSTED above
  // kTensorBytesMax (in memory: strings are larger there) or as AnyOverlap.
  absl::StatusOr<Tensor> Read(absl::string_view name);

  // A tensor that is one string. Beyond Read's: DATA_LOSS when it is another
  // one, RESOURCE_EXHAUSTED above `bytes_max`.
  absl::StatusOr<std::string> ReadString(absl::string_view name,
                                         std::uint64_t bytes_max);

  // The part `slice` of it, of ShapeOfBox(BoxOf(slice)). Beyond Read's:
  // INTERNAL when the slice leaves the tensor, INVALID_ARGUMENT where values
  // have to be cut or put together and !CanBeCut. A hole or damage in parts
  // that are not asked for does no harm.
  absl::StatusOr<Tensor> ReadSlice(absl::string_view name,
                                   const TensorSlice& slice);

  // As TensorFlow's restore operation: `shape_and_slice` is "" or the text of
  // one. Beyond ReadSlice's: INVALID_ARGUMENT when the stored type or shape is
  // another one.
  absl::StatusOr<Tensor> Restore(absl::string_view name, Dtype dtype,
                                 absl::string_view shape_and_slice);

  // Rows [first, first + out.size() / width) of a float32 tensor [rows, width]
  // or [rows]. INVALID_ARGUMENT for another tensor; errors of ReadSlice.
  absl::Status ReadRows(absl::string_view name, std::uint64_t first,
                        absl::Span<float> out);

  // Checks all that is stored of the numbers of `name`, in bounded memory.
  absl::Status Verify(absl::string_view name);

 private:
  // A part as its tensor's entry names it, the box that it covers, and, once
  // it was found right, where it is.
  struct Part {
    TensorSlice slice;
    Box box;
    bool verified = false;
    StoredTensor stored;
  };
  struct Layout {
    TensorInfo info;
    std::vector<Part> parts;  // by the start of their first axis
  };

  CheckpointReader(std::string prefix, BundleIndex index);

  absl::StatusOr<Layout*> LayoutOf(absl::string_view name);
  absl::StatusOr<StoredTensor> FindPart(absl::string_view name,
                                        const TensorInfo& whole,
                                        const Part& part) const;
  absl::StatusOr<const InputFile*> DataFile(int shard);
  absl::Status VerifyPart(absl::string_view name, const TensorInfo& whole,
                          Part& part);
  absl::Status Prepare(absl::string_view name, Layout& layout, const Box& box);
  absl::Status CopyPart(const Part& part, std::size_t item_bytes,
                        const Box& box, absl::Span<char> out);
  absl::Status CopyBox(const Layout& layout, const Box& box,
                       absl::Span<char> out);
  absl::StatusOr<Tensor> ReadStrings(absl::string_view name,
                                     std::uint64_t bytes_max);

  std::string prefix_;
  BundleIndex index_;
  std::map<int, InputFile> data_files_;
  std::map<std::string, Layout, std::less<>> layouts_;
};

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_CHECKPOINT_READER_H_
