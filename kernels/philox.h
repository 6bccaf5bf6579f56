// Philox 4x32-10, a counter-based generator: random bits as a pure function of
// a key and a counter, with nothing to carry from draw to draw. (Salmon,
// Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3. SC11.)
#ifndef ROWHOUSE_KERNELS_PHILOX_H_
#define ROWHOUSE_KERNELS_PHILOX_H_

#include <array>
#include <cstdint>

namespace rowhouse::kernels {

using PhiloxCounter = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

inline PhiloxCounter Philox(PhiloxCounter counter, PhiloxKey key) {
  constexpr int kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    const std::uint64_t even = 0xd2511f53ULL * counter[0];
    const std::uint64_t odd = 0xcd9e8d57ULL * counter[2];
    counter = {static_cast<std::uint32_t>(odd >> 32) ^ counter[1] ^ key[0],
               static_cast<std::uint32_t>(odd),
               static_cast<std::uint32_t>(even >> 32) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(even)};
    key[0] += 0x9e3779b9u;
    key[1] += 0xbb67ae85u;
  }
  return counter;
}

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_PHILOX_H_
