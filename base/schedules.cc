#include "rowhouse/schedules.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/limits.h"

namespace rowhouse {
namespace {

struct Argument {
  absl::string_view name;
  float value;
};

absl::Status CheckFinite(absl::string_view schedule,
                         std::initializer_list<Argument> arguments) {
  for (const Argument& argument : arguments) {
    if (std::isfinite(argument.value)) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        schedule, " ", argument.name, " ", argument.value, " is not finite"));
  }
  return absl::OkStatus();
}

// The three schedules with lr, N, a rate and a staircase.
template <typename Decay>
absl::Status CheckDecay(absl::string_view name, const Decay& s) {
  return CheckFinite(name, {{"initial_learning_rate", s.initial_learning_rate},
                            {"decay_steps", s.decay_steps},
                            {"decay_rate", s.decay_rate}});
}

absl::Status Check(absl::string_view, const std::monostate&) {
  return absl::OkStatus();
}

absl::Status Check(absl::string_view name, const ExponentialDecay& s) {
  return CheckDecay(name, s);
}

absl::Status Check(absl::string_view name, const InverseTimeDecay& s) {
  return CheckDecay(name, s);
}

absl::Status Check(absl::string_view name, const NaturalExpDecay& s) {
  return CheckDecay(name, s);
}

absl::Status Check(absl::string_view name, const PolynomialDecay& s) {
  return CheckFinite(name, {{"initial_learning_rate", s.initial_learning_rate},
                            {"decay_steps", s.decay_steps},
                            {"end_learning_rate", s.end_learning_rate},
                            {"power", s.power}});
}

absl::Status Check(absl::string_view name, const PiecewiseConstantDecay& s) {
  if (s.boundaries.empty() || s.values.size() != s.boundaries.size() + 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        name, " has ", s.boundaries.size(), " boundaries and ", s.values.size(),
        " values, expected a boundary or more and one value more than that"));
  }
  if (s.values.size() > kSchedulePiecesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " has ", s.values.size(), " values, at most ",
                     kSchedulePiecesMax, " are allowed"));
  }
  for (const float value : s.values) {
    absl::Status status = CheckFinite(name, {{"value", value}});
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Check(absl::string_view name, const CosineDecay& s) {
  return CheckFinite(name, {{"initial_learning_rate", s.initial_learning_rate},
                            {"decay_steps", s.decay_steps},
                            {"alpha", s.alpha},
                            {"warmup_target", s.warmup_target.value_or(0)},
                            {"warmup_steps", s.warmup_steps}});
}

absl::Status Check(absl::string_view name, const CosineDecayRestarts& s) {
  return CheckFinite(name, {{"initial_learning_rate", s.initial_learning_rate},
                            {"first_decay_steps", s.first_decay_steps},
                            {"t_mul", s.t_mul},
                            {"m_mul", s.m_mul},
                            {"alpha", s.alpha}});
}

absl::Status Check(absl::string_view name, const LinearCosineDecay& s) {
  return CheckFinite(name, {{"initial_learning_rate", s.initial_learning_rate},
                            {"decay_steps", s.decay_steps},
                            {"num_periods", s.num_periods},
                            {"alpha", s.alpha},
                            {"beta", s.beta}});
}

}  // namespace

absl::Status Validate(const ScheduleSpec& schedule) {
  return std::visit(
      [&](const auto& s) { return Check(ScheduleName(schedule), s); },
      schedule);
}

absl::string_view ScheduleName(const ScheduleSpec& schedule) {
  constexpr absl::string_view kNames[] = {"",
                                          "exponential_decay",
                                          "inverse_time_decay",
                                          "polynomial_decay",
                                          "piecewise_constant_decay",
                                          "cosine_decay",
                                          "cosine_decay_restarts",
                                          "natural_exp_decay",
                                          "linear_cosine_decay"};
  static_assert(std::size(kNames) == std::variant_size_v<ScheduleSpec>);
  return kNames[schedule.index()];
}

}  // namespace rowhouse
