#include "kernels/optimizers/proximal_adagrad.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/optimizers/proximal_adagrad.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/optimizers/rows-inl.h"
#include "kernels/optimizers/sign-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

struct ProximalAdagradStep {
  float learning_rate;
  float l1;
  float l2;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V g, std::size_t dim, float* w) const {
    const V a = hn::Add(hn::LoadU(d, w + dim), hn::Mul(g, g));
    hn::StoreU(a, d, w + dim);
    const V rate = hn::Div(hn::Set(d, learning_rate), hn::Sqrt(a));
    const V p = hn::Sub(hn::LoadU(d, w), hn::Mul(g, rate));
    const V shrunk = Shrunk(d, p, hn::Mul(rate, hn::Set(d, l1)));
    const V divisor = hn::Add(hn::Set(d, 1.0f), hn::Mul(rate, hn::Set(d, l2)));
    hn::StoreU(hn::Div(shrunk, divisor), d, w);
  }
};

void StepProximalAdagrad(const ProximalAdagradSpec& spec,
                         const StepTerms& terms, std::size_t dim,
                         absl::Span<float* const> rows,
                         absl::Span<const float* const> gradients) {
  UpdateRows<1>(ProximalAdagradStep{terms.learning_rate, spec.l1, spec.l2}, dim,
                rows, gradients);
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rowhouse::kernels {

HWY_EXPORT(StepProximalAdagrad);

void FillSlots(const ProximalAdagradSpec& spec, std::size_t dim, float* row) {
  std::fill_n(row + dim, dim, spec.initial_accumulator);
}

void Apply(const ProximalAdagradSpec& spec, const StepTerms& terms,
           std::size_t dim, absl::Span<float* const> rows,
           absl::Span<const float* const> gradients) {
  HWY_DYNAMIC_DISPATCH(StepProximalAdagrad)(spec, terms, dim, rows, gradients);
}

}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
