#include "rowhouse/update.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace rowhouse {
namespace {

absl::Status Refused(absl::string_view field, double value,
                     absl::string_view complaint) {
  return absl::InvalidArgumentError(absl::StrCat(
      "update.", field, " ", static_cast<float>(value), " ", complaint));
}

absl::Status CheckFinite(absl::string_view field, double value) {
  if (std::isfinite(value)) return absl::OkStatus();
  return Refused(field, value, "is not finite");
}

absl::Status Check(const GradientClipping& clipping, bool has_regularizer) {
  const struct {
    absl::string_view name;
    const std::optional<float>& value;
  } bounds[] = {{"clipping.clipvalue", clipping.clipvalue},
                {"clipping.clipnorm", clipping.clipnorm},
                {"clipping.global_clipnorm", clipping.global_clipnorm}};
  for (const auto& [name, value] : bounds) {
    if (!value.has_value()) continue;
    if (std::isnan(*value)) return Refused(name, *value, "is no number");
    if (clipping.generation != Generation::kKeras && *value < 0) {
      return Refused(name, *value, "is not >= 0");
    }
  }
  if (clipping.generation != Generation::kKeras &&
      clipping.generation != Generation::kKerasLegacy) {
    return absl::InvalidArgumentError(absl::StrCat(
        "update.clipping.generation '", GenerationName(clipping.generation),
        "' is neither 'keras' nor 'keras_legacy'"));
  }
  const bool has_norm =
      clipping.clipnorm.has_value() || clipping.global_clipnorm.has_value();
  if (clipping.clipnorm.has_value() && clipping.global_clipnorm.has_value()) {
    return Refused("clipping.clipnorm", *clipping.clipnorm,
                   "stands beside a global_clipnorm; only one may be set");
  }
  if (has_norm && has_regularizer) {
    return absl::InvalidArgumentError(
        "update.clipping: a norm beside a regularizer would be that of the "
        "whole table's gradient, which no shard has");
  }
  return absl::OkStatus();
}

absl::Status Check(const ValueLimits& limits, absl::string_view field) {
  for (const std::optional<float>& side : {limits.min, limits.max}) {
    if (side.has_value() && std::isnan(*side)) {
      return Refused(field, *side, "is no number");
    }
  }
  if (limits.min.has_value() && limits.max.has_value() &&
      *limits.min > *limits.max) {
    return Refused(absl::StrCat(field, ".min"), *limits.min,
                   absl::StrCat("is above max ", *limits.max));
  }
  return absl::OkStatus();
}

absl::Status Check(const MovingAverage& average) {
  if (average.momentum >= 0 && average.momentum <= 1) return absl::OkStatus();
  return Refused("moving_average.momentum", average.momentum,
                 "is not in [0, 1]");
}

absl::Status Check(const std::monostate&) { return absl::OkStatus(); }
absl::Status Check(const NonNeg&) { return absl::OkStatus(); }
absl::Status Check(const UnitNorm&) { return absl::OkStatus(); }
absl::Status Check(const MaxNorm& constraint) {
  return CheckFinite("constraint.max_value", constraint.max_value);
}
absl::Status Check(const MinMaxNorm& constraint) {
  absl::Status status =
      CheckFinite("constraint.min_value", constraint.min_value);
  status.Update(CheckFinite("constraint.max_value", constraint.max_value));
  status.Update(CheckFinite("constraint.rate", constraint.rate));
  return status;
}

}  // namespace

absl::string_view ConstraintName(const ConstraintSpec& constraint) {
  constexpr absl::string_view kNames[] = {"", "max_norm", "non_neg",
                                          "unit_norm", "min_max_norm"};
  static_assert(std::size(kNames) == std::variant_size_v<ConstraintSpec>);
  return kNames[constraint.index()];
}

absl::Status Validate(const UpdateSpec& update) {
  ROWHOUSE_RETURN_IF_ERROR(Validate(update.schedule));
  ROWHOUSE_RETURN_IF_ERROR(Check(update.clipping, update.regularizer.on()));
  ROWHOUSE_RETURN_IF_ERROR(
      CheckFinite("regularizer.l1", update.regularizer.l1));
  ROWHOUSE_RETURN_IF_ERROR(
      CheckFinite("regularizer.l2", update.regularizer.l2));
  ROWHOUSE_RETURN_IF_ERROR(Check(update.gradient_limits, "gradient_limits"));
  ROWHOUSE_RETURN_IF_ERROR(
      CheckFinite("weight_decay.factor", update.weight_decay.factor));
  if (update.moving_average.has_value()) {
    ROWHOUSE_RETURN_IF_ERROR(Check(*update.moving_average));
  }
  ROWHOUSE_RETURN_IF_ERROR(
      std::visit([](const auto& constraint) { return Check(constraint); },
                 update.constraint));
  return Check(update.weight_limits, "weight_limits");
}

}  // namespace rowhouse
