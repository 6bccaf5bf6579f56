#include "client/interchange/string_tensor.h"

#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "client/interchange/varint.h"

namespace rowhouse::interchange {
namespace {

// The checksum covers lengths as words, not as varints: of 32 bits where that
// is enough (older files knew no others).
std::uint32_t ExtendByLength(std::uint64_t length, bool big_endian,
                             std::uint32_t crc) {
  if (length > std::numeric_limits<std::uint32_t>::max()) {
    if (big_endian) length = __builtin_bswap64(length);
    return Crc32c(&length, sizeof(length), crc);
  }
  auto word = static_cast<std::uint32_t>(length);
  if (big_endian) word = __builtin_bswap32(word);
  return Crc32c(&word, sizeof(word), crc);
}

}  // namespace

EncodedStrings EncodeStrings(absl::Span<const std::string> strings) {
  EncodedStrings encoded;
  std::uint32_t crc = 0;
  for (const std::string& text : strings) {
    AppendVarint(text.size(), encoded.bytes);
    crc = ExtendByLength(text.size(), /*big_endian=*/false, crc);
  }
  const std::uint32_t lengths_crc = MaskCrc(crc);
  AppendWord(lengths_crc, encoded.bytes);
  crc = Crc32c(&lengths_crc, sizeof(lengths_crc), crc);
  for (const std::string& text : strings) {
    encoded.bytes += text;
    crc = Crc32c(text.data(), text.size(), crc);
  }
  encoded.masked_crc = MaskCrc(crc);
  return encoded;
}

absl::StatusOr<std::vector<std::string>> DecodeStrings(absl::string_view bytes,
                                                       std::uint64_t elements,
                                                       std::uint32_t masked_crc,
                                                       bool big_endian) {
  // A length takes a byte at least; so nothing is allocated for a lie.
  if (elements > bytes.size()) {
    return absl::DataLossError(
        absl::StrCat(elements, " strings in ", bytes.size(), " bytes"));
  }
  std::vector<std::uint64_t> lengths(elements);
  std::uint32_t crc = 0;
  for (std::uint64_t& length : lengths) {
    const std::optional<std::uint64_t> taken = TakeVarint(bytes);
    if (!taken) return absl::DataLossError("a damaged length of a string");
    length = *taken;
    crc = ExtendByLength(length, big_endian, crc);
  }
  if (bytes.size() < sizeof(std::uint32_t)) {
    return absl::DataLossError("no checksum behind the lengths of strings");
  }
  const auto raw_crc = LoadWord<std::uint32_t>(bytes.data());
  bytes.remove_prefix(sizeof(raw_crc));
  const std::uint32_t lengths_crc =
      big_endian ? __builtin_bswap32(raw_crc) : raw_crc;
  if (lengths_crc != MaskCrc(crc)) {
    return absl::DataLossError(
        absl::StrCat("checksum of string lengths ", absl::Hex(lengths_crc),
                     ", calculated ", absl::Hex(MaskCrc(crc))));
  }
  crc = Crc32c(&raw_crc, sizeof(raw_crc), crc);
  std::vector<std::string> strings(elements);
  for (std::uint64_t i = 0; i < elements; ++i) {
    if (lengths[i] > bytes.size()) {
      return absl::DataLossError(absl::StrCat("string ", i, " of ", lengths[i],
                                              " bytes, ", bytes.size(),
                                              " are left"));
    }
    strings[i] = std::string(bytes.substr(0, lengths[i]));
    bytes.remove_prefix(lengths[i]);
    crc = Crc32c(strings[i].data(), strings[i].size(), crc);
  }
  if (!bytes.empty()) {
    return absl::DataLossError(
        absl::StrCat(bytes.size(), " bytes behind the last string"));
  }
  if (masked_crc != MaskCrc(crc)) {
    return absl::DataLossError(absl::StrCat("checksum ", absl::Hex(masked_crc),
                                            ", calculated ",
                                            absl::Hex(MaskCrc(crc))));
  }
  return strings;
}

}  // namespace rowhouse::interchange
