// safetensors: named tensors of numbers in one file, a JSON header in front.
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_SAFETENSORS_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_SAFETENSORS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/interchange/file.h"
#include "client/interchange/safetensors_header.h"
#include "client/interchange/tensor.h"

namespace rowhouse::interchange {

// Const methods from any thread.
class SafetensorsReader {
 public:
  // DATA_LOSS: no safetensors file: its tensors do not fill it without gap and
  // overlap. Errors of ParseSafetensorsHeader.
  static absl::StatusOr<SafetensorsReader> Open(const std::string& path);

  // By name.
  const SafetensorsEntries& tensors() const { return tensors_; }
  const std::string& path() const { return file_.path(); }

  // `out.size()` bytes of tensor `name` from byte `offset` on, little-endian.
  // NOT_FOUND: no such tensor; OUT_OF_RANGE: it has less.
  absl::Status Read(absl::string_view name, std::uint64_t offset,
                    absl::Span<char> out) const;

 private:
  SafetensorsReader(InputFile file, std::uint64_t begin);

  InputFile file_;
  std::uint64_t begin_;  // of the data
  SafetensorsEntries tensors_;
};

// Writes one file whose tensors are known beforehand; they may be filled at the
// same time. The file appears in Finish. One thread at a time.
class SafetensorsWriter {
 public:
  // The tensors lie in the file in the order given. INVALID_ARGUMENT: a name
  // twice, "__metadata__" or no UTF-8, a type that the format lacks
  // (complex128, strings) or a shape that makes no sense. Errors:
  // OutputFile::Create.
  static absl::StatusOr<SafetensorsWriter> Create(
      const std::string& path,
      const std::vector<std::pair<std::string, TensorInfo>>& tensors);

  // The next bytes of the tensor with that index. INVALID_ARGUMENT: no room.
  absl::Status Append(std::size_t tensor, absl::string_view bytes);
  // FAILED_PRECONDITION when a tensor is not full.
  absl::Status Finish();

 private:
  struct Filling {
    std::uint64_t at = 0;
    std::uint64_t end = 0;
  };
  explicit SafetensorsWriter(OutputFile file);

  OutputFile file_;
  std::vector<Filling> filling_;
};

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_SAFETENSORS_H_
