// What the benchmark asks for: ids, uniform or Zipf, drawn from a seed.
#ifndef ROWHOUSE_BENCH_WORKLOAD_H_
#define ROWHOUSE_BENCH_WORKLOAD_H_

#include <cstdint>
#include <random>
#include <vector>

#include "rowhouse/id_batch.h"

namespace rowhouse::bench {

enum class IdDistribution { kUniform, kZipf };

// Draws row numbers 0 .. rows - 1; Zipf has exponent 1.05, ranks scattered over
// the ids by a hash so that hot rows are not neighbours.
class IdSource {
 public:
  IdSource(IdDistribution distribution, std::uint64_t rows, std::uint64_t seed);
  Id Draw();
  std::vector<Id> Draw(std::size_t count);

 private:
  IdDistribution distribution_;
  std::uint64_t rows_;
  std::mt19937_64 random_;
  std::vector<double> cumulative_;  // weight of all ranks up to this one
  double total_weight_ = 0;
};

}  // namespace rowhouse::bench

#endif  // ROWHOUSE_BENCH_WORKLOAD_H_
