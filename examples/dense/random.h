// Draws that are the same on every machine, unlike std:: distributions.
#ifndef ROWHOUSE_EXAMPLES_DENSE_RANDOM_H_
#define ROWHOUSE_EXAMPLES_DENSE_RANDOM_H_

#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace rowhouse::dense {

class Random {
 public:
  // `stream` tells uses of one seed apart.
  Random(std::uint64_t seed, std::uint64_t stream)
      : engine_(seed * 0x9e3779b97f4a7c15ULL + stream) {}

  // In [0, 1).
  double Uniform() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }
  bool Chance(double probability) { return Uniform() < probability; }
  // In [0, bound). REQUIRES: 0 < bound <= 2^32.
  std::uint64_t Below(std::uint64_t bound) {
    return ((engine_() >> 32) * bound) >> 32;
  }
  template <typename T>
  void Shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i > 1; --i) {
      std::swap(values[i - 1], values[Below(i)]);
    }
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace rowhouse::dense

#endif  // ROWHOUSE_EXAMPLES_DENSE_RANDOM_H_
