// What a step does to a row around the optimizer: rate, limits, decay, average,
// constraint. Everything is off by default.
//
// Order within a step of a row, TensorFlow's: gradients are clipped (by the
// client, before repeats are summed) and summed; a regularizer's gradient is
// added; gradient limits; weight decay; optimizer; moving average; constraint;
// weight limits.
#ifndef ROWHOUSE_UPDATE_H_
#define ROWHOUSE_UPDATE_H_

#include <cstdint>
#include <optional>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "rowhouse/optimizers.h"
#include "rowhouse/schedules.h"

namespace rowhouse {

// Keras's clipvalue, clipnorm and global_clipnorm. They act on the gradients of
// a step before those of one id are summed, so a client applies them. (With a
// regularizer TensorFlow's gradient is dense, already summed: then the shard
// applies clipvalue, and the norms, of a whole table, are refused.)
//   kKeras: the first of clipnorm, global_clipnorm, clipvalue that is set and
//   above 0 acts; kKerasLegacy: clipvalue, then clipnorm, then global_clipnorm,
//   each that is set, none below 0. Never both norms.
struct GradientClipping {
  Generation generation = Generation::kKeras;
  std::optional<float> clipvalue;
  std::optional<float> clipnorm;
  std::optional<float> global_clipnorm;
  friend bool operator==(const GradientClipping&,
                         const GradientClipping&) = default;
};

// Element by element into [min, max]; a side that is not set is open.
struct ValueLimits {
  std::optional<float> min;
  std::optional<float> max;
  friend bool operator==(const ValueLimits&, const ValueLimits&) = default;
};

// Before the optimizer: w -= w * factor, or w * factor * lr.
enum class DecayedRows {
  kNone = 0,
  kEveryRow = 1,     // in every step of the table (Keras; AdamW)
  kTouchedRows = 2,  // rows that have a gradient (TPU)
};
struct WeightDecay {
  DecayedRows rows = DecayedRows::kNone;
  float factor = 0.0f;
  bool multiply_by_learning_rate = true;  // Keras always; TPU by its flag
  friend bool operator==(const WeightDecay&, const WeightDecay&) = default;
};

// Keras's use_ema: a last slot "average", first the row's first weights. After
// the optimizer's part of every step of the table, in every row:
//   average = momentum * average + (1 - momentum) * w
// and after each overwrite_frequency-th step w = average (0: never). 1 -
// momentum is taken in double.
struct MovingAverage {
  double momentum = 0.99;  // in [0, 1]
  std::uint64_t overwrite_frequency = 0;
  friend bool operator==(const MovingAverage&, const MovingAverage&) = default;
};

// Keras's constraints along axis 1, on every row after every step of the table.
// n is the norm of the row, e is 1e-7.
struct MaxNorm {  // w * min(n, max_value) / (e + n)
  float max_value = 2.0f;
  friend bool operator==(const MaxNorm&, const MaxNorm&) = default;
};
struct NonNeg {  // w * (w >= 0)
  friend bool operator==(const NonNeg&, const NonNeg&) = default;
};
struct UnitNorm {  // w / (e + n)
  friend bool operator==(const UnitNorm&, const UnitNorm&) = default;
};
// w * (rate * clip(n, min_value, max_value) + (1 - rate) * n) / (e + n)
struct MinMaxNorm {
  float min_value = 0.0f;
  float max_value = 1.0f;
  double rate = 1.0;  // 1 - rate is taken in double
  friend bool operator==(const MinMaxNorm&, const MinMaxNorm&) = default;
};
using ConstraintSpec =
    std::variant<std::monostate, MaxNorm, NonNeg, UnitNorm, MinMaxNorm>;

// "", "max_norm", "non_neg", "unit_norm", "min_max_norm".
absl::string_view ConstraintName(const ConstraintSpec& constraint);

// Loss l1 * sum |w| + l2 * sum w^2 over the whole table: every row has the
// gradient l1 * sign(w) + 2 * l2 * w in every step. Negative is allowed, as in
// Keras.
struct Regularizer {
  float l1 = 0.0f;
  float l2 = 0.0f;
  bool on() const { return l1 != 0 || l2 != 0; }
  friend bool operator==(const Regularizer&, const Regularizer&) = default;
};

struct UpdateSpec {
  ScheduleSpec schedule;  // none: the optimizer's learning_rate
  GradientClipping clipping;
  Regularizer regularizer;
  ValueLimits gradient_limits;  // of a row's summed gradient (TPU clipvalue)
  WeightDecay weight_decay;
  std::optional<MovingAverage> moving_average;
  ConstraintSpec constraint;
  ValueLimits weight_limits;  // TPU clip_weight_min, clip_weight_max
  friend bool operator==(const UpdateSpec&, const UpdateSpec&) = default;
};

// INVALID_ARGUMENT naming the field, its value and the bound, or OK.
absl::Status Validate(const UpdateSpec& update);

}  // namespace rowhouse

#endif  // ROWHOUSE_UPDATE_H_
