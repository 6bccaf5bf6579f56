#include "tests/integration/faults/counters.h"

#include <numeric>
#include <utility>

#include "base/hash.h"
#include "base/status_macros.h"
#include "tests/integration/faults/pushing.h"

namespace rowhouse::faults {

TableSpec CounterTable(const CounterShape& shape) {
  TableSpec spec;
  spec.name = shape.table;
  spec.dim = shape.columns;
  spec.rows = shape.rows;
  spec.optimizer = SgdSpec{.learning_rate = -1.0f};
  return spec;
}

CounterPush::CounterPush(std::uint64_t seed, std::uint64_t writer,
                         std::uint64_t sequence, const CounterShape& shape)
    : column(static_cast<std::uint32_t>(sequence % shape.columns)),
      gradients(shape.ids_per_push * shape.columns, 0.0f) {
  feature.table = shape.table;
  feature.dim = shape.columns;
  feature.combiner = Combiner::kNone;
  for (std::size_t i = 0; i < shape.ids_per_push; ++i) {
    const std::uint64_t draw =
        Mix64(Mix64(Mix64(seed) + writer) + sequence * shape.ids_per_push + i);
    // An id may come twice: then it counts twice.
    feature.batch.ids.push_back(draw % shape.rows);
    gradients[i * shape.columns + column] = 1.0f;
  }
}

CounterOracle::CounterOracle(CounterShape shape)
    : shape_(std::move(shape)), counts_(shape_.rows * shape_.columns) {}

void CounterOracle::Acknowledge(const CounterPush& push) {
  MutexLock lock(mu_);
  for (const Id id : push.ids()) ++counts_[id * shape_.columns + push.column];
  ++acknowledged_;
}

std::uint64_t CounterOracle::acknowledged() {
  MutexLock lock(mu_);
  return acknowledged_;
}

absl::StatusOr<CounterOracle::Verdict> CounterOracle::Compare(Client& client) {
  std::vector<Id> ids(shape_.rows);
  std::iota(ids.begin(), ids.end(), Id{0});
  ROWHOUSE_ASSIGN_OR_RETURN(const Rows rows,
                            client.ReadRows(shape_.table, ids));
  Verdict verdict;
  MutexLock lock(mu_);
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    const auto surplus = static_cast<std::int64_t>(rows.weights[i]) -
                         static_cast<std::int64_t>(counts_[i]);
    if (surplus < 0) verdict.lost += static_cast<std::uint64_t>(-surplus);
    if (surplus > 0) verdict.doubled += static_cast<std::uint64_t>(surplus);
  }
  return verdict;
}

absl::Status PushCounters(Client& client, CounterOracle& oracle,
                          const CounterPush& push, std::uint64_t step,
                          const std::atomic<bool>& abandoned) {
  ROWHOUSE_RETURN_IF_ERROR(PushUntilKnown(
      client, push.feature, [&](const Activation&) { return push.gradients; },
      step, abandoned));
  oracle.Acknowledge(push);
  return absl::OkStatus();
}

}  // namespace rowhouse::faults
