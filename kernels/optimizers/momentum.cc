#include "kernels/optimizers/momentum.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/optimizers/momentum.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/optimizers/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

template <bool kNesterov>
struct MomentumStep {
  float learning_rate;
  float momentum;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V g, std::size_t dim, float* w) const {
    const V rate = hn::Set(d, learning_rate);
    const V mu = hn::Set(d, momentum);
    const V a = hn::Add(hn::Mul(mu, hn::LoadU(d, w + dim)), g);
    hn::StoreU(a, d, w + dim);
    V change = hn::Mul(rate, a);
    if constexpr (kNesterov) {
      change = hn::Add(hn::Mul(rate, g), hn::Mul(mu, change));
    }
    hn::StoreU(hn::Sub(hn::LoadU(d, w), change), d, w);
  }
};

template <bool kNesterov>
struct KerasMomentumStep {
  float learning_rate;
  float momentum;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V g, std::size_t dim, float* w) const {
    const V mu = hn::Set(d, momentum);
    const V downhill = hn::Mul(hn::Set(d, learning_rate), g);
    const V a = hn::Sub(hn::Mul(mu, hn::LoadU(d, w + dim)), downhill);
    hn::StoreU(a, d, w + dim);
    V change = a;
    if constexpr (kNesterov) change = hn::Sub(hn::Mul(mu, a), downhill);
    hn::StoreU(hn::Add(hn::LoadU(d, w), change), d, w);
  }
};

// Calls use(step) with the step of the spec.
template <class Use>
HWY_INLINE void WithStep(const MomentumSpec& spec, float rate, const Use& use) {
  if (spec.generation == Generation::kTf1) {
    if (spec.nesterov) {
      use(MomentumStep<true>{rate, spec.momentum});
    } else {
      use(MomentumStep<false>{rate, spec.momentum});
    }
  } else if (spec.nesterov) {
    use(KerasMomentumStep<true>{rate, spec.momentum});
  } else {
    use(KerasMomentumStep<false>{rate, spec.momentum});
  }
}

void StepMomentum(const MomentumSpec& spec, const StepTerms& terms,
                  std::size_t dim, absl::Span<float* const> rows,
                  absl::Span<const float* const> gradients) {
  WithStep(spec, terms.learning_rate, [&](const auto& step) {
    UpdateRows<1>(step, dim, rows, gradients);
  });
}

void MissMomentum(const MomentumSpec& spec, const StepTerms& terms,
                  std::size_t dim, absl::Span<float* const> rows) {
  if (spec.generation != Generation::kKeras) return;
  WithStep(spec, terms.learning_rate,
           [&](const auto& step) { MissRows(step, dim, rows); });
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rowhouse::kernels {

HWY_EXPORT(StepMomentum);
HWY_EXPORT(MissMomentum);

void FillSlots(const MomentumSpec&, std::size_t dim, float* row) {
  std::fill_n(row + dim, dim, 0.0f);
}

void Apply(const MomentumSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients) {
  HWY_DYNAMIC_DISPATCH(StepMomentum)(spec, terms, dim, rows, gradients);
}

void Miss(const MomentumSpec& spec, const StepTerms& terms, std::size_t dim,
          absl::Span<float* const> rows) {
  HWY_DYNAMIC_DISPATCH(MissMomentum)(spec, terms, dim, rows);
}

}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
