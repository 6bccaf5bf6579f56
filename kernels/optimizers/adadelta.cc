#include "kernels/optimizers/adadelta.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/optimizers/adadelta.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/optimizers/decay-inl.h"
#include "kernels/optimizers/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

struct AdadeltaStep {
  DecayRate squares;  // of a
  DecayRate changes;  // of u
  float learning_rate;
  float epsilon;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V g, std::size_t dim, float* w) const {
    const V e = hn::Set(d, epsilon);
    const V a = NextMean(squares, d, hn::LoadU(d, w + dim), hn::Mul(g, g));
    const V u = hn::LoadU(d, w + 2 * dim);
    const V change =
        hn::Div(hn::Mul(hn::Sqrt(hn::Add(u, e)), g), hn::Sqrt(hn::Add(a, e)));
    hn::StoreU(a, d, w + dim);
    hn::StoreU(NextMean(changes, d, u, hn::Mul(change, change)), d,
               w + 2 * dim);
    const V scaled = hn::Mul(hn::Set(d, learning_rate), change);
    hn::StoreU(hn::Sub(hn::LoadU(d, w), scaled), d, w);
  }
};

AdadeltaStep StepOf(const AdadeltaSpec& spec, const StepTerms& terms) {
  DecayRate changes = MomentDecay(spec.rho, spec.generation);
  changes.subtracts = false;
  return {MomentDecay(spec.rho, spec.generation), changes, terms.learning_rate,
          spec.epsilon};
}

void StepAdadelta(const AdadeltaSpec& spec, const StepTerms& terms,
                  std::size_t dim, absl::Span<float* const> rows,
                  absl::Span<const float* const> gradients) {
  UpdateRows<2>(StepOf(spec, terms), dim, rows, gradients);
}

void MissAdadelta(const AdadeltaSpec& spec, const StepTerms& terms,
                  std::size_t dim, absl::Span<float* const> rows) {
  if (spec.generation != Generation::kKeras) return;
  MissRows(StepOf(spec, terms), dim, rows);
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rowhouse::kernels {

HWY_EXPORT(StepAdadelta);
HWY_EXPORT(MissAdadelta);

void FillSlots(const AdadeltaSpec&, std::size_t dim, float* row) {
  std::fill_n(row + dim, 2 * dim, 0.0f);
}

void Apply(const AdadeltaSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients) {
  HWY_DYNAMIC_DISPATCH(StepAdadelta)(spec, terms, dim, rows, gradients);
}

void Miss(const AdadeltaSpec& spec, const StepTerms& terms, std::size_t dim,
          absl::Span<float* const> rows) {
  HWY_DYNAMIC_DISPATCH(MissAdadelta)(spec, terms, dim, rows);
}

}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
