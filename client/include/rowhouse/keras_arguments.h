// Arguments of keras::Embedding that Keras takes as an object or as its name.
#ifndef ROWHOUSE_KERAS_ARGUMENTS_H_
#define ROWHOUSE_KERAS_ARGUMENTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "rowhouse/table_spec.h"

namespace rowhouse::keras {

// "uniform", "HeNormal", ... with all arguments at their defaults
// (rowhouse/initializers.h lists them), or what those functions make.
using Initializer = std::variant<std::string, InitializerSpec>;

// Keras's coefficient where none is given.
inline constexpr float kPenalty = 0.01f;

// Loss l1 * sum |x| + l2 * sum x^2.
struct L1L2 {
  float l1 = 0.0f;
  float l2 = 0.0f;
  friend bool operator==(const L1L2&, const L1L2&) = default;
};
constexpr L1L2 L1(float l1 = kPenalty) { return {l1, 0.0f}; }
constexpr L1L2 L2(float l2 = kPenalty) { return {0.0f, l2}; }

// Of a matrix: its rows (columns) are scaled to norm 1, and the loss is factor
// times the mean of |their products|, two by two.
struct OrthogonalRegularizer {
  enum class Mode { kRows, kColumns };
  float factor = kPenalty;
  Mode mode = Mode::kRows;
  friend bool operator==(const OrthogonalRegularizer&,
                         const OrthogonalRegularizer&) = default;
};

// None, a name ("l1", "L2", "l1_l2", ...) or the regularizer. As in Keras, an
// unknown name shows when it is used, not before.
using Regularizer =
    std::variant<std::monostate, std::string, L1L2, OrthogonalRegularizer>;

// A rule of rowhouse/update.h and the axes that its norm sums over. Keras's
// default, 0, normalises each column over the whole vocabulary; {1} acts on
// each embedding by itself, and is the one that a table can have. NonNeg has no
// norm. No rule: no constraint.
struct AxisConstraint {
  ConstraintSpec rule = {};
  std::vector<std::int64_t> axis = {0};
  friend bool operator==(const AxisConstraint&,
                         const AxisConstraint&) = default;
};

// Or its name ("max_norm", "NonNeg", ...), arguments at their defaults.
using Constraint = std::variant<AxisConstraint, std::string>;

// None, a length, or one per axis after the batch's; an unset one is any.
using Lengths = std::vector<std::optional<std::int64_t>>;
using InputLength = std::variant<std::monostate, std::int64_t, Lengths>;

}  // namespace rowhouse::keras

#endif  // ROWHOUSE_KERAS_ARGUMENTS_H_
