// The oracle of the fault tests: counter rows. A push adds exactly 1.0 to one
// column of each row it names (an optimizer that sums, integers exact in
// float), so a row must equal the number of acknowledged pushes: a lost one is
// -1 and a doubled one +1, by column.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_COUNTERS_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_COUNTERS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "rowhouse/client.h"
#include "rowhouse/id_batch.h"
#include "rowhouse/table_spec.h"

namespace rowhouse::faults {

inline constexpr std::uint32_t kCounterColumns = 8;
inline constexpr std::uint64_t kCounterRows = 256;
inline constexpr std::size_t kIdsPerPush = 16;

// How large a counting table and a push to it are.
struct CounterShape {
  std::string table = "counters";
  std::uint32_t columns = kCounterColumns;
  std::uint64_t rows = kCounterRows;
  std::size_t ids_per_push = kIdsPerPush;
};

TableSpec CounterTable(const CounterShape& shape = {});

// Push `sequence` of `writer`: which rows, and the gradients of the column.
struct CounterPush {
  CounterPush(std::uint64_t seed, std::uint64_t writer, std::uint64_t sequence,
              const CounterShape& shape = {});
  FeatureIds feature;
  std::uint32_t column;
  std::vector<float> gradients;  // ids x columns

  const std::vector<Id>& ids() const { return feature.batch.ids; }
};

// What rows must hold. Thread-safe.
class CounterOracle {
 public:
  explicit CounterOracle(CounterShape shape = {});

  void Acknowledge(const CounterPush& push);

  struct Verdict {
    std::uint64_t lost = 0;
    std::uint64_t doubled = 0;
  };
  // Reads every row and compares.
  absl::StatusOr<Verdict> Compare(Client& client);

  std::uint64_t acknowledged();

 private:
  const CounterShape shape_;
  Mutex mu_;
  std::vector<std::uint64_t> counts_ ABSL_GUARDED_BY(mu_);  // rows x columns
  std::uint64_t acknowledged_ ABSL_GUARDED_BY(mu_) = 0;
};

// PushUntilKnown (pushing.h), and the oracle hears of it when it was applied.
absl::Status PushCounters(Client& client, CounterOracle& oracle,
                          const CounterPush& push, std::uint64_t step,
                          const std::atomic<bool>& abandoned);

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_COUNTERS_H_
