// UTF-8 as protobuf checks it, for the bytes that never become a protobuf
// string.
#ifndef ROWHOUSE_PROTO_WIRE_UTF8_H_
#define ROWHOUSE_PROTO_WIRE_UTF8_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace rowhouse::wire {

// How many bytes at the start of `text` are well-formed: no overlong form, no
// surrogate, nothing above U+10FFFF. text.size() when all are.
std::size_t ValidUtf8Prefix(absl::string_view text);

// `text` with every byte that is not well-formed replaced by '?', cut to at
// most `bytes_max` bytes without splitting a character.
std::string ToUtf8(absl::string_view text, std::size_t bytes_max);

}  // namespace rowhouse::wire

#endif  // ROWHOUSE_PROTO_WIRE_UTF8_H_
