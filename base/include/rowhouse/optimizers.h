// What an optimizer does to a row: one flat struct of arguments per optimizer,
// under TensorFlow's names. kernels/optimizers/ has the arithmetic,
// docs/optimizers.md says which TensorFlow class is which spec.
//
// In the formulas w is a weight, g its gradient (all gradients of a row in one
// push are summed first), lr the rate of the step, t the number of the step
// from 1 on. "Touched rows" are those that have a gradient in a push. Decay
// rates (beta_1, beta_2, rho) are double: Keras subtracts them from 1 in double
// before it rounds, TensorFlow 1 and the legacy Keras round them first, and the
// difference reaches the fifth digit of a second moment.
#ifndef ROWHOUSE_OPTIMIZERS_H_
#define ROWHOUSE_OPTIMIZERS_H_

#include <variant>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace rowhouse {

// Whose form of an optimizer. One formula, but epsilon stands inside or outside
// of a root, 1 - beta is rounded before or after, and rows without a gradient
// rest or move. Numbers are those of the wire: do not change.
enum class Generation {
  kTf1 = 1,          // tf.compat.v1.train
  kKerasLegacy = 2,  // tf.keras.optimizers.legacy, and all of Keras to 2.10
  kKeras = 3,        // tf.keras.optimizers from 2.11 on
  kTpu = 4,          // tf.tpu.experimental.embedding
};

// "tf1", "keras_legacy", "keras", "tpu".
absl::string_view GenerationName(Generation generation);

// w -= lr * g. No slots. Every generation's gradient descent without momentum.
// (Keras keeps a slot for it all the same, which nobody reads: MomentumSpec
// with momentum 0 has it.)
struct SgdSpec {
  float learning_rate = 0.01f;
  friend bool operator==(const SgdSpec&, const SgdSpec&) = default;
};

// Slot "momentum" a ("m" in kKeras). Touched rows:
//   kTf1:          a = momentum * a + g;       w -= lr * a
//     nesterov:                                w -= lr * g + lr * momentum * a
//   kKerasLegacy:  a = momentum * a - lr * g;  w += a
//     nesterov:                                w += momentum * a - lr * g
//   kKeras: as the legacy one, and every other row as with g = 0.
struct MomentumSpec {
  Generation generation = Generation::kTf1;
  float learning_rate = 0.01f;
  float momentum = 0.9f;  // in [0, 1] but in kTf1, where any goes
  bool nesterov = false;
  friend bool operator==(const MomentumSpec&, const MomentumSpec&) = default;
};

// Slot "accumulator" A, first initial_accumulator ("accumulators" in kTpu).
//   A += g^2; w -= lr * g / (sqrt(A) + epsilon)
//   kKeras:   w -= lr * g / sqrt(A + epsilon)
// epsilon is 0 in tf.compat.v1 and on a TPU, 1e-7 in Keras.
struct AdagradSpec {
  float learning_rate = 0.001f;
  float initial_accumulator = 0.1f;
  float epsilon = 0.0f;
  Generation generation = Generation::kTf1;
  friend bool operator==(const AdagradSpec&, const AdagradSpec&) = default;
};

// Adagrad with momentum of a TPU. Slots "accumulators" A and "momenta" M, both
// first 0.
//   A = A + g^2 if beta_2 is 1, else beta_2 * A + (1 - beta_2) * g^2
//   P = g * (A + epsilon)^(-1 / exponent); M = momentum * M + P
//   w -= lr * M, nesterov: w -= lr * (momentum * M + P)
struct AdagradMomentumSpec {
  float learning_rate = 0.001f;
  float momentum = 0.0f;
  bool nesterov = false;
  float exponent = 2.0f;  // > 0
  double beta_2 = 1.0;
  float epsilon = 1e-10f;  // > 0
  friend bool operator==(const AdagradMomentumSpec&,
                         const AdagradMomentumSpec&) = default;
};

// Adagrad with one accumulator for the whole row, as FBGEMM's
// EXACT_ROWWISE_ADAGRAD and TorchRec have it: slot "accumulator" A of one
// float, first initial_accumulator.
//   A += mean of g^2 over the row; w -= lr * g / (sqrt(A) + epsilon)
struct RowWiseAdagradSpec {
  float learning_rate = 0.01f;
  float initial_accumulator = 0.0f;
  float epsilon = 1e-8f;
  friend bool operator==(const RowWiseAdagradSpec&,
                         const RowWiseAdagradSpec&) = default;
};

// Slots m and v, first 0 ("m", "v"; "momenta", "velocities" in kTpu), and with
// amsgrad "vhat". Every row, with g = 0 where it has no gradient; `lazy`:
// touched rows only (tensorflow_addons' LazyAdam; what a TPU does by default).
//   m = beta_1 * m + (1 - beta_1) * g; v = beta_2 * v + (1 - beta_2) * g^2
//   w -= a * m / (sqrt(v) + epsilon)
//   a = lr * sqrt(1 - beta_2^t) / (1 - beta_1^t), but lr alone in kTpu
//   amsgrad: vhat = max(vhat, v) stands for v in the divisor
//   sum_inside_sqrt (kTpu only): the divisor is sqrt(v + epsilon^2)
// epsilon is 1e-8 in tf.compat.v1.
struct AdamSpec {
  Generation generation = Generation::kKeras;
  float learning_rate = 0.001f;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  float epsilon = 1e-7f;
  bool amsgrad = false;
  bool lazy = false;
  bool sum_inside_sqrt = false;
  friend bool operator==(const AdamSpec&, const AdamSpec&) = default;
};

// Slots s ("rms", "velocity" in kKeras), b ("momentum"; not in Keras without
// momentum), with `centered` q ("mg", "average_gradient" in kKeras). First 0,
// but s is 1 in kTf1. D = s, centered D = s - q^2, where q = rho * q +
// (1 - rho) * g.
//   s = rho * s + (1 - rho) * g^2
//   no momentum:  w -= lr * g / sqrt(D + epsilon),
//                 in kKerasLegacy / (sqrt(D) + epsilon)
//   momentum:     b = momentum * b + lr * g / sqrt(D + epsilon); w -= b
// kTf1 always has b and moves touched rows only, kKerasLegacy with momentum
// too. Without it, s and q of every row decay, as in kKeras, where all of the
// formula with momentum concerns every row.
struct RmsPropSpec {
  Generation generation = Generation::kKeras;
  float learning_rate = 0.001f;
  double rho = 0.9;
  float momentum = 0.0f;  // in [0, 1] in kKerasLegacy
  float epsilon = 1e-7f;  // 1e-10 in tf.compat.v1
  bool centered = false;
  friend bool operator==(const RmsPropSpec&, const RmsPropSpec&) = default;
};

// Slots a and u, first 0 ("accum", "accum_update" in kTf1; "accum_grad",
// "accum_var"; "accumulated_grad", "accumulated_delta_var" in kKeras).
//   a = rho * a + (1 - rho) * g^2; d = sqrt(u + epsilon) / sqrt(a + epsilon) *
//   g u = rho * u + (1 - rho) * d^2; w -= lr * d
// In kKeras a and u of every row decay.
struct AdadeltaSpec {
  Generation generation = Generation::kKeras;
  float learning_rate = 0.001f;
  double rho = 0.95;
  float epsilon = 1e-7f;  // 1e-8 in tf.compat.v1
  friend bool operator==(const AdadeltaSpec&, const AdadeltaSpec&) = default;
};

// Slots "m" and u ("v", "u" in kKeras), first 0. Touched rows; in kKeras every
// row, with g = 0 where it has no gradient.
//   m = beta_1 * m + (1 - beta_1) * g; u = max(beta_2 * u, |g|)
//   w -= lr / (1 - beta_1^t) * m / (u + epsilon)
struct AdamaxSpec {
  Generation generation = Generation::kKeras;
  float learning_rate = 0.001f;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  float epsilon = 1e-7f;
  friend bool operator==(const AdamaxSpec&, const AdamaxSpec&) = default;
};

// Slots "m" and "v", first 0. With M_t = beta_1 * (1 - 0.96^(d * t) / 2) and
// P = M_1 * ... * M_t:
//   m = beta_1 * m + (1 - beta_1) * g; v = beta_2 * v + (1 - beta_2) * g^2
//   w -= lr * ((1 - M_t) * g / (1 - P) + M_{t+1} * m / (1 - P * M_{t+1}))
//           / (sqrt(v / (1 - beta_2^t)) + epsilon)
// m and v of every row decay. In kKeras d is 1 and w of every row moves too, in
// kKerasLegacy d is schedule_decay and w of touched rows moves. beta_1 is in
// [-0.9999, 0.9999] and schedule_decay not below 0, so that P vanishes in time.
struct NadamSpec {
  Generation generation = Generation::kKeras;
  float learning_rate = 0.001f;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  float epsilon = 1e-7f;
  float schedule_decay = 0.004f;  // kKerasLegacy only, there called `decay`
  friend bool operator==(const NadamSpec&, const NadamSpec&) = default;
};

// FTRL-proximal. Slots A, first initial_accumulator, and z, first 0 ("accum",
// "linear" in kTf1; "accumulator", "linear" in Keras; "accumulators", "linears"
// in kTpu). kernels/optimizers/ftrl.h has the formula. Touched rows; in kKeras
// every row, with g = 0 where it has no gradient.
struct FtrlSpec {
  float learning_rate = 0.001f;
  float learning_rate_power = -0.5f;
  float initial_accumulator = 0.1f;
  float l1 = 0.0f;
  float l2 = 0.0f;
  float l2_shrinkage = 0.0f;
  float beta = 0.0f;
  // z counts in units of the rate (TPU).
  bool multiply_linear_by_learning_rate = false;
  Generation generation = Generation::kTf1;
  friend bool operator==(const FtrlSpec&, const FtrlSpec&) = default;
};

// Slot "m", first 0. Every row, with g = 0 where it has no gradient.
//   w -= lr * sign(beta_1 * m + (1 - beta_1) * g)
//   m = beta_2 * m + (1 - beta_2) * g
// Keras computes m from the sum in the line above, which costs digits, but of a
// dense gradient as it stands here: dense_gradients says that every push names
// every row, or that the table has a regularizer.
struct LionSpec {
  float learning_rate = 0.0001f;
  double beta_1 = 0.9;  // in (0, 1]
  double beta_2 = 0.99;
  bool dense_gradients = false;
  friend bool operator==(const LionSpec&, const LionSpec&) = default;
};

// tf.compat.v1.train.ProximalGradientDescentOptimizer. No slots.
//   p = w - lr * g; w = sign(p) * max(|p| - lr * l1, 0) / (1 + lr * l2)
struct ProximalSgdSpec {
  float learning_rate = 0.01f;
  float l1 = 0.0f;
  float l2 = 0.0f;
  friend bool operator==(const ProximalSgdSpec&,
                         const ProximalSgdSpec&) = default;
};

// tf.compat.v1.train.ProximalAdagradOptimizer. Slot "accumulator" A.
//   A += g^2; then as ProximalSgdSpec with lr / sqrt(A) for lr
struct ProximalAdagradSpec {
  float learning_rate = 0.001f;
  float initial_accumulator = 0.1f;  // > 0
  float l1 = 0.0f;
  float l2 = 0.0f;
  friend bool operator==(const ProximalAdagradSpec&,
                         const ProximalAdagradSpec&) = default;
};

// tf.compat.v1.train.AdagradDAOptimizer. Slots "gradient_accumulator" a, first
// 0, and "gradient_squared_accumulator" q. A touched row forgets its first w.
//   a += g; q += g^2; x = sign(a) * max(|a| - l1 * t, 0)
//   w = -lr * x / (l2 * t * lr + sqrt(q))
struct AdagradDaSpec {
  float learning_rate = 0.001f;
  float initial_accumulator = 0.1f;  // > 0
  float l1 = 0.0f;
  float l2 = 0.0f;
  friend bool operator==(const AdagradDaSpec&, const AdagradDaSpec&) = default;
};

// Yogi (Zaheer et al., Adaptive Methods for Nonconvex Optimization, 2018), on
// touched rows. Slots "m", first 0, and "v", first initial_accumulator.
//   m = beta_1 * m + (1 - beta_1) * g
//   v = v - (1 - beta_2) * sign(v - g^2) * g^2
//   w -= lr * sqrt(1 - beta_2^t) / (1 - beta_1^t) * m / (sqrt(v) + epsilon)
struct YogiSpec {
  float learning_rate = 0.01f;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  float epsilon = 1e-3f;
  float initial_accumulator = 1e-6f;
  friend bool operator==(const YogiSpec&, const YogiSpec&) = default;
};

// LAMB (You et al., Large Batch Optimization for Deep Learning, 2019) with one
// trust ratio per row, where tensorflow_addons has one per variable: a table's
// norm is not a row's business. Touched rows. Slots "m" and "v", first 0.
//   m, v as Adam; r = (m / (1 - beta_1^t)) / (sqrt(v / (1 - beta_2^t)) +
//   epsilon) u = r + weight_decay * w; w -= lr * (|w| / |u|) * u, the ratio of
//   the norms of the row being 1 where either is 0
struct LambSpec {
  float learning_rate = 0.001f;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  float epsilon = 1e-6f;
  float weight_decay = 0.0f;
  friend bool operator==(const LambSpec&, const LambSpec&) = default;
};

using OptimizerSpec =
    std::variant<SgdSpec, MomentumSpec, AdagradSpec, AdagradMomentumSpec,
                 RowWiseAdagradSpec, AdamSpec, RmsPropSpec, AdadeltaSpec,
                 AdamaxSpec, NadamSpec, FtrlSpec, LionSpec, ProximalSgdSpec,
                 ProximalAdagradSpec, AdagradDaSpec, YogiSpec, LambSpec>;

// "sgd", "momentum", "adagrad", "adagrad_momentum", "row_wise_adagrad", "adam",
// "rms_prop", "adadelta", "adamax", "nadam", "ftrl", "lion", "proximal_sgd",
// "proximal_adagrad", "adagrad_da", "yogi", "lamb". The JSON form's "type" and
// the name of the field on the wire: do not change.
absl::string_view OptimizerName(const OptimizerSpec& optimizer);

// The optimizer's constant rate.
float LearningRate(const OptimizerSpec& optimizer);

// INVALID_ARGUMENT naming optimizer, argument, value and bound, or OK. What
// TensorFlow accepts is accepted, but for what is not finite.
absl::Status Validate(const OptimizerSpec& optimizer);

// INVALID_ARGUMENT when no step can have this rate: it is not finite, or is one
// that FTRL would divide by. As TensorFlow: 'tf1' and 'keras_legacy' take what
// is positive, 'keras' does not look; 'tpu' takes 0 only where
// multiply_linear_by_learning_rate spares the division. Proximal Adagrad takes
// what is positive.
absl::Status ValidateRate(const OptimizerSpec& optimizer, float rate);

}  // namespace rowhouse

#endif  // ROWHOUSE_OPTIMIZERS_H_
