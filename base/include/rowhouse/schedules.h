// Learning-rate schedules: the rate of a step as a function of the step alone.
// TensorFlow's names and arguments; kernels/schedule.h computes them. Specs are
// values. An argument that TensorFlow gives no default is 0 here and must be
// set.
//
// In the formulas s is the step (optimizer steps done before this one), lr is
// initial_learning_rate, N is decay_steps. Arithmetic is float32 throughout, in
// TensorFlow's order. As there, N is not checked for sign: 0 makes the rate NaN
// at step 0. Each struct is a class of tf.keras.optimizers.schedules and the
// function of tf.compat.v1.train with the same formula, or the latter alone.
#ifndef ROWHOUSE_SCHEDULES_H_
#define ROWHOUSE_SCHEDULES_H_

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace rowhouse {

// lr * decay_rate^(s / N). With `staircase` the exponent is floor(s / N).
// v1: exponential_decay.
struct ExponentialDecay {
  float initial_learning_rate = 0.0f;
  float decay_steps = 0.0f;
  float decay_rate = 0.0f;
  bool staircase = false;
  friend bool operator==(const ExponentialDecay&,
                         const ExponentialDecay&) = default;
};

// lr / (1 + decay_rate * s / N). With `staircase` the quotient is floor(s / N).
// v1: inverse_time_decay.
struct InverseTimeDecay {
  float initial_learning_rate = 0.0f;
  float decay_steps = 0.0f;
  float decay_rate = 0.0f;
  bool staircase = false;
  friend bool operator==(const InverseTimeDecay&,
                         const InverseTimeDecay&) = default;
};

// (lr - end_learning_rate) * (1 - s / N)^power + end_learning_rate, where s
// stops at N, or with `cycle` N grows to its next multiple that reaches s.
// v1: polynomial_decay.
struct PolynomialDecay {
  float initial_learning_rate = 0.0f;
  float decay_steps = 0.0f;
  float end_learning_rate = 0.0001f;
  float power = 1.0f;
  bool cycle = false;
  friend bool operator==(const PolynomialDecay&,
                         const PolynomialDecay&) = default;
};

// values[i] for the first i with s <= boundaries[i], else the last value. A
// boundary or more, and one value more than boundaries. Equal neighbours are
// fine (the value between them never shows); where boundaries fall, two values
// may claim one step, which has no rate then. (TensorFlow compares with int64
// steps, and cuts the fraction of a boundary off.) v1: piecewise_constant.
struct PiecewiseConstantDecay {
  std::vector<std::int64_t> boundaries;
  std::vector<float> values;
  friend bool operator==(const PiecewiseConstantDecay&,
                         const PiecewiseConstantDecay&) = default;
};

// lr * ((1 - alpha) * (1 + cos(pi * s / N)) / 2 + alpha), where s stops at N.
// With `warmup_target` the rate first rises from lr to the target in a line
// over `warmup_steps`, then falls along the cosine from the target; without it
// `warmup_steps` is ignored. v1 (no warm-up): cosine_decay.
struct CosineDecay {
  float initial_learning_rate = 0.0f;
  float decay_steps = 0.0f;
  float alpha = 0.0f;
  std::optional<float> warmup_target;
  float warmup_steps = 0.0f;
  friend bool operator==(const CosineDecay&, const CosineDecay&) = default;
};

// Cosine decay in periods: the first lasts `first_decay_steps`, each further
// one `t_mul` times its predecessor's steps, and starts at `m_mul` times its
// predecessor's rate. With i periods done and c the part of this one done:
// lr * ((1 - alpha) * m_mul^i * (1 + cos(pi * c)) / 2 + alpha).
// v1: cosine_decay_restarts.
struct CosineDecayRestarts {
  float initial_learning_rate = 0.0f;
  float first_decay_steps = 0.0f;
  float t_mul = 2.0f;
  float m_mul = 1.0f;
  float alpha = 0.0f;
  friend bool operator==(const CosineDecayRestarts&,
                         const CosineDecayRestarts&) = default;
};

// lr * e^(-decay_rate * s / N). With `staircase` the quotient is floor(s / N).
// v1 only: natural_exp_decay.
struct NaturalExpDecay {
  float initial_learning_rate = 0.0f;
  float decay_steps = 0.0f;
  float decay_rate = 0.0f;
  bool staircase = false;
  friend bool operator==(const NaturalExpDecay&,
                         const NaturalExpDecay&) = default;
};

// lr * ((alpha + (N - s) / N) * (1 + cos(2 pi * num_periods * s / N)) / 2 +
// beta), where s stops at N. v1 only: linear_cosine_decay.
struct LinearCosineDecay {
  float initial_learning_rate = 0.0f;
  float decay_steps = 0.0f;
  float num_periods = 0.5f;
  float alpha = 0.0f;
  float beta = 0.001f;
  friend bool operator==(const LinearCosineDecay&,
                         const LinearCosineDecay&) = default;
};

// monostate: no schedule, the optimizer's constant learning_rate holds.
using ScheduleSpec =
    std::variant<std::monostate, ExponentialDecay, InverseTimeDecay,
                 PolynomialDecay, PiecewiseConstantDecay, CosineDecay,
                 CosineDecayRestarts, NaturalExpDecay, LinearCosineDecay>;

// INVALID_ARGUMENT naming the schedule, the argument and its value: one that is
// not finite, piecewise lengths that do not differ by one, no boundary, or more
// values than kSchedulePiecesMax. Else OK.
absl::Status Validate(const ScheduleSpec& schedule);

// "" for monostate, else "exponential_decay", "inverse_time_decay",
// "polynomial_decay", "piecewise_constant_decay", "cosine_decay",
// "cosine_decay_restarts", "natural_exp_decay", "linear_cosine_decay". The JSON
// form's "type": do not change.
absl::string_view ScheduleName(const ScheduleSpec& schedule);

}  // namespace rowhouse

#endif  // ROWHOUSE_SCHEDULES_H_
