#include "kernels/optimizers/row_wise_adagrad.h"

#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/optimizers/row_wise_adagrad.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/norm-inl.h"
#include "kernels/optimizers/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

struct RowWiseStep {
  float rate;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V g, std::size_t, float* w) const {
    const V change = hn::Mul(hn::Set(d, rate), g);
    hn::StoreU(hn::Sub(hn::LoadU(d, w), change), d, w);
  }
};

void StepRowWiseAdagrad(const RowWiseAdagradSpec& spec, const StepTerms& terms,
                        std::size_t dim, absl::Span<float* const> rows,
                        absl::Span<const float* const> gradients) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    float& accumulator = rows[i][dim];
    accumulator += SquareSum(gradients[i], dim) / static_cast<float>(dim);
    const float rate =
        terms.learning_rate / (std::sqrt(accumulator) + spec.epsilon);
    UpdateRows<0>(RowWiseStep{rate}, dim, rows.subspan(i, 1),
                  gradients.subspan(i, 1));
  }
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rowhouse::kernels {

HWY_EXPORT(StepRowWiseAdagrad);

void FillSlots(const RowWiseAdagradSpec& spec, std::size_t dim, float* row) {
  row[dim] = spec.initial_accumulator;
}

void Apply(const RowWiseAdagradSpec& spec, const StepTerms& terms,
           std::size_t dim, absl::Span<float* const> rows,
           absl::Span<const float* const> gradients) {
  HWY_DYNAMIC_DISPATCH(StepRowWiseAdagrad)(spec, terms, dim, rows, gradients);
}

}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
