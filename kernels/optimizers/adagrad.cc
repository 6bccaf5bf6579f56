#include "kernels/optimizers/adagrad.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/optimizers/adagrad.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/optimizers/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

template <bool kEpsilonInside>
struct AdagradStep {
  float learning_rate;
  float epsilon;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V g, std::size_t dim, float* w) const {
    float* accumulator = w + dim;
    const V a = hn::Add(hn::LoadU(d, accumulator), hn::Mul(g, g));
    const V e = hn::Set(d, epsilon);
    const V divisor =
        kEpsilonInside ? hn::Sqrt(hn::Add(a, e)) : hn::Add(hn::Sqrt(a), e);
    const V change = hn::Div(hn::Mul(hn::Set(d, learning_rate), g), divisor);
    hn::StoreU(a, d, accumulator);
    hn::StoreU(hn::Sub(hn::LoadU(d, w), change), d, w);
  }
};

void StepAdagrad(const AdagradSpec& spec, const StepTerms& terms,
                 std::size_t dim, absl::Span<float* const> rows,
                 absl::Span<const float* const> gradients) {
  if (spec.generation == Generation::kKeras) {
    UpdateRows<1>(AdagradStep<true>{terms.learning_rate, spec.epsilon}, dim,
                  rows, gradients);
  } else {
    UpdateRows<1>(AdagradStep<false>{terms.learning_rate, spec.epsilon}, dim,
                  rows, gradients);
  }
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rowhouse::kernels {

HWY_EXPORT(StepAdagrad);

void FillSlots(const AdagradSpec& spec, std::size_t dim, float* row) {
  std::fill_n(row + dim, dim, spec.initial_accumulator);
}

void Apply(const AdagradSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients) {
  HWY_DYNAMIC_DISPATCH(StepAdagrad)(spec, terms, dim, rows, gradients);
}

}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
