#include "kernels/optimizers/proximal_sgd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/optimizers/proximal_sgd.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/optimizers/rows-inl.h"
#include "kernels/optimizers/sign-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

struct ProximalSgdStep {
  float learning_rate;
  float distance;  // learning_rate * l1
  float divisor;   // 1 + learning_rate * l2

  template <class D, class V>
  HWY_INLINE void operator()(D d, V g, std::size_t, float* w) const {
    const V change = hn::Mul(hn::Set(d, learning_rate), g);
    const V p = hn::Sub(hn::LoadU(d, w), change);
    const V shrunk = Shrunk(d, p, hn::Set(d, distance));
    hn::StoreU(hn::Div(shrunk, hn::Set(d, divisor)), d, w);
  }
};

void StepProximalSgd(const ProximalSgdSpec& spec, const StepTerms& terms,
                     std::size_t dim, absl::Span<float* const> rows,
                     absl::Span<const float* const> gradients) {
  const float rate = terms.learning_rate;
  UpdateRows<0>(ProximalSgdStep{rate, rate * spec.l1, 1 + rate * spec.l2}, dim,
                rows, gradients);
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rowhouse::kernels {

HWY_EXPORT(StepProximalSgd);

void FillSlots(const ProximalSgdSpec&, std::size_t, float*) {}

void Apply(const ProximalSgdSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients) {
  HWY_DYNAMIC_DISPATCH(StepProximalSgd)(spec, terms, dim, rows, gradients);
}

}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
