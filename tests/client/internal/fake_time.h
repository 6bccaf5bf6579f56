// Options of a cluster whose time is the test's own.
#ifndef ROWHOUSE_TESTS_CLIENT_INTERNAL_FAKE_TIME_H_
#define ROWHOUSE_TESTS_CLIENT_INTERNAL_FAKE_TIME_H_

#include "client/internal/cluster.h"
#include "tests/client/internal/fake_sleeper.h"
#include "tests/testing/fake_clock.h"

namespace rowhouse::internal {

// Outlives what its options are given to.
struct FakeTime {
  Cluster::Options options() {
    Cluster::Options options;
    options.retry.timeout = absl::Seconds(10);
    options.clock = &clock;
    options.sleeper = &sleeper;
    return options;
  }
  absl::Time Deadline() { return clock.Now() + absl::Seconds(10); }

  FakeClock clock;
  FakeSleeper sleeper{clock};
};

// A table of one column that any id fits.
inline TableSpec SpecOf(const std::string& name, std::uint32_t dim = 1) {
  TableSpec spec;
  spec.name = name;
  spec.dim = dim;
  return spec;
}

// So many tries get no answer that a call's time is over.
inline constexpr int kForever = 100;

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_TESTS_CLIENT_INTERNAL_FAKE_TIME_H_
