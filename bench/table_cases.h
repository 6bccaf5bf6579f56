// What is measured of tables: rows out, combine, push at each durability level.
#ifndef ROWHOUSE_BENCH_TABLE_CASES_H_
#define ROWHOUSE_BENCH_TABLE_CASES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "bench/timing.h"
#include "bench/workload.h"
#include "rowhouse/client.h"

namespace rowhouse::bench {

struct TableCases {
  std::uint64_t rows = 1000000;
  std::uint32_t dim = 64;
  std::size_t ids_per_call = 20000;
  std::size_t bag_ids = 20;  // pooled cases
  absl::Duration duration = absl::Seconds(2);
  std::uint64_t seed = 1;
};

// Fills a table per durability level and measures every case over `client`;
// figures are named PREFIX/case/distribution and count ids per second.
absl::StatusOr<std::vector<Figure>> MeasureTables(const TableCases& cases,
                                                  const std::string& prefix,
                                                  Client& client);

}  // namespace rowhouse::bench

#endif  // ROWHOUSE_BENCH_TABLE_CASES_H_
