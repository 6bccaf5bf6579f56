// NumPy's .npy: one array per file.
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_NPY_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_NPY_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/interchange/file.h"
#include "client/interchange/tensor.h"

namespace rowhouse::interchange {

// A file of format 1.0, 2.0 or 3.0 whose array is in C order (or has one axis
// at most, where orders are the same). Const methods from any thread.
class NpyReader {
 public:
  // DATA_LOSS: no .npy file, or one with another number of bytes than its array
  // has; UNIMPLEMENTED: Fortran order, or a type that nothing here reads.
  static absl::StatusOr<NpyReader> Open(const std::string& path);

  const TensorInfo& info() const { return info_; }

  // `out.size()` bytes from byte `offset` of the array on, little-endian.
  // REQUIRES: both are multiples of the item's size. OUT_OF_RANGE when the
  // array has less.
  absl::Status Read(std::uint64_t offset, absl::Span<char> out) const;

 private:
  NpyReader(InputFile file, TensorInfo info, std::uint64_t begin,
            bool big_endian);

  InputFile file_;
  TensorInfo info_;
  std::uint64_t begin_;
  bool big_endian_;
};

// Writes one array, in format 1.0. The file appears in Finish. One thread at a
// time.
class NpyWriter {
 public:
  // INVALID_ARGUMENT: a type that NumPy lacks (bfloat16, strings) or a shape
  // that makes no sense. Errors: OutputFile::Create.
  static absl::StatusOr<NpyWriter> Create(const std::string& path,
                                          const TensorInfo& info);

  // The next bytes, row-major and little-endian. INVALID_ARGUMENT: no room.
  absl::Status Append(absl::string_view bytes);
  // FAILED_PRECONDITION when the array is not full.
  absl::Status Finish();

 private:
  NpyWriter(OutputFile file, std::uint64_t begin, std::uint64_t end);

  OutputFile file_;
  std::uint64_t at_;
  std::uint64_t end_;
};

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_NPY_H_
