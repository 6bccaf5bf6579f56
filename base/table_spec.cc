#include "rowhouse/table_spec.h"

#include <cmath>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/limits.h"

namespace rowhouse {
namespace {

absl::Status Invalid(const TableSpec& spec, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("table '", spec.name, "': ", what));
}

// Bytes that may follow the first one of a UTF-8 character: how many, and the
// bounds of the first of them, which keep out what is written longer than it
// need be, surrogates, the upper control characters and values above U+10FFFF.
struct Utf8Tail {
  int bytes;
  unsigned char low, high;
};

std::optional<Utf8Tail> TailOf(unsigned char first) {
  if (first < 0x20 || first == 0x7f) return std::nullopt;
  if (first < 0x80) return Utf8Tail{0, 0, 0};
  if (first < 0xc2) return std::nullopt;
  if (first == 0xc2) return Utf8Tail{1, 0xa0, 0xbf};
  if (first < 0xe0) return Utf8Tail{1, 0x80, 0xbf};
  if (first == 0xe0) return Utf8Tail{2, 0xa0, 0xbf};
  if (first == 0xed) return Utf8Tail{2, 0x80, 0x9f};
  if (first < 0xf0) return Utf8Tail{2, 0x80, 0xbf};
  if (first == 0xf0) return Utf8Tail{3, 0x90, 0xbf};
  if (first < 0xf4) return Utf8Tail{3, 0x80, 0xbf};
  if (first == 0xf4) return Utf8Tail{3, 0x80, 0x8f};
  return std::nullopt;
}

// Valid UTF-8 without control characters: names are printed and stored.
bool IsPrintableUtf8(absl::string_view text) {
  while (!text.empty()) {
    const auto tail = TailOf(static_cast<unsigned char>(text[0]));
    text.remove_prefix(1);
    if (!tail || text.size() < static_cast<std::size_t>(tail->bytes)) {
      return false;
    }
    for (int i = 0; i < tail->bytes; ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      const unsigned char low = i == 0 ? tail->low : 0x80;
      const unsigned char high = i == 0 ? tail->high : 0xbf;
      if (byte < low || byte > high) return false;
    }
    text.remove_prefix(tail->bytes);
  }
  return true;
}

absl::Status Check(const TableSpec&, const ConstantInitializer&) {
  return absl::OkStatus();
}

absl::Status Check(const TableSpec& spec, const UniformInitializer& u) {
  if (std::isfinite(u.low) && std::isfinite(u.high) && u.low < u.high) {
    return absl::OkStatus();
  }
  return Invalid(spec, absl::StrCat("uniform initializer [", u.low, ", ",
                                    u.high, ") is empty or not finite"));
}

absl::Status Check(const TableSpec& spec, const NormalInitializer& n) {
  if (std::isfinite(n.mean) && std::isfinite(n.stddev) && n.stddev >= 0) {
    return absl::OkStatus();
  }
  return Invalid(
      spec, absl::StrCat("normal initializer mean ", n.mean, " stddev ",
                         n.stddev, ": both must be finite and stddev >= 0"));
}

}  // namespace

absl::Status Validate(const TableSpec& spec) {
  if (spec.name.empty() || spec.name.size() > kTableNameBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("table name has ", spec.name.size(),
                     " bytes, expected 1 to ", kTableNameBytesMax));
  }
  if (!IsPrintableUtf8(spec.name)) {
    return absl::InvalidArgumentError("table name is not printable UTF-8");
  }
  if (spec.dim < 1 || spec.dim > kDimMax) {
    return Invalid(
        spec, absl::StrCat("dim ", spec.dim, " is not in [1, ", kDimMax, "]"));
  }
  for (const absl::Status& status :
       {Validate(spec.optimizer), Validate(spec.update)}) {
    if (!status.ok()) return Invalid(spec, status.message());
  }
  if (spec.rows == 0 && MovesUntouchedRows(spec)) {
    return Invalid(spec,
                   "a step moves rows that were never touched, so the table "
                   "must know its ids: rows is 0");
  }
  if (spec.rows > kUntouchedRowsMax && MovesUntouchedRows(spec)) {
    return Invalid(
        spec, absl::StrCat("a step moves rows that were never touched, so all ",
                           spec.rows, " will be made, more than ",
                           kUntouchedRowsMax));
  }
  return std::visit([&](const auto& part) { return Check(spec, part); },
                    spec.initializer);
}

}  // namespace rowhouse
