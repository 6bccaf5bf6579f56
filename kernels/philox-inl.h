// Philox 4x32-10, a counter-based generator: random bits as a pure function of
// a key and a counter, with nothing to carry from draw to draw. (Salmon,
// Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3. SC11.)
// Included once per SIMD target.
#if defined(ROWHOUSE_KERNELS_PHILOX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ROWHOUSE_KERNELS_PHILOX_INL_H_
#undef ROWHOUSE_KERNELS_PHILOX_INL_H_
#else
#define ROWHOUSE_KERNELS_PHILOX_INL_H_
#endif

#include <cstdint>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Counters, a lane each: four words, each the low half of 64 bits of which the
// high half does not matter.
template <class V>
struct PhiloxCounter {
  V words[4];
};

// The 128 bits that a counter gives, word 0 lowest.
template <class V>
struct PhiloxBits {
  V low;
  V high;
};

// The product of the low halves of `a` with `multiplier`.
template <class D, class V>
HWY_INLINE V MulLowHalf(D d, V a, std::uint32_t multiplier) {
#if HWY_TARGET == HWY_SCALAR  // has no lanes to pair
  return hn::Mul(hn::And(a, hn::Set(d, std::uint64_t{0xffffffff})),
                 hn::Set(d, std::uint64_t{multiplier}));
#else
  const hn::Repartition<std::uint32_t, D> halves;
  return hn::MulEven(hn::BitCast(halves, a), hn::Set(halves, multiplier));
#endif
}

// `d` is of 64-bit lanes. Word 0 of the key is the low half of `key`.
template <class D, class V>
HWY_INLINE PhiloxBits<V> Philox(D d, PhiloxCounter<V> counter,
                                std::uint64_t key) {
  constexpr int kRounds = 10;
  auto key_0 = static_cast<std::uint32_t>(key);
  auto key_1 = static_cast<std::uint32_t>(key >> 32);
  auto [c0, c1, c2, c3] = counter.words;
  for (int round = 0; round < kRounds; ++round) {
    const V even = MulLowHalf(d, c0, 0xd2511f53u);
    const V odd = MulLowHalf(d, c2, 0xcd9e8d57u);
    c0 = hn::Xor(hn::Xor(hn::ShiftRight<32>(odd), c1),
                 hn::Set(d, std::uint64_t{key_0}));
    c2 = hn::Xor(hn::Xor(hn::ShiftRight<32>(even), c3),
                 hn::Set(d, std::uint64_t{key_1}));
    c1 = odd;
    c3 = even;
    key_0 += 0x9e3779b9u;
    key_1 += 0xbb67ae85u;
  }
  const V low_half = hn::Set(d, std::uint64_t{0xffffffff});
  return {hn::Or(hn::And(c0, low_half), hn::ShiftLeft<32>(c1)),
          hn::Or(hn::And(c2, low_half), hn::ShiftLeft<32>(c3))};
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
