// Signs and bounds of vectors, with NaN kept. Included once per SIMD target,
// like rows-inl.h. Not hn::Min and hn::Max: processors differ in the NaN and
// in the sign of the zero that they return.
#if defined(ROWHOUSE_KERNELS_OPTIMIZERS_SIGN_INL_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef ROWHOUSE_KERNELS_OPTIMIZERS_SIGN_INL_H_
#undef ROWHOUSE_KERNELS_OPTIMIZERS_SIGN_INL_H_
#else
#define ROWHOUSE_KERNELS_OPTIMIZERS_SIGN_INL_H_
#endif

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// 1, -1, a zero of x's sign, or NaN.
template <class D, class V>
HWY_INLINE V Sign(D d, V x) {
  const auto is_signed = hn::Gt(hn::Abs(x), hn::Zero(d));
  return hn::IfThenElse(is_signed, hn::CopySign(hn::Set(d, 1.0f), x), x);
}

// x moved towards 0 by `distance`, at most to it. NaN when either is.
template <class D, class V>
HWY_INLINE V Shrunk(D d, V x, V distance) {
  const V left = hn::Sub(hn::Abs(x), distance);
  const V zero = hn::Zero(d);
  return hn::CopySign(hn::IfThenElse(hn::Le(left, zero), zero, left), x);
}

// The greater one; NaN when either is.
template <class V>
HWY_INLINE V Greater(V a, V b) {
  return hn::IfThenElse(hn::Or(hn::Ge(a, b), hn::Ne(a, a)), a, b);
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
