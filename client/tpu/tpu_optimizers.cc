#include "rowhouse/tpu_optimizers.h"

#include <functional>
#include <type_traits>
#include <variant>

#include "absl/status/status.h"
#include "base/status_macros.h"

namespace rowhouse {
namespace {

// What Validate of the specs cannot see: they have no accumulation.
template <typename Optimizer>
absl::Status CheckAccumulation(const Optimizer& o) {
  if (o.options.use_gradient_accumulation) return absl::OkStatus();
  if (o.options.clipvalue.has_value()) {
    return absl::InvalidArgumentError(
        "clipvalue is set and use_gradient_accumulation is false");
  }
  if constexpr (std::is_same_v<Optimizer, TpuAdam>) {
    if (!o.lazy_adam) {
      return absl::InvalidArgumentError(
          "lazy_adam and use_gradient_accumulation are both false");
    }
  }
  return absl::OkStatus();
}

OptimizerSpec SpecOf(const TpuSgd&, float rate) {
  return SgdSpec{.learning_rate = rate};
}

OptimizerSpec SpecOf(const TpuAdagrad& o, float rate) {
  return AdagradSpec{.learning_rate = rate,
                     .initial_accumulator = o.initial_accumulator_value,
                     .epsilon = 0.0f,
                     .generation = Generation::kTpu};
}

OptimizerSpec SpecOf(const TpuAdagradMomentum& o, float rate) {
  return AdagradMomentumSpec{.learning_rate = rate,
                             .momentum = o.momentum,
                             .nesterov = o.use_nesterov,
                             .exponent = o.exponent,
                             .beta_2 = o.beta2,
                             .epsilon = o.epsilon};
}

OptimizerSpec SpecOf(const TpuFtrl& o, float rate) {
  return FtrlSpec{
      .learning_rate = rate,
      .learning_rate_power = o.learning_rate_power,
      .initial_accumulator = o.initial_accumulator_value,
      .l1 = o.l1_regularization_strength,
      .l2 = o.l2_regularization_strength,
      .beta = o.beta,
      .multiply_linear_by_learning_rate = o.multiply_linear_by_learning_rate,
      .generation = Generation::kTpu};
}

OptimizerSpec SpecOf(const TpuAdam& o, float rate) {
  return AdamSpec{.generation = Generation::kTpu,
                  .learning_rate = rate,
                  .beta_1 = o.beta_1,
                  .beta_2 = o.beta_2,
                  .epsilon = o.epsilon,
                  .lazy = o.lazy_adam,
                  .sum_inside_sqrt = o.sum_inside_sqrt};
}

UpdateSpec UpdateOf(const TpuUpdateOptions& options) {
  UpdateSpec update;
  update.gradient_limits = options.clipvalue.value_or(ValueLimits{});
  update.weight_limits = {options.clip_weight_min, options.clip_weight_max};
  const float factor = options.weight_decay_factor.value_or(0.0f);
  if (factor != 0.0f) {
    update.weight_decay = {
        .rows = DecayedRows::kTouchedRows,
        .factor = factor,
        .multiply_by_learning_rate =
            options.multiply_weight_decay_factor_by_learning_rate};
  }
  return update;
}

// Of a function: 0 in the table, since every push says another.
absl::Status SetRate(const TpuLearningRate& learning_rate, float& rate,
                     TableRules& rules) {
  if (const auto* constant = std::get_if<float>(&learning_rate)) {
    rate = *constant;
    return absl::OkStatus();
  }
  rules.learning_rate = std::get<std::function<float()>>(learning_rate);
  if (rules.learning_rate) return absl::OkStatus();
  return absl::InvalidArgumentError("learning_rate is an empty function");
}

}  // namespace

absl::StatusOr<TableRules> TableRulesOf(const TpuOptimizer& optimizer) {
  return std::visit(
      [](const auto& o) -> absl::StatusOr<TableRules> {
        ROWHOUSE_RETURN_IF_ERROR(CheckAccumulation(o));
        TableRules rules;
        float rate = 0.0f;
        ROWHOUSE_RETURN_IF_ERROR(SetRate(o.learning_rate, rate, rules));
        rules.optimizer = SpecOf(o, rate);
        rules.update = UpdateOf(o.options);
        ROWHOUSE_RETURN_IF_ERROR(Validate(rules.optimizer));
        ROWHOUSE_RETURN_IF_ERROR(Validate(rules.update));
        return rules;
      },
      optimizer);
}

}  // namespace rowhouse
