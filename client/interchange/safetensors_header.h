// The JSON header of a safetensors file:
//
//   {"__metadata__": {"key": "text"},
//    "name": {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]}}
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_SAFETENSORS_HEADER_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_SAFETENSORS_HEADER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/interchange/tensor.h"

namespace rowhouse::interchange {

// The name that is no tensor's.
inline constexpr char kSafetensorsMetadata[] = "__metadata__";

struct SafetensorsEntry {
  TensorInfo info;
  // The file's word for a type that nothing here reads; info has none then.
  std::string unread_type = {};
  std::uint64_t begin = 0;  // behind the header
  std::uint64_t end = 0;
};
using SafetensorsEntries = std::map<std::string, SafetensorsEntry, std::less<>>;

// The format's name of a type; none for one that it lacks.
std::optional<absl::string_view> SafetensorsDtype(Dtype dtype);

// The tensors of a header in front of `data_bytes` bytes. Time and memory are
// those of the text, whatever it is: it is read once, and no further than to
// its first error. DATA_LOSS: it is no such header, has a member twice, or a
// tensor's bytes do not fit its shape or the data.
absl::StatusOr<SafetensorsEntries> ParseSafetensorsHeader(
    absl::string_view text, std::uint64_t data_bytes);

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_SAFETENSORS_HEADER_H_
