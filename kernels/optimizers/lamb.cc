#include "kernels/optimizers/lamb.h"

#include <algorithm>
#include <cmath>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/optimizers/lamb.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/norm-inl.h"
#include "kernels/optimizers/decay-inl.h"
#include "kernels/optimizers/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

// Puts the direction u of the row into a buffer; m and v into the row.
struct LambDirection {
  DecayRate beta_1;
  DecayRate beta_2;
  float first_correction;   // 1 - beta_1^t
  float second_correction;  // 1 - beta_2^t
  float epsilon;
  float weight_decay;
  const float* row;
  float* direction;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V g, std::size_t dim, float* w) const {
    const V m = NextMean(beta_1, d, hn::LoadU(d, w + dim), g);
    const V v = NextMean(beta_2, d, hn::LoadU(d, w + 2 * dim), hn::Mul(g, g));
    hn::StoreU(m, d, w + dim);
    hn::StoreU(v, d, w + 2 * dim);
    const V mean = hn::Div(m, hn::Set(d, first_correction));
    const V root = hn::Sqrt(hn::Div(v, hn::Set(d, second_correction)));
    const V adam = hn::Div(mean, hn::Add(root, hn::Set(d, epsilon)));
    const V decay = hn::Mul(hn::Set(d, weight_decay), hn::LoadU(d, w));
    hn::StoreU(hn::Add(adam, decay), d, direction + (w - row));
  }
};

struct LambMove {
  float rate;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V u, std::size_t, float* w) const {
    const V change = hn::Mul(hn::Set(d, rate), u);
    hn::StoreU(hn::Sub(hn::LoadU(d, w), change), d, w);
  }
};

void StepLamb(const LambSpec& spec, const StepTerms& terms, std::size_t dim,
              absl::Span<float* const> rows,
              absl::Span<const float* const> gradients) {
  std::vector<float> direction(dim);
  const float* u = direction.data();
  LambDirection step{RoundedDecay(spec.beta_1),
                     RoundedDecay(spec.beta_2),
                     1.0f - PowerAtStep(spec.beta_1, terms),
                     1.0f - PowerAtStep(spec.beta_2, terms),
                     spec.epsilon,
                     spec.weight_decay,
                     nullptr,
                     direction.data()};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const float weight_norm = std::sqrt(SquareSum(rows[i], dim));
    step.row = rows[i];
    UpdateRows<2>(step, dim, rows.subspan(i, 1), gradients.subspan(i, 1));
    const float norm = std::sqrt(SquareSum(u, dim));
    const bool trusts = weight_norm > 0 && norm > 0;
    const float ratio = trusts ? weight_norm / norm : 1.0f;
    UpdateRows<0>(LambMove{terms.learning_rate * ratio}, dim,
                  rows.subspan(i, 1), absl::MakeConstSpan(&u, 1));
  }
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rowhouse::kernels {

HWY_EXPORT(StepLamb);

void FillSlots(const LambSpec&, std::size_t dim, float* row) {
  std::fill_n(row + dim, 2 * dim, 0.0f);
}

void Apply(const LambSpec& spec, const StepTerms& terms, std::size_t dim,
           absl::Span<float* const> rows,
           absl::Span<const float* const> gradients) {
  HWY_DYNAMIC_DISPATCH(StepLamb)(spec, terms, dim, rows, gradients);
}

}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
