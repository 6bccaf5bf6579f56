// Sums of squares with the same bits on every SIMD target. Included once per
// target, like columns-inl.h.
//
// Column c of a row is added to partial sum c % 16, in order of columns; then
// the partial sums are added in halves: 0 + 8, 1 + 9, ..., then 0 + 4, ..., 0 +
// 1. A vector of any power of two up to 16 lanes does that.
#if defined(ROWHOUSE_KERNELS_NORM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ROWHOUSE_KERNELS_NORM_INL_H_
#undef ROWHOUSE_KERNELS_NORM_INL_H_
#else
#define ROWHOUSE_KERNELS_NORM_INL_H_
#endif

#include <cstddef>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// The sum of x^2 over `count` floats.
HWY_INLINE float SquareSum(const float* x, std::size_t count) {
  constexpr std::size_t kPartials = 16;
  const hn::CappedTag<float, kPartials> d;
  HWY_ALIGN float partial[kPartials] = {};
  std::size_t i = 0;
  for (; i + kPartials <= count; i += kPartials) {
    for (std::size_t p = 0; p < kPartials; p += hn::Lanes(d)) {
      const auto value = hn::LoadU(d, x + i + p);
      const auto sum = hn::Load(d, partial + p);
      hn::Store(hn::Add(sum, hn::Mul(value, value)), d, partial + p);
    }
  }
  for (; i < count; ++i) partial[i % kPartials] += x[i] * x[i];
  for (std::size_t half = kPartials / 2; half > 0; half /= 2) {
    for (std::size_t p = 0; p < half; ++p) partial[p] += partial[p + half];
  }
  return partial[0];
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
