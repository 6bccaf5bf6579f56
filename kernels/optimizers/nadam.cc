#include "kernels/optimizers/nadam.h"

#include <algorithm>

#include "kernels/optimizers/nadam_terms.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/optimizers/nadam.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/optimizers/decay-inl.h"
#include "kernels/optimizers/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

struct NadamStep {
  DecayRate beta_1;
  DecayRate beta_2;
  NadamTerms terms;
  float learning_rate;
  float epsilon;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V g, std::size_t dim, float* w) const {
    const V m = NextMean(beta_1, d, hn::LoadU(d, w + dim), g);
    const V v = NextMean(beta_2, d, hn::LoadU(d, w + 2 * dim), hn::Mul(g, g));
    hn::StoreU(m, d, w + dim);
    hn::StoreU(v, d, w + 2 * dim);
    const V now = hn::Div(hn::Mul(hn::Set(d, terms.gradient), g),
                          hn::Set(d, terms.gradient_correction));
    const V next = hn::Div(hn::Mul(hn::Set(d, terms.mean), m),
                           hn::Set(d, terms.mean_correction));
    const V root = hn::Sqrt(hn::Div(v, hn::Set(d, terms.square_correction)));
    const V change =
        hn::Div(hn::Mul(hn::Add(next, now), hn::Set(d, learning_rate)),
                hn::Add(root, hn::Set(d, epsilon)));
    hn::StoreU(hn::Sub(hn::LoadU(d, w), change), d, w);
  }
};

// Of a row that rests: m and v decay all the same.
struct NadamRest {
  DecayRate beta_1;
  DecayRate beta_2;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V, std::size_t dim, float* w) const {
    hn::StoreU(Decayed(beta_1, d, hn::LoadU(d, w + dim)), d, w + dim);
    hn::StoreU(Decayed(beta_2, d, hn::LoadU(d, w + 2 * dim)), d, w + 2 * dim);
  }
};

DecayRate DecayOf(double beta, Generation generation) {
  DecayRate decay = RoundedDecay(beta);
  decay.subtracts = generation == Generation::kKeras;
  return decay;
}

NadamStep StepOf(const NadamSpec& spec, const StepTerms& terms) {
  return {DecayOf(spec.beta_1, spec.generation),
          DecayOf(spec.beta_2, spec.generation), NadamTermsOf(spec, terms),
          terms.learning_rate, spec.epsilon};
}

void StepNadam(const NadamSpec& spec, const StepTerms& terms, std::size_t dim,
               absl::Span<float* const> rows,
               absl::Span<const float* const> gradients) {
  UpdateRows<2>(StepOf(spec, terms), dim, rows, gradients);
}

void MissNadam(const NadamSpec& spec, const StepTerms& terms, std::size_t dim,
               absl::Span<float* const> rows) {
  if (spec.generation == Generation::kKeras) {
    MissRows(StepOf(spec, terms), dim, rows);
  } else {
    MissRows(NadamRest{DecayOf(spec.beta_1, spec.generation),
                       DecayOf(spec.beta_2, spec.generation)},
             dim, rows);
  }
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rowhouse::kernels {

HWY_EXPORT(StepNadam);
HWY_EXPORT(MissNadam);

void FillSlots(const NadamSpec&, std::size_t dim, float* row) {
  std::fill_n(row + dim, 2 * dim, 0.0f);
}

void Apply(const NadamSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients) {
  HWY_DYNAMIC_DISPATCH(StepNadam)(spec, terms, dim, rows, gradients);
}

void Miss(const NadamSpec& spec, const StepTerms& terms, std::size_t dim,
          absl::Span<float* const> rows) {
  HWY_DYNAMIC_DISPATCH(MissNadam)(spec, terms, dim, rows);
}

}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
