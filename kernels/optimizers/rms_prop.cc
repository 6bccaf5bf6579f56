#include "kernels/optimizers/rms_prop.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/optimizers/rms_prop.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/optimizers/decay-inl.h"
#include "kernels/optimizers/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

// `momentum_at` and `mean_at`: floats from a weight to its b and q.
struct RmsPropSlots {
  std::size_t momentum_at;
  std::size_t mean_at;
};

// s and q of a step, and the divisor's square s or s - q^2.
template <bool kCentered, class D, class V>
HWY_INLINE V SecondMoment(const DecayRate& rho, const RmsPropSlots& slots, D d,
                          V g, std::size_t dim, float* w) {
  const V s = NextMean(rho, d, hn::LoadU(d, w + dim), hn::Mul(g, g));
  hn::StoreU(s, d, w + dim);
  if constexpr (kCentered) {
    const V q = NextMean(rho, d, hn::LoadU(d, w + slots.mean_at), g);
    hn::StoreU(q, d, w + slots.mean_at);
    return hn::Sub(s, hn::Mul(q, q));
  }
  return s;
}

template <bool kCentered, bool kEpsilonInside>
struct RmsPropStep {
  DecayRate rho;
  RmsPropSlots slots;
  float learning_rate;
  float epsilon;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V g, std::size_t dim, float* w) const {
    const V square = SecondMoment<kCentered>(rho, slots, d, g, dim, w);
    const V e = hn::Set(d, epsilon);
    const V divisor = kEpsilonInside ? hn::Sqrt(hn::Add(square, e))
                                     : hn::Add(hn::Sqrt(square), e);
    const V change = hn::Div(hn::Mul(hn::Set(d, learning_rate), g), divisor);
    hn::StoreU(hn::Sub(hn::LoadU(d, w), change), d, w);
  }
};

template <bool kCentered>
struct RmsPropMomentumStep {
  DecayRate rho;
  RmsPropSlots slots;
  float learning_rate;
  float epsilon;
  float momentum;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V g, std::size_t dim, float* w) const {
    const V square = SecondMoment<kCentered>(rho, slots, d, g, dim, w);
    const V divisor = hn::Sqrt(hn::Add(square, hn::Set(d, epsilon)));
    const V scaled = hn::Div(hn::Mul(hn::Set(d, learning_rate), g), divisor);
    float* momenta = w + slots.momentum_at;
    const V b =
        hn::Add(hn::Mul(hn::Set(d, momentum), hn::LoadU(d, momenta)), scaled);
    hn::StoreU(b, d, momenta);
    hn::StoreU(hn::Sub(hn::LoadU(d, w), b), d, w);
  }
};

// Without a gradient nothing is divided: a root of 0 does no harm.
template <bool kCentered, bool kMomentum>
struct RmsPropMiss {
  DecayRate rho;
  RmsPropSlots slots;
  float momentum;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V, std::size_t dim, float* w) const {
    hn::StoreU(Decayed(rho, d, hn::LoadU(d, w + dim)), d, w + dim);
    if constexpr (kCentered) {
      float* means = w + slots.mean_at;
      hn::StoreU(Decayed(rho, d, hn::LoadU(d, means)), d, means);
    }
    if constexpr (kMomentum) {
      float* momenta = w + slots.momentum_at;
      const V b = hn::Mul(hn::Set(d, momentum), hn::LoadU(d, momenta));
      hn::StoreU(b, d, momenta);
      hn::StoreU(hn::Sub(hn::LoadU(d, w), b), d, w);
    }
  }
};

bool HasMomentum(const RmsPropSpec& spec) {
  return spec.generation == Generation::kTf1 || spec.momentum > 0;
}

RmsPropSlots SlotsOf(const RmsPropSpec& spec, std::size_t dim) {
  return {2 * dim, HasMomentum(spec) ? 3 * dim : 2 * dim};
}

DecayRate RhoOf(const RmsPropSpec& spec) {
  return spec.generation == Generation::kKeras ? ExactDecay(spec.rho)
                                               : RoundedDecay(spec.rho);
}

template <bool kCentered>
void StepRmsPropWith(const RmsPropSpec& spec, const StepTerms& terms,
                     std::size_t dim, absl::Span<float* const> rows,
                     absl::Span<const float* const> gradients) {
  const DecayRate rho = RhoOf(spec);
  const RmsPropSlots slots = SlotsOf(spec, dim);
  const float rate = terms.learning_rate;
  if (HasMomentum(spec)) {
    UpdateRows<2>(RmsPropMomentumStep<kCentered>{rho, slots, rate, spec.epsilon,
                                                 spec.momentum},
                  dim, rows, gradients);
  } else if (spec.generation == Generation::kKeras) {
    UpdateRows<1>(RmsPropStep<kCentered, true>{rho, slots, rate, spec.epsilon},
                  dim, rows, gradients);
  } else {
    UpdateRows<1>(RmsPropStep<kCentered, false>{rho, slots, rate, spec.epsilon},
                  dim, rows, gradients);
  }
}

template <bool kCentered>
void MissRmsPropWith(const RmsPropSpec& spec, std::size_t dim,
                     absl::Span<float* const> rows) {
  const DecayRate rho = RhoOf(spec);
  const RmsPropSlots slots = SlotsOf(spec, dim);
  if (HasMomentum(spec)) {
    MissRows(RmsPropMiss<kCentered, true>{rho, slots, spec.momentum}, dim,
             rows);
  } else {
    MissRows(RmsPropMiss<kCentered, false>{rho, slots, spec.momentum}, dim,
             rows);
  }
}

void StepRmsProp(const RmsPropSpec& spec, const StepTerms& terms,
                 std::size_t dim, absl::Span<float* const> rows,
                 absl::Span<const float* const> gradients) {
  if (spec.centered) {
    StepRmsPropWith<true>(spec, terms, dim, rows, gradients);
  } else {
    StepRmsPropWith<false>(spec, terms, dim, rows, gradients);
  }
}

void MissRmsProp(const RmsPropSpec& spec, const StepTerms&, std::size_t dim,
                 absl::Span<float* const> rows) {
  const bool rests =
      spec.generation == Generation::kTf1 ||
      (spec.generation == Generation::kKerasLegacy && HasMomentum(spec));
  if (rests) return;
  if (spec.centered) {
    MissRmsPropWith<true>(spec, dim, rows);
  } else {
    MissRmsPropWith<false>(spec, dim, rows);
  }
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rowhouse::kernels {

HWY_EXPORT(StepRmsProp);
HWY_EXPORT(MissRmsProp);

void FillSlots(const RmsPropSpec& spec, std::size_t dim, float* row) {
  const bool tf1 = spec.generation == Generation::kTf1;
  const std::size_t others =
      (tf1 || spec.momentum > 0 ? 1 : 0) + (spec.centered ? 1 : 0);
  std::fill_n(row + dim, dim, tf1 ? 1.0f : 0.0f);
  std::fill_n(row + 2 * dim, others * dim, 0.0f);
}

void Apply(const RmsPropSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients) {
  HWY_DYNAMIC_DISPATCH(StepRmsProp)(spec, terms, dim, rows, gradients);
}

void Miss(const RmsPropSpec& spec, const StepTerms& terms, std::size_t dim,
          absl::Span<float* const> rows) {
  HWY_DYNAMIC_DISPATCH(MissRmsProp)(spec, terms, dim, rows);
}

}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
