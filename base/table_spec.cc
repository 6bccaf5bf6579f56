#include "rowhouse/table_spec.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/limits.h"

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

// Valid UTF-8 without control characters: names are printed and stored.
bool IsPrintableUtf8(absl::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    std::size_t tail = 0;
    if (byte < 0x20 || byte == 0x7f) return false;
    if (byte < 0x80) {
      tail = 0;
    } else if (byte >= 0xc2 && byte < 0xe0) {
      tail = 1;
    } else if (byte >= 0xe0 && byte < 0xf0) {
      tail = 2;
    } else if (byte >= 0xf0 && byte < 0xf5) {
      tail = 3;
    } else {
      return false;
    }
    if (i + tail >= text.size()) return false;
    for (std::size_t k = 1; k <= tail; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) {
        return false;
      }
    }
    i += tail + 1;
  }
  return true;
}

absl::Status CheckOptimizer(const TableSpec& spec) {
  return std::visit(
      Overload{
          [](const SgdSpec&) { return absl::OkStatus(); },
          [&](const AdagradSpec& o) {
            if (!(o.initial_accumulator >= 0)) {
              return Invalid(
                  spec, absl::StrCat("adagrad initial_accumulator ",
                                     o.initial_accumulator, " is not >= 0"));
            }
            return absl::OkStatus();
          },
          [&](const FtrlSpec& o) {
            const auto at_least_0 = [&](absl::string_view field, float value) {
              return value >= 0
                         ? absl::OkStatus()
                         : Invalid(spec, absl::StrCat("ftrl ", field, " ",
                                                      value, " is not >= 0"));
            };
            if (!(o.learning_rate > 0)) {
              return Invalid(
                  spec, absl::StrCat("ftrl learning_rate ", o.learning_rate,
                                     " is not > 0"));
            }
            if (!(o.learning_rate_power <= 0)) {
              return Invalid(
                  spec, absl::StrCat("ftrl learning_rate_power ",
                                     o.learning_rate_power, " is not <= 0"));
            }
            absl::Status status =
                at_least_0("initial_accumulator", o.initial_accumulator);
            status.Update(at_least_0("l1", o.l1));
            status.Update(at_least_0("l2", o.l2));
            status.Update(at_least_0("l2_shrinkage", o.l2_shrinkage));
            status.Update(at_least_0("beta", o.beta));
            return status;
          }},
      spec.optimizer);
}

absl::Status CheckInitializer(const TableSpec& spec) {
  return std::visit(
      Overload{[](const ConstantInitializer&) { return absl::OkStatus(); },
               [&](const UniformInitializer& u) {
                 if (std::isfinite(u.low) && std::isfinite(u.high) &&
                     u.low < u.high) {
                   return absl::OkStatus();
                 }
                 return Invalid(
                     spec, absl::StrCat("uniform initializer [", u.low, ", ",
                                        u.high, ") is empty"));
               },
               [&](const NormalInitializer& n) {
                 if (std::isfinite(n.mean) && std::isfinite(n.stddev) &&
                     n.stddev >= 0) {
                   return absl::OkStatus();
                 }
                 return Invalid(
                     spec, absl::StrCat("normal initializer mean ", n.mean,
                                        " stddev ", n.stddev,
                                        ": stddev must be finite and >= 0"));
               }},
      spec.initializer);
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
  absl::Status status = CheckOptimizer(spec);
  status.Update(CheckInitializer(spec));
  return status;
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
