// String tensors as a checkpoint's data file holds them: the length of each
// string as a varint, the masked checksum of the lengths, the strings.
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_STRING_TENSOR_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_STRING_TENSOR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rowhouse::interchange {

struct EncodedStrings {
  std::string bytes;
  std::uint32_t masked_crc = 0;  // of the entry: not of `bytes` as they are
};

EncodedStrings EncodeStrings(absl::Span<const std::string> strings);

// The reverse. DATA_LOSS when `bytes` are not `elements` strings, or one of the
// two checksums differs. `big_endian`: words are of a machine that has them so.
absl::StatusOr<std::vector<std::string>> DecodeStrings(absl::string_view bytes,
                                                       std::uint64_t elements,
                                                       std::uint32_t masked_crc,
                                                       bool big_endian);

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_STRING_TENSOR_H_
