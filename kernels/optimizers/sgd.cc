#include "kernels/optimizers/sgd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/optimizers/sgd.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/optimizers/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

struct SgdStep {
  float learning_rate;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V g, std::size_t, float* w) const {
    const V change = hn::Mul(hn::Set(d, learning_rate), g);
    hn::StoreU(hn::Sub(hn::LoadU(d, w), change), d, w);
  }
};

void StepSgd(const SgdSpec&, const StepTerms& terms, std::size_t dim,
             absl::Span<float* const> rows,
             absl::Span<const float* const> gradients) {
  UpdateRows<0>(SgdStep{terms.learning_rate}, dim, rows, gradients);
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rowhouse::kernels {

HWY_EXPORT(StepSgd);

void FillSlots(const SgdSpec&, std::size_t, float*) {}

void Apply(const SgdSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients) {
  HWY_DYNAMIC_DISPATCH(StepSgd)(spec, terms, dim, rows, gradients);
}

}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
