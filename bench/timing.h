// Runs one case for a while and keeps every call's time.
#ifndef ROWHOUSE_BENCH_TIMING_H_
#define ROWHOUSE_BENCH_TIMING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace rowhouse::bench {

struct Figure {
  std::string name;
  std::uint64_t calls = 0;
  double units_per_second = 0;  // of whatever one call handles
  double median_us = 0;         // of a call
  double p99_us = 0;
};

// Of calls that took so long; without a rate.
Figure FigureOf(std::string name, std::vector<double> calls_us);

// Calls `fn` for `duration`, after a warm-up of a tenth of it. One call handles
// `units` units. The first error ends it.
absl::StatusOr<Figure> Measure(std::string name, double units,
                               absl::Duration duration,
                               absl::FunctionRef<absl::Status()> fn);

}  // namespace rowhouse::bench

#endif  // ROWHOUSE_BENCH_TIMING_H_
