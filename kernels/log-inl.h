// The natural logarithm without a C library. Included once per SIMD target, or
// for its baseline target alone.
#if defined(ROWHOUSE_KERNELS_LOG_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ROWHOUSE_KERNELS_LOG_INL_H_
#undef ROWHOUSE_KERNELS_LOG_INL_H_
#else
#define ROWHOUSE_KERNELS_LOG_INL_H_
#endif

#include <cstddef>
#include <cstdint>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Horner's rule; coefficients from the lowest power.
template <class D, class V, std::size_t kCount>
HWY_INLINE V Polynomial(D d, const double (&coefficients)[kCount], V x) {
  V y = hn::Set(d, coefficients[kCount - 1]);
  for (std::size_t i = kCount - 1; i > 0; --i) {
    y = hn::Add(hn::Mul(y, x), hn::Set(d, coefficients[i - 1]));
  }
  return y;
}

// log x of doubles, relative error below 1e-14 away from 1. Made of IEEE basic
// operations in a fixed order, so equal on every machine. REQUIRES: each x is
// positive, normal and finite.
template <class D, class V>
HWY_INLINE V Log(D d, V x) {
  // x = m * 2^e with m in [sqrt(1/2), sqrt(2)), by the bits.
  const hn::RebindToSigned<D> di;
  const auto sqrt_half = hn::Set(di, std::int64_t{0x3fe6a09e667f3bcd});
  const auto mantissa = hn::Set(di, std::int64_t{0x000fffffffffffff});
  const auto bits = hn::Sub(hn::BitCast(di, x), sqrt_half);
  const V exponent = hn::ConvertTo(d, hn::ShiftRight<52>(bits));
  const V m = hn::BitCast(d, hn::Add(hn::And(bits, mantissa), sqrt_half));
  // log m = 2 atanh(s) = 2 (s + s^3 / 3 + s^5 / 5 + ...), |s| <= 0.1716: what
  // follows s^23 is below 1e-19.
  constexpr double kSeries[] = {1.0,      1.0 / 3,  1.0 / 5,  1.0 / 7,
                                1.0 / 9,  1.0 / 11, 1.0 / 13, 1.0 / 15,
                                1.0 / 17, 1.0 / 19, 1.0 / 21, 1.0 / 23};
  const V one = hn::Set(d, 1.0);
  const V s = hn::Div(hn::Sub(m, one), hn::Add(m, one));
  const V log_m = hn::Mul(hn::Mul(hn::Set(d, 2.0), s),
                          Polynomial(d, kSeries, hn::Mul(s, s)));
  return hn::Add(hn::Mul(exponent, hn::Set(d, 0.6931471805599453)), log_m);
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
