#include "kernels/optimizers/adagrad_momentum.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/optimizers/adagrad_momentum.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/optimizers/decay-inl.h"
#include "kernels/optimizers/power-inl.h"
#include "kernels/optimizers/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

template <class Root>
struct AdagradMomentumStep {
  Root root;  // a -> a^(1 / exponent)
  float learning_rate;
  float momentum;
  bool nesterov;
  bool sums;  // beta_2 is 1: A is a sum, no mean
  DecayRate beta_2;
  float epsilon;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V g, std::size_t dim, float* w) const {
    const V square = hn::Mul(g, g);
    const V before = hn::LoadU(d, w + dim);
    const V a =
        sums ? hn::Add(before, square) : NextMean(beta_2, d, before, square);
    const V scaled = hn::Div(g, root(d, hn::Add(a, hn::Set(d, epsilon))));
    const V mu = hn::Set(d, momentum);
    const V m = hn::Add(hn::Mul(mu, hn::LoadU(d, w + 2 * dim)), scaled);
    const V ahead = nesterov ? hn::Add(hn::Mul(mu, m), scaled) : m;
    hn::StoreU(a, d, w + dim);
    hn::StoreU(m, d, w + 2 * dim);
    const V change = hn::Mul(hn::Set(d, learning_rate), ahead);
    hn::StoreU(hn::Sub(hn::LoadU(d, w), change), d, w);
  }
};

template <class Root>
void StepWith(Root root, const AdagradMomentumSpec& spec,
              const StepTerms& terms, std::size_t dim,
              absl::Span<float* const> rows,
              absl::Span<const float* const> gradients) {
  const AdagradMomentumStep<Root> step{
      root,          terms.learning_rate, spec.momentum,
      spec.nesterov, spec.beta_2 == 1,    RoundedDecay(spec.beta_2),
      spec.epsilon};
  UpdateRows<2>(step, dim, rows, gradients);
}

void StepAdagradMomentum(const AdagradMomentumSpec& spec,
                         const StepTerms& terms, std::size_t dim,
                         absl::Span<float* const> rows,
                         absl::Span<const float* const> gradients) {
  if (spec.exponent == 2) {
    StepWith(SquareRoot(), spec, terms, dim, rows, gradients);
  } else {
    StepWith(Power{1 / spec.exponent}, spec, terms, dim, rows, gradients);
  }
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rowhouse::kernels {

HWY_EXPORT(StepAdagradMomentum);

void FillSlots(const AdagradMomentumSpec&, std::size_t dim, float* row) {
  std::fill_n(row + dim, 2 * dim, 0.0f);
}

void Apply(const AdagradMomentumSpec& spec, const StepTerms& terms,
           std::size_t dim, absl::Span<float* const> rows,
           absl::Span<const float* const> gradients) {
  HWY_DYNAMIC_DISPATCH(StepAdagradMomentum)(spec, terms, dim, rows, gradients);
}

}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
