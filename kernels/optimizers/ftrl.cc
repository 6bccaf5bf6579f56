#include "kernels/optimizers/ftrl.h"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/optimizers/ftrl.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/optimizers/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

// A^-p for p = -0.5.
struct SquareRoot {
  template <class D, class V>
  HWY_INLINE V operator()(D, V a) const {
    return hn::Sqrt(a);
  }
};

// A^-p for any p, a lane at a time.
struct Power {
  float exponent;

  template <class D, class V>
  HWY_INLINE V operator()(D d, V a) const {
    HWY_ALIGN float values[HWY_MAX_BYTES / sizeof(float)];
    hn::Store(a, d, values);
    for (std::size_t i = 0; i < hn::Lanes(d); ++i) {
      values[i] = std::pow(values[i], exponent);
    }
    return hn::Load(d, values);
  }
};

template <class Root>
struct FtrlStep {
  Root root;
  float learning_rate;
  float l1;
  float twice_l2;  // 2 * l2', beta included
  float twice_shrinkage;

  template <class D, class V>
  HWY_INLINE void operator()(D d, V g, std::size_t dim, float* w) const {
    float* accum = w + dim;
    float* linear = w + 2 * dim;
    const V rate = hn::Set(d, learning_rate);
    const V weight = hn::LoadU(d, w);
    const V before = hn::LoadU(d, accum);
    const V after = hn::Add(before, hn::Mul(g, g));
    const V root_after = root(d, after);
    const V shrunk = hn::Add(g, hn::Mul(hn::Set(d, twice_shrinkage), weight));
    const V sigma = hn::Div(hn::Sub(root_after, root(d, before)), rate);
    const V z =
        hn::Sub(hn::Add(hn::LoadU(d, linear), shrunk), hn::Mul(sigma, weight));
    // Not Min and Max: processors differ in the sign of a zero they return.
    const V bound = hn::Set(d, l1);
    const V clamped =
        hn::IfThenElse(hn::Gt(hn::Abs(z), bound), hn::CopySign(bound, z), z);
    const V divisor = hn::Add(hn::Div(root_after, rate), hn::Set(d, twice_l2));
    hn::StoreU(after, d, accum);
    hn::StoreU(z, d, linear);
    hn::StoreU(hn::Div(hn::Sub(clamped, z), divisor), d, w);
  }
};

template <class Root>
void StepFtrlWith(Root root, const FtrlSpec& spec, std::size_t dim,
                  absl::Span<float* const> rows,
                  absl::Span<const float* const> gradients) {
  const float l2 = spec.l2 + spec.beta / (2 * spec.learning_rate);
  const FtrlStep<Root> step{root, spec.learning_rate, spec.l1, 2 * l2,
                            2 * spec.l2_shrinkage};
  UpdateRows<2>(step, dim, rows, gradients);
}

void StepFtrl(const FtrlSpec& spec, std::size_t dim,
              absl::Span<float* const> rows,
              absl::Span<const float* const> gradients) {
  if (spec.learning_rate_power == -0.5f) {
    StepFtrlWith(SquareRoot(), spec, dim, rows, gradients);
  } else {
    StepFtrlWith(Power{-spec.learning_rate_power}, spec, dim, rows, gradients);
  }
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rowhouse::kernels {

HWY_EXPORT(StepFtrl);

void FillSlots(const FtrlSpec& spec, std::size_t dim, float* row) {
  std::fill_n(row + dim, dim, spec.initial_accumulator);
  std::fill_n(row + 2 * dim, dim, 0.0f);
}

void Apply(const FtrlSpec& spec, std::size_t dim, absl::Span<float* const> rows,
           absl::Span<const float* const> gradients) {
  HWY_DYNAMIC_DISPATCH(StepFtrl)(spec, dim, rows, gradients);
}

}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
