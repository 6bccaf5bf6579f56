#include "kernels/optimizers/adagrad_da.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/optimizers/adagrad_da.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/optimizers/rows-inl.h"
#include "kernels/optimizers/sign-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

struct AdagradDaStep {
  float learning_rate;
  float distance;  // l1 * t
  float addend;    // l2 * t * learning_rate

  template <class D, class V>
  HWY_INLINE void operator()(D d, V g, std::size_t dim, float* w) const {
    const V sum = hn::Add(hn::LoadU(d, w + dim), g);
    const V squares = hn::Add(hn::LoadU(d, w + 2 * dim), hn::Mul(g, g));
    hn::StoreU(sum, d, w + dim);
    hn::StoreU(squares, d, w + 2 * dim);
    const V shrunk = Shrunk(d, sum, hn::Set(d, distance));
    const V divisor = hn::Add(hn::Set(d, addend), hn::Sqrt(squares));
    const V uphill = hn::Mul(hn::Set(d, learning_rate), shrunk);
    hn::StoreU(hn::Neg(hn::Div(uphill, divisor)), d, w);
  }
};

void StepAdagradDa(const AdagradDaSpec& spec, const StepTerms& terms,
                   std::size_t dim, absl::Span<float* const> rows,
                   absl::Span<const float* const> gradients) {
  const float rate = terms.learning_rate;
  const auto t = static_cast<float>(terms.step + 1);
  UpdateRows<2>(AdagradDaStep{rate, spec.l1 * t, spec.l2 * t * rate}, dim, rows,
                gradients);
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rowhouse::kernels {

HWY_EXPORT(StepAdagradDa);

void FillSlots(const AdagradDaSpec& spec, std::size_t dim, float* row) {
  std::fill_n(row + dim, dim, 0.0f);
  std::fill_n(row + 2 * dim, dim, spec.initial_accumulator);
}

void Apply(const AdagradDaSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients) {
  HWY_DYNAMIC_DISPATCH(StepAdagradDa)(spec, terms, dim, rows, gradients);
}

}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
