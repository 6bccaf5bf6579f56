// The combination step of crossed columns. Ids of stored rows depend on it: do
// not change.
#ifndef ROWHOUSE_CLIENT_COLUMNS_FINGERPRINT_CAT_H_
#define ROWHOUSE_CLIENT_COLUMNS_FINGERPRINT_CAT_H_

#include <cstdint>

namespace rowhouse::internal {

// TensorFlow's FingerprintCat64: a hash of two fingerprints, in order.
inline constexpr std::uint64_t FingerprintCat64(std::uint64_t first,
                                                std::uint64_t second) {
  constexpr std::uint64_t kMultiplier = 0xc6a4a7935bd1e995ULL;
  constexpr auto shift_mix = [](std::uint64_t x) { return x ^ (x >> 47); };
  std::uint64_t result = first ^ kMultiplier;
  result ^= shift_mix(second * kMultiplier) * kMultiplier;
  result *= kMultiplier;
  result = shift_mix(result) * kMultiplier;
  return shift_mix(result);
}

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_COLUMNS_FINGERPRINT_CAT_H_
