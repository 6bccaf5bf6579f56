#include "kernels/optimizers/ftrl.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/optimizers/ftrl.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/optimizers/power-inl.h"
#include "kernels/optimizers/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

template <class Root, bool kLinearTimesRate>
struct FtrlStep {
  Root root;
  float learning_rate;
  float l1;        // times the rate, as z is
  float twice_l2;  // 2 * l2', beta included; times the rate, as z is
  float twice_shrinkage;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V g, std::size_t dim, float* w) const {
    float* accum = w + dim;
    float* linear = w + 2 * dim;
    const V rate = hn::Set(d, learning_rate);
    const V weight = hn::LoadU(d, w);
    const V before = hn::LoadU(d, accum);
    const V after = hn::Add(before, hn::Mul(g, g));
    const V root_after = root(d, after);
    const V difference = hn::Sub(root_after, root(d, before));
    V shrunk = hn::Add(g, hn::Mul(hn::Set(d, twice_shrinkage), weight));
    V sigma = difference;
    V divisor = root_after;
    if constexpr (kLinearTimesRate) {
      shrunk = hn::Mul(rate, shrunk);
    } else {
      sigma = hn::Div(difference, rate);
      divisor = hn::Div(root_after, rate);
    }
    const V z =
        hn::Sub(hn::Add(hn::LoadU(d, linear), shrunk), hn::Mul(sigma, weight));
    // Not Min and Max: processors differ in the sign of a zero they return.
    const V bound = hn::Set(d, l1);
    const V clamped =
        hn::IfThenElse(hn::Gt(hn::Abs(z), bound), hn::CopySign(bound, z), z);
    divisor = hn::Add(divisor, hn::Set(d, twice_l2));
    hn::StoreU(after, d, accum);
    hn::StoreU(z, d, linear);
    hn::StoreU(hn::Div(hn::Sub(clamped, z), divisor), d, w);
  }
};

// Calls use(step) with the step of the spec.
template <class Root, class Use>
HWY_INLINE void WithRoot(const Root& root, const FtrlSpec& spec, float rate,
                         const Use& use) {
  const float twice_shrinkage = 2 * spec.l2_shrinkage;
  if (spec.multiply_linear_by_learning_rate) {
    // The rate may be 0.
    const float twice_l2 = 2 * rate * spec.l2 + spec.beta;
    use(FtrlStep<Root, true>{root, rate, rate * spec.l1, twice_l2,
                             twice_shrinkage});
  } else {
    const float twice_l2 = 2 * (spec.l2 + spec.beta / (2 * rate));
    use(FtrlStep<Root, false>{root, rate, spec.l1, twice_l2, twice_shrinkage});
  }
}

template <class Use>
HWY_INLINE void WithStep(const FtrlSpec& spec, float rate, const Use& use) {
  if (spec.learning_rate_power == -0.5f) {
    WithRoot(SquareRoot(), spec, rate, use);
  } else {
    WithRoot(Power{-spec.learning_rate_power}, spec, rate, use);
  }
}

void StepFtrl(const FtrlSpec& spec, const StepTerms& terms, std::size_t dim,
              absl::Span<float* const> rows,
              absl::Span<const float* const> gradients) {
  WithStep(spec, terms.learning_rate, [&](const auto& step) {
    UpdateRows<2>(step, dim, rows, gradients);
  });
}

void MissFtrl(const FtrlSpec& spec, const StepTerms& terms, std::size_t dim,
              absl::Span<float* const> rows) {
  if (spec.generation != Generation::kKeras) return;
  WithStep(spec, terms.learning_rate,
           [&](const auto& step) { MissRows(step, dim, rows); });
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rowhouse::kernels {

HWY_EXPORT(StepFtrl);
HWY_EXPORT(MissFtrl);

void FillSlots(const FtrlSpec& spec, std::size_t dim, float* row) {
  std::fill_n(row + dim, dim, spec.initial_accumulator);
  std::fill_n(row + 2 * dim, dim, 0.0f);
}

void Apply(const FtrlSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients) {
  HWY_DYNAMIC_DISPATCH(StepFtrl)(spec, terms, dim, rows, gradients);
}

void Miss(const FtrlSpec& spec, const StepTerms& terms, std::size_t dim,
          absl::Span<float* const> rows) {
  HWY_DYNAMIC_DISPATCH(MissFtrl)(spec, terms, dim, rows);
}

}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
