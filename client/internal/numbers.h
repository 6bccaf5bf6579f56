// Numbers that must not come twice: lives of tables, restores, clients.
#ifndef ROWHOUSE_CLIENT_INTERNAL_NUMBERS_H_
#define ROWHOUSE_CLIENT_INTERNAL_NUMBERS_H_

#include <atomic>
#include <cstdint>

#include "base/hash.h"

namespace rowhouse::internal {

// Different numbers, never 0, that look random; two sources of different seeds
// meet as rarely as random ones do. Thread-safe.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : next_(seed) {}

  std::uint64_t New() {
    while (true) {
      // Mix64 is a bijection: what steps through all numbers never repeats.
      const std::uint64_t number =
          Mix64(next_.fetch_add(0x9e3779b97f4a7c15ULL));
      if (number != 0) return number;
    }
  }

 private:
  std::atomic<std::uint64_t> next_;
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_NUMBERS_H_
