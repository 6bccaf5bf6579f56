#include "kernels/optimizers/yogi.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/optimizers/yogi.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/optimizers/decay-inl.h"
#include "kernels/optimizers/rows-inl.h"
#include "kernels/optimizers/sign-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

struct YogiStep {
  DecayRate beta_1;
  float second_complement;  // 1 - beta_2
  float rate;
  float epsilon;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V g, std::size_t dim, float* w) const {
    const V m = NextMean(beta_1, d, hn::LoadU(d, w + dim), g);
    const V square = hn::Mul(g, g);
    const V before = hn::LoadU(d, w + 2 * dim);
    const V size = hn::Mul(hn::Set(d, second_complement), square);
    const V v =
        hn::Sub(before, hn::Mul(Sign(d, hn::Sub(before, square)), size));
    hn::StoreU(m, d, w + dim);
    hn::StoreU(v, d, w + 2 * dim);
    const V divisor = hn::Add(hn::Sqrt(v), hn::Set(d, epsilon));
    const V change = hn::Div(hn::Mul(m, hn::Set(d, rate)), divisor);
    hn::StoreU(hn::Sub(hn::LoadU(d, w), change), d, w);
  }
};

void StepYogi(const YogiSpec& spec, const StepTerms& terms, std::size_t dim,
              absl::Span<float* const> rows,
              absl::Span<const float* const> gradients) {
  const YogiStep step{
      RoundedDecay(spec.beta_1), RoundedDecay(spec.beta_2).complement,
      CorrectedRate(spec.beta_1, spec.beta_2, terms, Generation::kKeras),
      spec.epsilon};
  UpdateRows<2>(step, dim, rows, gradients);
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rowhouse::kernels {

HWY_EXPORT(StepYogi);

void FillSlots(const YogiSpec& spec, std::size_t dim, float* row) {
  std::fill_n(row + dim, dim, 0.0f);
  std::fill_n(row + 2 * dim, dim, spec.initial_accumulator);
}

void Apply(const YogiSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients) {
  HWY_DYNAMIC_DISPATCH(StepYogi)(spec, terms, dim, rows, gradients);
}

}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
