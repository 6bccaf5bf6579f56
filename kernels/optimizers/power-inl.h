// A power of vectors. Included once per SIMD target, like rows-inl.h.
#if defined(ROWHOUSE_KERNELS_OPTIMIZERS_POWER_INL_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef ROWHOUSE_KERNELS_OPTIMIZERS_POWER_INL_H_
#undef ROWHOUSE_KERNELS_OPTIMIZERS_POWER_INL_H_
#else
#define ROWHOUSE_KERNELS_OPTIMIZERS_POWER_INL_H_
#endif

#include "hwy/highway.h"
#include "kernels/float_math.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// a^0.5.
struct SquareRoot {
  template <class D, class V>
  HWY_INLINE V operator()(D, V a) const {
    return hn::Sqrt(a);
  }
};

// a^exponent, a lane at a time: the same bits everywhere, but slow.
struct Power {
  float exponent;

  template <class D, class V>
  HWY_INLINE V operator()(D d, V a) const {
    HWY_ALIGN float values[HWY_MAX_BYTES / sizeof(float)];
    hn::Store(a, d, values);
    for (std::size_t i = 0; i < hn::Lanes(d); ++i) {
      values[i] = FloatPow(values[i], exponent);
    }
    return hn::Load(d, values);
  }
};

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
