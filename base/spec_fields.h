// The fields of every part of a TableSpec: one list per struct, which the JSON
// form and the wire form both follow, writing and reading. A key is the name of
// the field in JSON (stored: do not rename) and in the .proto.
//
//   Fields(part, visit) calls visit(key, field) for each field of `part`.
//   TypeName(variant) is the name of the alternative that a variant holds.
#ifndef ROWHOUSE_BASE_SPEC_FIELDS_H_
#define ROWHOUSE_BASE_SPEC_FIELDS_H_

#include <iterator>
#include <utility>
#include <variant>

#include "absl/strings/string_view.h"
#include "rowhouse/optimizers.h"
#include "rowhouse/schedules.h"
#include "rowhouse/table_spec.h"
#include "rowhouse/update.h"

namespace rowhouse {

// "constant", "uniform", "normal".
inline absl::string_view TypeName(const InitializerSpec& initializer) {
  constexpr absl::string_view kNames[] = {"constant", "uniform", "normal"};
  static_assert(std::size(kNames) == std::variant_size_v<InitializerSpec>);
  return kNames[initializer.index()];
}
inline absl::string_view TypeName(const OptimizerSpec& optimizer) {
  return OptimizerName(optimizer);
}
inline absl::string_view TypeName(const ScheduleSpec& schedule) {
  return ScheduleName(schedule);
}
inline absl::string_view TypeName(const ConstraintSpec& constraint) {
  return ConstraintName(constraint);
}

// Makes `variant` hold its alternative called `type`, with default fields.
// False when there is none.
template <std::size_t kIndex = 0, typename... Ts>
bool SetType(absl::string_view type, std::variant<Ts...>& variant) {
  if constexpr (kIndex == sizeof...(Ts)) {
    return false;
  } else {
    std::variant<Ts...> candidate(std::in_place_index<kIndex>);
    if (TypeName(candidate) != type) {
      return SetType<kIndex + 1>(type, variant);
    }
    variant = std::move(candidate);
    return true;
  }
}

// Whether TensorFlow gives the argument no default. (A constant learning_rate,
// which Keras gives one, is required on the wire only.)
inline bool HasNoDefault(absl::string_view key) {
  return key == "initial_learning_rate" || key == "decay_steps" ||
         key == "decay_rate" || key == "first_decay_steps";
}

template <typename V>
void Fields(std::monostate&, V&&) {}
// Initializers.
template <typename V>
void Fields(ConstantInitializer& o, V&& visit) {
  visit("value", o.value);
}
template <typename V>
void Fields(UniformInitializer& o, V&& visit) {
  visit("low", o.low);
  visit("high", o.high);
}
template <typename V>
void Fields(NormalInitializer& o, V&& visit) {
  visit("mean", o.mean);
  visit("stddev", o.stddev);
  visit("truncated", o.truncated);
}
// Optimizers.
template <typename V>
void Fields(SgdSpec& o, V&& visit) {
  visit("learning_rate", o.learning_rate);
}
template <typename V>
void Fields(MomentumSpec& o, V&& visit) {
  visit("generation", o.generation);
  visit("learning_rate", o.learning_rate);
  visit("momentum", o.momentum);
  visit("nesterov", o.nesterov);
}
template <typename V>
void Fields(AdagradSpec& o, V&& visit) {
  visit("learning_rate", o.learning_rate);
  visit("initial_accumulator", o.initial_accumulator);
  visit("epsilon", o.epsilon);
  visit("generation", o.generation);
}
template <typename V>
void Fields(AdagradMomentumSpec& o, V&& visit) {
  visit("learning_rate", o.learning_rate);
  visit("momentum", o.momentum);
  visit("nesterov", o.nesterov);
  visit("exponent", o.exponent);
  visit("beta_2", o.beta_2);
  visit("epsilon", o.epsilon);
}
template <typename V>
void Fields(RowWiseAdagradSpec& o, V&& visit) {
  visit("learning_rate", o.learning_rate);
  visit("initial_accumulator", o.initial_accumulator);
  visit("epsilon", o.epsilon);
}
template <typename V>
void Fields(AdamSpec& o, V&& visit) {
  visit("generation", o.generation);
  visit("learning_rate", o.learning_rate);
  visit("beta_1", o.beta_1);
  visit("beta_2", o.beta_2);
  visit("epsilon", o.epsilon);
  visit("amsgrad", o.amsgrad);
  visit("lazy", o.lazy);
  visit("sum_inside_sqrt", o.sum_inside_sqrt);
}
template <typename V>
void Fields(RmsPropSpec& o, V&& visit) {
  visit("generation", o.generation);
  visit("learning_rate", o.learning_rate);
  visit("rho", o.rho);
  visit("momentum", o.momentum);
  visit("epsilon", o.epsilon);
  visit("centered", o.centered);
}
template <typename V>
void Fields(AdadeltaSpec& o, V&& visit) {
  visit("generation", o.generation);
  visit("learning_rate", o.learning_rate);
  visit("rho", o.rho);
  visit("epsilon", o.epsilon);
}
template <typename V>
void Fields(AdamaxSpec& o, V&& visit) {
  visit("generation", o.generation);
  visit("learning_rate", o.learning_rate);
  visit("beta_1", o.beta_1);
  visit("beta_2", o.beta_2);
  visit("epsilon", o.epsilon);
}
template <typename V>
void Fields(NadamSpec& o, V&& visit) {
  visit("generation", o.generation);
  visit("learning_rate", o.learning_rate);
  visit("beta_1", o.beta_1);
  visit("beta_2", o.beta_2);
  visit("epsilon", o.epsilon);
  visit("schedule_decay", o.schedule_decay);
}
template <typename V>
void Fields(FtrlSpec& o, V&& visit) {
  visit("learning_rate", o.learning_rate);
  visit("learning_rate_power", o.learning_rate_power);
  visit("initial_accumulator", o.initial_accumulator);
  visit("l1", o.l1);
  visit("l2", o.l2);
  visit("l2_shrinkage", o.l2_shrinkage);
  visit("beta", o.beta);
  visit("multiply_linear_by_learning_rate", o.multiply_linear_by_learning_rate);
  visit("generation", o.generation);
}
template <typename V>
void Fields(LionSpec& o, V&& visit) {
  visit("learning_rate", o.learning_rate);
  visit("beta_1", o.beta_1);
  visit("beta_2", o.beta_2);
}
template <typename V>
void Fields(ProximalSgdSpec& o, V&& visit) {
  visit("learning_rate", o.learning_rate);
  visit("l1", o.l1);
  visit("l2", o.l2);
}
template <typename V>
void Fields(ProximalAdagradSpec& o, V&& visit) {
  visit("learning_rate", o.learning_rate);
  visit("initial_accumulator", o.initial_accumulator);
  visit("l1", o.l1);
  visit("l2", o.l2);
}
template <typename V>
void Fields(AdagradDaSpec& o, V&& visit) {
  visit("learning_rate", o.learning_rate);
  visit("initial_accumulator", o.initial_accumulator);
  visit("l1", o.l1);
  visit("l2", o.l2);
}
template <typename V>
void Fields(YogiSpec& o, V&& visit) {
  visit("learning_rate", o.learning_rate);
  visit("beta_1", o.beta_1);
  visit("beta_2", o.beta_2);
  visit("epsilon", o.epsilon);
  visit("initial_accumulator", o.initial_accumulator);
}
template <typename V>
void Fields(LambSpec& o, V&& visit) {
  visit("learning_rate", o.learning_rate);
  visit("beta_1", o.beta_1);
  visit("beta_2", o.beta_2);
  visit("epsilon", o.epsilon);
  visit("weight_decay", o.weight_decay);
}
// Schedules.
template <typename V>
void Fields(ExponentialDecay& o, V&& visit) {
  visit("initial_learning_rate", o.initial_learning_rate);
  visit("decay_steps", o.decay_steps);
  visit("decay_rate", o.decay_rate);
  visit("staircase", o.staircase);
}
template <typename V>
void Fields(InverseTimeDecay& o, V&& visit) {
  visit("initial_learning_rate", o.initial_learning_rate);
  visit("decay_steps", o.decay_steps);
  visit("decay_rate", o.decay_rate);
  visit("staircase", o.staircase);
}
template <typename V>
void Fields(PolynomialDecay& o, V&& visit) {
  visit("initial_learning_rate", o.initial_learning_rate);
  visit("decay_steps", o.decay_steps);
  visit("end_learning_rate", o.end_learning_rate);
  visit("power", o.power);
  visit("cycle", o.cycle);
}
template <typename V>
void Fields(PiecewiseConstantDecay& o, V&& visit) {
  visit("boundaries", o.boundaries);
  visit("values", o.values);
}
template <typename V>
void Fields(CosineDecay& o, V&& visit) {
  visit("initial_learning_rate", o.initial_learning_rate);
  visit("decay_steps", o.decay_steps);
  visit("alpha", o.alpha);
  visit("warmup_target", o.warmup_target);
  visit("warmup_steps", o.warmup_steps);
}
template <typename V>
void Fields(CosineDecayRestarts& o, V&& visit) {
  visit("initial_learning_rate", o.initial_learning_rate);
  visit("first_decay_steps", o.first_decay_steps);
  visit("t_mul", o.t_mul);
  visit("m_mul", o.m_mul);
  visit("alpha", o.alpha);
}
template <typename V>
void Fields(NaturalExpDecay& o, V&& visit) {
  visit("initial_learning_rate", o.initial_learning_rate);
  visit("decay_steps", o.decay_steps);
  visit("decay_rate", o.decay_rate);
  visit("staircase", o.staircase);
}
template <typename V>
void Fields(LinearCosineDecay& o, V&& visit) {
  visit("initial_learning_rate", o.initial_learning_rate);
  visit("decay_steps", o.decay_steps);
  visit("num_periods", o.num_periods);
  visit("alpha", o.alpha);
  visit("beta", o.beta);
}
// Around the optimizer.
template <typename V>
void Fields(GradientClipping& o, V&& visit) {
  visit("generation", o.generation);
  visit("clipvalue", o.clipvalue);
  visit("clipnorm", o.clipnorm);
  visit("global_clipnorm", o.global_clipnorm);
}
template <typename V>
void Fields(ValueLimits& o, V&& visit) {
  visit("min", o.min);
  visit("max", o.max);
}
template <typename V>
void Fields(WeightDecay& o, V&& visit) {
  visit("rows", o.rows);
  visit("factor", o.factor);
  visit("multiply_by_learning_rate", o.multiply_by_learning_rate);
}
template <typename V>
void Fields(MovingAverage& o, V&& visit) {
  visit("momentum", o.momentum);
  visit("overwrite_frequency", o.overwrite_frequency);
}
template <typename V>
void Fields(MaxNorm& o, V&& visit) {
  visit("max_value", o.max_value);
}
template <typename V>
void Fields(NonNeg&, V&&) {}
template <typename V>
void Fields(UnitNorm&, V&&) {}
template <typename V>
void Fields(MinMaxNorm& o, V&& visit) {
  visit("min_value", o.min_value);
  visit("max_value", o.max_value);
  visit("rate", o.rate);
}
template <typename V>
void Fields(Regularizer& o, V&& visit) {
  visit("l1", o.l1);
  visit("l2", o.l2);
}
template <typename V>
void Fields(UpdateSpec& o, V&& visit) {
  visit("schedule", o.schedule);
  visit("clipping", o.clipping);
  visit("regularizer", o.regularizer);
  visit("gradient_limits", o.gradient_limits);
  visit("weight_decay", o.weight_decay);
  visit("moving_average", o.moving_average);
  visit("constraint", o.constraint);
  visit("weight_limits", o.weight_limits);
}

}  // namespace rowhouse

#endif  // ROWHOUSE_BASE_SPEC_FIELDS_H_
