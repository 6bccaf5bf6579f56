// Numbers from a seed, the same on every machine.
#ifndef ROWHOUSE_TESTS_SIM_RANDOM_H_
#define ROWHOUSE_TESTS_SIM_RANDOM_H_

#include <cstdint>

namespace rowhouse::sim {

// SplitMix64. A copy goes on alone.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // In [0, n). REQUIRES: n > 0.
  std::uint64_t Below(std::uint64_t n) { return Next() % n; }
  // In [least, most].
  std::uint64_t Between(std::uint64_t least, std::uint64_t most) {
    return least + Below(most - least + 1);
  }
  // True once in `n` times; never for 0.
  bool OneIn(std::uint64_t n) { return n > 0 && Below(n) == 0; }

 private:
  std::uint64_t state_;
};

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_RANDOM_H_
