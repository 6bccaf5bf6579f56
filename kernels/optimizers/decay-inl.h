// A running mean of vectors. Included once per SIMD target, like rows-inl.h.
#if defined(ROWHOUSE_KERNELS_OPTIMIZERS_DECAY_INL_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef ROWHOUSE_KERNELS_OPTIMIZERS_DECAY_INL_H_
#undef ROWHOUSE_KERNELS_OPTIMIZERS_DECAY_INL_H_
#else
#define ROWHOUSE_KERNELS_OPTIMIZERS_DECAY_INL_H_
#endif

#include "hwy/highway.h"
#include "kernels/optimizers/decay.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// The mean without a new value.
template <class D, class V>
HWY_INLINE V Decayed(const DecayRate& decay, D d, V mean) {
  if (decay.subtracts) {
    return hn::Sub(mean, hn::Mul(mean, hn::Set(d, decay.complement)));
  }
  return hn::Mul(mean, hn::Set(d, decay.rate));
}

// The mean with one.
template <class D, class V>
HWY_INLINE V NextMean(const DecayRate& decay, D d, V mean, V value) {
  return hn::Add(Decayed(decay, d, mean),
                 hn::Mul(value, hn::Set(d, decay.complement)));
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
