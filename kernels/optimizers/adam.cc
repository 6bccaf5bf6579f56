#include "kernels/optimizers/adam.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/optimizers/adam.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/optimizers/decay-inl.h"
#include "kernels/optimizers/rows-inl.h"
#include "kernels/optimizers/sign-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

template <bool kAmsgrad, bool kSumInsideRoot>
struct AdamStep {
  DecayRate beta_1;
  DecayRate beta_2;
  float rate;
  float epsilon;  // squared already where it stands inside the root

  template <class D, class V>
  HWY_INLINE void operator()(D d, V g, std::size_t dim, float* w) const {
    const V m = NextMean(beta_1, d, hn::LoadU(d, w + dim), g);
    V v = NextMean(beta_2, d, hn::LoadU(d, w + 2 * dim), hn::Mul(g, g));
    hn::StoreU(m, d, w + dim);
    hn::StoreU(v, d, w + 2 * dim);
    if constexpr (kAmsgrad) {
      v = Greater(hn::LoadU(d, w + 3 * dim), v);
      hn::StoreU(v, d, w + 3 * dim);
    }
    const V e = hn::Set(d, epsilon);
    const V divisor =
        kSumInsideRoot ? hn::Sqrt(hn::Add(v, e)) : hn::Add(hn::Sqrt(v), e);
    const V change = hn::Div(hn::Mul(m, hn::Set(d, rate)), divisor);
    hn::StoreU(hn::Sub(hn::LoadU(d, w), change), d, w);
  }
};

// Calls use(step) with the step of the spec.
template <class Use>
HWY_INLINE void WithStep(const AdamSpec& spec, const StepTerms& terms,
                         const Use& use) {
  const DecayRate beta_1 = MomentDecay(spec.beta_1, spec.generation);
  const DecayRate beta_2 = MomentDecay(spec.beta_2, spec.generation);
  if (spec.generation == Generation::kTpu) {
    if (spec.sum_inside_sqrt) {
      use(AdamStep<false, true>{beta_1, beta_2, terms.learning_rate,
                                spec.epsilon * spec.epsilon});
    } else {
      use(AdamStep<false, false>{beta_1, beta_2, terms.learning_rate,
                                 spec.epsilon});
    }
    return;
  }
  const float rate =
      CorrectedRate(spec.beta_1, spec.beta_2, terms, spec.generation);
  if (spec.amsgrad) {
    use(AdamStep<true, false>{beta_1, beta_2, rate, spec.epsilon});
  } else {
    use(AdamStep<false, false>{beta_1, beta_2, rate, spec.epsilon});
  }
}

void StepAdam(const AdamSpec& spec, const StepTerms& terms, std::size_t dim,
              absl::Span<float* const> rows,
              absl::Span<const float* const> gradients) {
  WithStep(spec, terms, [&](const auto& step) {
    UpdateRows<2>(step, dim, rows, gradients);
  });
}

void MissAdam(const AdamSpec& spec, const StepTerms& terms, std::size_t dim,
              absl::Span<float* const> rows) {
  if (spec.lazy) return;
  WithStep(spec, terms, [&](const auto& step) { MissRows(step, dim, rows); });
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rowhouse::kernels {

HWY_EXPORT(StepAdam);
HWY_EXPORT(MissAdam);

void FillSlots(const AdamSpec& spec, std::size_t dim, float* row) {
  std::fill_n(row + dim, (spec.amsgrad ? 3 : 2) * dim, 0.0f);
}

void Apply(const AdamSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients) {
  HWY_DYNAMIC_DISPATCH(StepAdam)(spec, terms, dim, rows, gradients);
}

void Miss(const AdamSpec& spec, const StepTerms& terms, std::size_t dim,
          absl::Span<float* const> rows) {
  HWY_DYNAMIC_DISPATCH(MissAdam)(spec, terms, dim, rows);
}

}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
