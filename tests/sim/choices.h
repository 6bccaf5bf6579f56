// Where a simulation could go on in more than one way, somebody chooses.
#ifndef ROWHOUSE_TESTS_SIM_CHOICES_H_
#define ROWHOUSE_TESTS_SIM_CHOICES_H_

#include <cstddef>
#include <cstdint>

#include "tests/sim/random.h"

namespace rowhouse::sim {

class Choices {
 public:
  virtual ~Choices() = default;
  // In [0, n): 0 goes on with the task that runs, if it can. REQUIRES: n > 1.
  virtual std::size_t Next(std::size_t n) = 0;
  // In [0, n). Which of those that rest on the same thing goes first.
  virtual std::size_t Wake(std::size_t n) = 0;
};

// By chance: another task goes on once in `switch_one_in` times.
class RandomChoices final : public Choices {
 public:
  RandomChoices(std::uint64_t seed, std::uint64_t switch_one_in)
      : random_(seed), switch_one_in_(switch_one_in) {}

  std::size_t Next(std::size_t n) override {
    if (!random_.OneIn(switch_one_in_)) return 0;
    return static_cast<std::size_t>(random_.Below(n));
  }
  std::size_t Wake(std::size_t n) override {
    return static_cast<std::size_t>(random_.Below(n));
  }

 private:
  Random random_;
  const std::uint64_t switch_one_in_;
};

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_CHOICES_H_
