#include "kernels/optimizers/row_rules.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <variant>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/optimizers/row_rules.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/norm-inl.h"
#include "kernels/optimizers/rows-inl.h"
#include "kernels/optimizers/sign-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

// Here the "row" of the loop is a gradient and its "gradient" the weights.
struct RegularizerRule {
  float l1;
  float twice_l2;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V w, std::size_t, float* g) const {
    const V slope = hn::Add(hn::Mul(hn::Set(d, l1), Sign(d, w)),
                            hn::Mul(hn::Set(d, twice_l2), w));
    hn::StoreU(hn::Add(hn::LoadU(d, g), slope), d, g);
  }
};

void RegularizerRows(const Regularizer& regularizer, std::size_t dim,
                     absl::Span<const float* const> rows,
                     absl::Span<float* const> gradients) {
  UpdateRows<0>(RegularizerRule{regularizer.l1, 2 * regularizer.l2}, dim,
                gradients, rows);
}

struct LimitRule {
  float min;
  float max;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V, std::size_t, float* x) const {
    const V low = hn::Set(d, min);
    const V high = hn::Set(d, max);
    V value = hn::LoadU(d, x);
    value = hn::IfThenElse(hn::Lt(value, low), low, value);
    value = hn::IfThenElse(hn::Gt(value, high), high, value);
    hn::StoreU(value, d, x);
  }
};

void LimitRows(const ValueLimits& limits, std::size_t dim,
               absl::Span<float* const> vectors) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  MissRows(LimitRule{limits.min.value_or(-kInfinity),
                     limits.max.value_or(kInfinity)},
           dim, vectors);
}

struct DecayRule {
  float factor;
  float rate;  // 1 where the rate is no factor

  template <class D, class V>
  HWY_INLINE void operator()(D d, V, std::size_t, float* w) const {
    const V weight = hn::LoadU(d, w);
    const V change =
        hn::Mul(hn::Mul(weight, hn::Set(d, factor)), hn::Set(d, rate));
    hn::StoreU(hn::Sub(weight, change), d, w);
  }
};

void DecayRows(const WeightDecay& decay, const StepTerms& terms,
               std::size_t dim, absl::Span<float* const> rows) {
  const float rate =
      decay.multiply_by_learning_rate ? terms.learning_rate : 1.0f;
  MissRows(DecayRule{decay.factor, rate}, dim, rows);
}

struct AverageRule {
  float momentum;
  float complement;
  std::size_t average_at;
  bool overwrites;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V, std::size_t, float* w) const {
    const V kept = hn::Mul(hn::Set(d, momentum), hn::LoadU(d, w + average_at));
    const V average =
        hn::Add(kept, hn::Mul(hn::Set(d, complement), hn::LoadU(d, w)));
    hn::StoreU(average, d, w + average_at);
    if (overwrites) hn::StoreU(average, d, w);
  }
};

void AverageRows(const MovingAverage& average, const StepTerms& terms,
                 std::size_t dim, std::size_t average_at,
                 absl::Span<float* const> rows) {
  const bool overwrites = average.overwrite_frequency != 0 &&
                          (terms.step + 1) % average.overwrite_frequency == 0;
  MissRows(AverageRule{static_cast<float>(average.momentum),
                       static_cast<float>(1.0 - average.momentum), average_at,
                       overwrites},
           dim, rows);
}

struct NonNegRule {
  template <class D, class V>
  HWY_INLINE void operator()(D d, V, std::size_t, float* w) const {
    const V weight = hn::LoadU(d, w);
    const auto stays = hn::Ge(weight, hn::Zero(d));
    const V factor =
        hn::IfThenElse(stays, hn::Set(d, 1.0f), hn::Zero(d));  // NaN: NaN * 0
    hn::StoreU(hn::Mul(weight, factor), d, w);
  }
};

struct ScaleRule {
  float factor;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V, std::size_t, float* w) const {
    hn::StoreU(hn::Mul(hn::LoadU(d, w), hn::Set(d, factor)), d, w);
  }
};

struct DivideRule {
  float divisor;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V, std::size_t, float* w) const {
    hn::StoreU(hn::Div(hn::LoadU(d, w), hn::Set(d, divisor)), d, w);
  }
};

// Keras's, so that a row of zeros does not divide by 0.
constexpr float kNormEpsilon = 1e-7f;

// Each row scaled to the norm that desired(norm) gives.
template <class Desired>
HWY_INLINE void ScaleRows(const Desired& desired, std::size_t dim,
                          absl::Span<float* const> rows) {
  for (float* const& row : rows) {
    const float norm = std::sqrt(SquareSum(row, dim));
    MissRows(ScaleRule{desired(norm) / (kNormEpsilon + norm)}, dim,
             absl::MakeConstSpan(&row, 1));
  }
}

// `norm` into [low, high]; NaN stays NaN.
HWY_INLINE float Clip(float norm, float low, float high) {
  if (norm > high) norm = high;
  return norm < low ? low : norm;
}

void ConstrainRows(const std::monostate&, std::size_t,
                   absl::Span<float* const>) {}

void ConstrainRows(const NonNeg&, std::size_t dim,
                   absl::Span<float* const> rows) {
  MissRows(NonNegRule(), dim, rows);
}

void ConstrainRows(const MaxNorm& constraint, std::size_t dim,
                   absl::Span<float* const> rows) {
  ScaleRows([&](float norm) { return Clip(norm, 0, constraint.max_value); },
            dim, rows);
}

void ConstrainRows(const UnitNorm&, std::size_t dim,
                   absl::Span<float* const> rows) {
  for (float* const& row : rows) {
    const float norm = std::sqrt(SquareSum(row, dim));
    MissRows(DivideRule{kNormEpsilon + norm}, dim,
             absl::MakeConstSpan(&row, 1));
  }
}

void ConstrainRows(const MinMaxNorm& constraint, std::size_t dim,
                   absl::Span<float* const> rows) {
  const auto rate = static_cast<float>(constraint.rate);
  const auto rest = static_cast<float>(1.0 - constraint.rate);
  ScaleRows(
      [&](float norm) {
        const float clipped =
            Clip(norm, constraint.min_value, constraint.max_value);
        return rate * clipped + rest * norm;
      },
      dim, rows);
}

void ConstrainAll(const ConstraintSpec& constraint, std::size_t dim,
                  absl::Span<float* const> rows) {
  std::visit([&](const auto& c) { ConstrainRows(c, dim, rows); }, constraint);
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rowhouse::kernels {

HWY_EXPORT(RegularizerRows);
HWY_EXPORT(LimitRows);
HWY_EXPORT(DecayRows);
HWY_EXPORT(AverageRows);
HWY_EXPORT(ConstrainAll);

void AddRegularizer(const Regularizer& regularizer, std::size_t dim,
                    absl::Span<const float* const> rows,
                    absl::Span<float* const> gradients) {
  HWY_DYNAMIC_DISPATCH(RegularizerRows)(regularizer, dim, rows, gradients);
}

void Limit(const ValueLimits& limits, std::size_t dim,
           absl::Span<float* const> vectors) {
  HWY_DYNAMIC_DISPATCH(LimitRows)(limits, dim, vectors);
}

void DecayWeights(const WeightDecay& decay, const StepTerms& terms,
                  std::size_t dim, absl::Span<float* const> rows) {
  HWY_DYNAMIC_DISPATCH(DecayRows)(decay, terms, dim, rows);
}

void MoveAverage(const MovingAverage& average, const StepTerms& terms,
                 std::size_t dim, std::size_t average_at,
                 absl::Span<float* const> rows) {
  HWY_DYNAMIC_DISPATCH(AverageRows)(average, terms, dim, average_at, rows);
}

void Constrain(const ConstraintSpec& constraint, std::size_t dim,
               absl::Span<float* const> rows) {
  HWY_DYNAMIC_DISPATCH(ConstrainAll)(constraint, dim, rows);
}

}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
