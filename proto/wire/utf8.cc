#include "proto/wire/utf8.h"

#include <algorithm>
#include <cstdint>

namespace rowhouse::wire {
namespace {

// Bytes of the well-formed character at the start of `text`, or 0 (Unicode
// 15.0, table 3-7).
std::size_t CharacterBytes(absl::string_view text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint8_t>(text[i]);
  };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  std::size_t size = 0;
  std::uint8_t second_min = 0x80;
  std::uint8_t second_max = 0xbf;
  if (lead >= 0xc2 && lead <= 0xdf) {
    size = 2;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    size = 3;
    if (lead == 0xe0) second_min = 0xa0;  // below: overlong
    if (lead == 0xed) second_max = 0x9f;  // above: surrogates
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    size = 4;
    if (lead == 0xf0) second_min = 0x90;  // below: overlong
    if (lead == 0xf4) second_max = 0x8f;  // above: beyond U+10FFFF
  } else {
    return 0;
  }
  if (text.size() < size) return 0;
  if (byte(1) < second_min || byte(1) > second_max) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  return size;
}

}  // namespace

std::size_t ValidUtf8Prefix(absl::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t size = CharacterBytes(text.substr(at));
    if (size == 0) break;
    at += size;
  }
  return at;
}

std::string ToUtf8(absl::string_view text, std::size_t bytes_max) {
  std::string out;
  out.reserve(std::min(text.size(), bytes_max));
  while (!text.empty()) {
    const std::size_t size = CharacterBytes(text);
    if (out.size() + std::max<std::size_t>(size, 1) > bytes_max) break;
    if (size == 0) {
      out.push_back('?');
      text.remove_prefix(1);
    } else {
      out.append(text.data(), size);
      text.remove_prefix(size);
    }
  }
  return out;
}

}  // namespace rowhouse::wire
