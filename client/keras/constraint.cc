#include "client/keras/constraint.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace rowhouse::internal {

absl::StatusOr<keras::AxisConstraint> ResolveConstraint(
    const keras::Constraint& constraint) {
  if (const auto* made = std::get_if<keras::AxisConstraint>(&constraint)) {
    return *made;
  }
  const auto& name = std::get<std::string>(constraint);
  // Classes, their functions, and the functions of old.
  static const std::pair<absl::string_view, ConstraintSpec> kNames[] = {
      {"MaxNorm", MaxNorm{}},         {"max_norm", MaxNorm{}},
      {"maxnorm", MaxNorm{}},         {"NonNeg", NonNeg{}},
      {"non_neg", NonNeg{}},          {"nonneg", NonNeg{}},
      {"UnitNorm", UnitNorm{}},       {"unit_norm", UnitNorm{}},
      {"unitnorm", UnitNorm{}},       {"MinMaxNorm", MinMaxNorm{}},
      {"min_max_norm", MinMaxNorm{}},
  };
  for (const auto& [known, rule] : kNames) {
    if (known == name) return keras::AxisConstraint{.rule = rule};
  }
  return absl::InvalidArgumentError(
      absl::StrCat("embeddings_constraint: unknown constraint '", name, "'"));
}

absl::StatusOr<ConstraintSpec> RowConstraint(
    const keras::AxisConstraint& constraint) {
  const ConstraintSpec& rule = constraint.rule;
  if (std::holds_alternative<std::monostate>(rule) ||
      std::holds_alternative<NonNeg>(rule)) {
    return rule;
  }
  bool has[2] = {false, false};
  for (const std::int64_t axis : constraint.axis) {
    if (axis < -2 || axis > 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("embeddings_constraint: axis ", axis,
                       ", but embeddings have the axes 0 and 1"));
    }
    bool& seen = has[axis < 0 ? axis + 2 : axis];
    if (seen) {
      return absl::InvalidArgumentError(
          absl::StrCat("embeddings_constraint: axis ", axis, " twice"));
    }
    seen = true;
  }
  if (has[1] && !has[0]) return rule;
  return absl::UnimplementedError(absl::StrCat(
      "embeddings_constraint '", ConstraintName(rule), "' over axis [",
      absl::StrJoin(constraint.axis, ", "),
      "]: a table is constrained row by row, axis [1]; over axis 0 every row "
      "would depend on all others"));
}

}  // namespace rowhouse::internal
