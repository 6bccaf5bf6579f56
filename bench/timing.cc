#include "bench/timing.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "base/status_macros.h"

namespace rowhouse::bench {

Figure FigureOf(std::string name, std::vector<double> calls_us) {
  Figure figure;
  figure.name = std::move(name);
  figure.calls = calls_us.size();
  if (calls_us.empty()) return figure;
  std::sort(calls_us.begin(), calls_us.end());
  figure.median_us = calls_us[calls_us.size() / 2];
  figure.p99_us = calls_us[calls_us.size() * 99 / 100];
  return figure;
}

absl::StatusOr<Figure> Measure(std::string name, double units,
                               absl::Duration duration,
                               absl::FunctionRef<absl::Status()> fn) {
  const absl::Time warm = absl::Now() + duration / 10;
  do {
    ROWHOUSE_RETURN_IF_ERROR(fn());
  } while (absl::Now() < warm);
  std::vector<double> calls_us;
  const absl::Time begin = absl::Now();
  absl::Time now = begin;
  while (now < begin + duration) {
    ROWHOUSE_RETURN_IF_ERROR(fn());
    const absl::Time after = absl::Now();
    calls_us.push_back(absl::ToDoubleMicroseconds(after - now));
    now = after;
  }
  Figure figure = FigureOf(std::move(name), std::move(calls_us));
  figure.units_per_second = units * static_cast<double>(figure.calls) /
                            absl::ToDoubleSeconds(now - begin);
  return figure;
}

}  // namespace rowhouse::bench
