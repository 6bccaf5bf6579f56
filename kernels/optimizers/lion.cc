#include "kernels/optimizers/lion.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/optimizers/lion.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/optimizers/decay-inl.h"
#include "kernels/optimizers/rows-inl.h"
#include "kernels/optimizers/sign-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

struct LionStep {
  DecayRate beta_1;
  float beta_2;
  float second_complement;  // 1 - beta_2 / beta_1
  float learning_rate;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V g, std::size_t dim, float* w) const {
    const V mixed = NextMean(beta_1, d, hn::LoadU(d, w + dim), g);
    const V kept =
        hn::Div(hn::Mul(mixed, hn::Set(d, beta_2)), hn::Set(d, beta_1.rate));
    hn::StoreU(hn::Add(kept, hn::Mul(g, hn::Set(d, second_complement))), d,
               w + dim);
    const V change = hn::Mul(hn::Set(d, learning_rate), Sign(d, mixed));
    hn::StoreU(hn::Sub(hn::LoadU(d, w), change), d, w);
  }
};

LionStep StepOf(const LionSpec& spec, const StepTerms& terms) {
  const auto beta_2 = static_cast<float>(spec.beta_2);
  const DecayRate beta_1 = RoundedDecay(spec.beta_1);
  return {beta_1, beta_2, 1.0f - beta_2 / beta_1.rate, terms.learning_rate};
}

void StepLion(const LionSpec& spec, const StepTerms& terms, std::size_t dim,
              absl::Span<float* const> rows,
              absl::Span<const float* const> gradients) {
  UpdateRows<1>(StepOf(spec, terms), dim, rows, gradients);
}

void MissLion(const LionSpec& spec, const StepTerms& terms, std::size_t dim,
              absl::Span<float* const> rows) {
  MissRows(StepOf(spec, terms), dim, rows);
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rowhouse::kernels {

HWY_EXPORT(StepLion);
HWY_EXPORT(MissLion);

void FillSlots(const LionSpec&, std::size_t dim, float* row) {
  std::fill_n(row + dim, dim, 0.0f);
}

void Apply(const LionSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients) {
  HWY_DYNAMIC_DISPATCH(StepLion)(spec, terms, dim, rows, gradients);
}

void Miss(const LionSpec& spec, const StepTerms& terms, std::size_t dim,
          absl::Span<float* const> rows) {
  HWY_DYNAMIC_DISPATCH(MissLion)(spec, terms, dim, rows);
}

}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
