// Optimizers of tf.tpu.experimental.embedding under TensorFlow's arguments.
// TableRulesOf says each as what a table is made with.
//
// Not here, because it concerns a TPU's memory alone:
// low_dimensional_packing_status, slot_variable_creation_fn.
#ifndef ROWHOUSE_TPU_OPTIMIZERS_H_
#define ROWHOUSE_TPU_OPTIMIZERS_H_

#include <functional>
#include <optional>
#include <variant>

#include "absl/status/statusor.h"
#include "rowhouse/optimizers.h"
#include "rowhouse/update.h"

namespace rowhouse {

// A number, or a function that is called once per push and table, on the thread
// that pushes.
using TpuLearningRate = std::variant<float, std::function<float()>>;

// What all of them take.
struct TpuUpdateOptions {
  // Gradients of one id in one push are summed before the optimizer sees them,
  // also when this is false (then TensorFlow promises less). False excludes
  // clipvalue.
  bool use_gradient_accumulation = true;
  // Rows are held within after each step. 0 is a limit.
  std::optional<float> clip_weight_min = {};
  std::optional<float> clip_weight_max = {};
  // Rows with a gradient lose this part of themselves before the step; unset or
  // 0: none.
  std::optional<float> weight_decay_factor = {};
  // That part times the learning rate.
  bool multiply_weight_decay_factor_by_learning_rate = false;
  // Limits of the summed gradient. TensorFlow's number c is {-c, c}.
  std::optional<ValueLimits> clipvalue = {};
};

struct TpuSgd {
  TpuLearningRate learning_rate = 0.01f;
  TpuUpdateOptions options = {};
};

struct TpuAdagrad {
  TpuLearningRate learning_rate = 0.001f;
  float initial_accumulator_value = 0.1f;  // > 0
  TpuUpdateOptions options = {};
};

struct TpuAdagradMomentum {
  TpuLearningRate learning_rate = 0.001f;
  float momentum = 0.0f;
  bool use_nesterov = false;
  float exponent = 2.0f;  // > 0
  double beta2 = 1.0;
  float epsilon = 1e-10f;  // > 0
  TpuUpdateOptions options = {};
};

struct TpuFtrl {
  TpuLearningRate learning_rate = 0.001f;
  float learning_rate_power = -0.5f;
  float l1_regularization_strength = 0.0f;
  float l2_regularization_strength = 0.0f;
  float beta = 0.0f;
  float initial_accumulator_value = 0.1f;  // > 0, whatever the last one says
  bool multiply_linear_by_learning_rate = false;
  bool allow_zero_accumulator = false;  // of the hardware's formula only
  TpuUpdateOptions options = {};
};

struct TpuAdam {
  TpuLearningRate learning_rate = 0.001f;
  double beta_1 = 0.9;    // in [0, 1)
  double beta_2 = 0.999;  // in [0, 1)
  float epsilon = 1e-7f;  // > 0
  bool lazy_adam = true;  // false needs use_gradient_accumulation
  bool sum_inside_sqrt = true;
  TpuUpdateOptions options = {};
};

using TpuOptimizer =
    std::variant<TpuSgd, TpuAdagrad, TpuAdagradMomentum, TpuFtrl, TpuAdam>;

// How a table is updated.
struct TableRules {
  OptimizerSpec optimizer;
  UpdateSpec update;
  // Of each step; empty: the optimizer's constant.
  std::function<float()> learning_rate;
};

// INVALID_ARGUMENT naming argument, value and bound: what the comments above
// rule out, a learning rate that is an empty function, what Validate of the
// optimizer or update refuses.
absl::StatusOr<TableRules> TableRulesOf(const TpuOptimizer& optimizer);

}  // namespace rowhouse

#endif  // ROWHOUSE_TPU_OPTIMIZERS_H_
