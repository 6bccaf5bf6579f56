#include "tests/integration/faults/counters.h"

#include <numeric>

#include "base/hash.h"
#include "base/status_macros.h"

namespace rowhouse::faults {

TableSpec CounterTable() {
  TableSpec spec;
  spec.name = "counters";
  spec.dim = kCounterColumns;
  spec.rows = kCounterRows;
  spec.optimizer = SgdSpec{.learning_rate = -1.0f};
  return spec;
}

CounterPush::CounterPush(std::uint64_t seed, std::uint64_t writer,
                         std::uint64_t sequence)
    : ids(kIdsPerPush),
      column(static_cast<std::uint32_t>(sequence % kCounterColumns)),
      gradients(kIdsPerPush * kCounterColumns, 0.0f) {
  for (std::size_t i = 0; i < kIdsPerPush; ++i) {
    const std::uint64_t draw =
        Mix64(Mix64(Mix64(seed) + writer) + sequence * kIdsPerPush + i);
    ids[i] = draw % kCounterRows;  // an id may come twice: then it counts twice
    gradients[i * kCounterColumns + column] = 1.0f;
  }
}

FeatureIds CounterPush::Feature() const {
  FeatureIds feature;
  feature.table = CounterTable().name;
  feature.dim = kCounterColumns;
  feature.combiner = Combiner::kNone;
  feature.batch.ids = ids;
  return feature;
}

void CounterOracle::Acknowledge(const CounterPush& push) {
  MutexLock lock(mu_);
  for (const Id id : push.ids) ++counts_[id][push.column];
  ++acknowledged_;
}

std::uint64_t CounterOracle::acknowledged() {
  MutexLock lock(mu_);
  return acknowledged_;
}

absl::StatusOr<CounterOracle::Verdict> CounterOracle::Compare(Client& client) {
  std::vector<Id> ids(kCounterRows);
  std::iota(ids.begin(), ids.end(), Id{0});
  ROWHOUSE_ASSIGN_OR_RETURN(const Rows rows,
                            client.ReadRows(CounterTable().name, ids));
  Verdict verdict;
  MutexLock lock(mu_);
  for (std::size_t row = 0; row < kCounterRows; ++row) {
    for (std::size_t column = 0; column < kCounterColumns; ++column) {
      const auto found = static_cast<std::int64_t>(
          rows.weights[row * kCounterColumns + column]);
      const auto expected = static_cast<std::int64_t>(counts_[row][column]);
      if (found < expected) verdict.lost += expected - found;
      if (found > expected) verdict.doubled += found - expected;
    }
  }
  return verdict;
}

}  // namespace rowhouse::faults
