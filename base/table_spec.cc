#include "rowhouse/table_spec.h"

#include <cmath>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"

namespace rowhouse {
namespace {

template <typename... Fs>
struct Overload : Fs... {
  using Fs::operator()...;
};
template <typename... Fs>
Overload(Fs...) -> Overload<Fs...>;

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

absl::Status CheckFinite(const TableSpec& spec, absl::string_view field,
                         float value) {
  if (std::isfinite(value)) return absl::OkStatus();
  return Invalid(spec, absl::StrCat(field, " ", value, " is not finite"));
}

absl::Status CheckAtLeast0(const TableSpec& spec, absl::string_view field,
                           float value) {
  if (value >= 0) return CheckFinite(spec, field, value);
  return Invalid(spec, absl::StrCat(field, " ", value, " is not >= 0"));
}

absl::Status Check(const TableSpec& spec, const SgdSpec& o) {
  return CheckFinite(spec, "sgd learning_rate", o.learning_rate);
}

absl::Status Check(const TableSpec& spec, const AdagradSpec& o) {
  absl::Status status =
      CheckFinite(spec, "adagrad learning_rate", o.learning_rate);
  status.Update(CheckAtLeast0(spec, "adagrad initial_accumulator",
                              o.initial_accumulator));
  status.Update(CheckAtLeast0(spec, "adagrad epsilon", o.epsilon));
  if (o.initial_accumulator == 0 && o.epsilon == 0) {
    status.Update(Invalid(spec,
                          "adagrad initial_accumulator 0 with epsilon 0 "
                          "divides a zero gradient by zero"));
  }
  return status;
}

absl::Status Check(const TableSpec& spec, const FtrlSpec& o) {
  absl::Status status =
      CheckFinite(spec, "ftrl learning_rate", o.learning_rate);
  if (o.learning_rate <= 0) {
    status.Update(Invalid(spec, absl::StrCat("ftrl learning_rate ",
                                             o.learning_rate, " is not > 0")));
  }
  status.Update(
      CheckFinite(spec, "ftrl learning_rate_power", o.learning_rate_power));
  if (o.learning_rate_power > 0) {
    status.Update(
        Invalid(spec, absl::StrCat("ftrl learning_rate_power ",
                                   o.learning_rate_power, " is not <= 0")));
  }
  status.Update(
      CheckAtLeast0(spec, "ftrl initial_accumulator", o.initial_accumulator));
  status.Update(CheckAtLeast0(spec, "ftrl l1", o.l1));
  status.Update(CheckAtLeast0(spec, "ftrl l2", o.l2));
  status.Update(CheckAtLeast0(spec, "ftrl l2_shrinkage", o.l2_shrinkage));
  status.Update(CheckAtLeast0(spec, "ftrl beta", o.beta));
  return status;
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
  const auto check = [&](const auto& part) { return Check(spec, part); };
  ROWHOUSE_RETURN_IF_ERROR(std::visit(check, spec.optimizer));
  return std::visit(check, spec.initializer);
}

std::uint32_t SlotFloats(const OptimizerSpec& optimizer, std::uint32_t dim) {
  return std::visit(Overload{[](const SgdSpec&) { return 0u; },
                             [&](const AdagradSpec&) { return dim; },
                             [&](const FtrlSpec&) { return 2 * dim; }},
                    optimizer);
}

absl::string_view OptimizerName(const OptimizerSpec& optimizer) {
  return std::visit(Overload{[](const SgdSpec&) { return "sgd"; },
                             [](const AdagradSpec&) { return "adagrad"; },
                             [](const FtrlSpec&) { return "ftrl"; }},
                    optimizer);
}

}  // namespace rowhouse
