#include "kernels/optimizers/adamax.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/optimizers/adamax.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/optimizers/decay-inl.h"
#include "kernels/optimizers/rows-inl.h"
#include "kernels/optimizers/sign-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

struct AdamaxStep {
  DecayRate beta_1;
  float beta_2;
  float learning_rate;
  float correction;  // 1 - beta_1^t
  float epsilon;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V g, std::size_t dim, float* w) const {
    const V m = NextMean(beta_1, d, hn::LoadU(d, w + dim), g);
    const V decayed = hn::Mul(hn::LoadU(d, w + 2 * dim), hn::Set(d, beta_2));
    const V u = Greater(decayed, hn::Abs(g));
    hn::StoreU(m, d, w + dim);
    hn::StoreU(u, d, w + 2 * dim);
    const V divisor =
        hn::Mul(hn::Set(d, correction), hn::Add(u, hn::Set(d, epsilon)));
    const V change = hn::Div(hn::Mul(hn::Set(d, learning_rate), m), divisor);
    hn::StoreU(hn::Sub(hn::LoadU(d, w), change), d, w);
  }
};

AdamaxStep StepOf(const AdamaxSpec& spec, const StepTerms& terms) {
  return {MomentDecay(spec.beta_1, spec.generation),
          static_cast<float>(spec.beta_2), terms.learning_rate,
          1.0f - PowerAtStep(spec.beta_1, terms), spec.epsilon};
}

void StepAdamax(const AdamaxSpec& spec, const StepTerms& terms, std::size_t dim,
                absl::Span<float* const> rows,
                absl::Span<const float* const> gradients) {
  UpdateRows<2>(StepOf(spec, terms), dim, rows, gradients);
}

void MissAdamax(const AdamaxSpec& spec, const StepTerms& terms, std::size_t dim,
                absl::Span<float* const> rows) {
  if (spec.generation != Generation::kKeras) return;
  MissRows(StepOf(spec, terms), dim, rows);
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rowhouse::kernels {

HWY_EXPORT(StepAdamax);
HWY_EXPORT(MissAdamax);

void FillSlots(const AdamaxSpec&, std::size_t dim, float* row) {
  std::fill_n(row + dim, 2 * dim, 0.0f);
}

void Apply(const AdamaxSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients) {
  HWY_DYNAMIC_DISPATCH(StepAdamax)(spec, terms, dim, rows, gradients);
}

void Miss(const AdamaxSpec& spec, const StepTerms& terms, std::size_t dim,
          absl::Span<float* const> rows) {
  HWY_DYNAMIC_DISPATCH(MissAdamax)(spec, terms, dim, rows);
}

}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
