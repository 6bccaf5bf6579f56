#include "tests/sim/reference.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/hash.h"
#include "base/status_macros.h"
#include "kernels/aggregate.h"
#include "kernels/initializer.h"
#include "kernels/optimizers/optimizer.h"

namespace rowhouse::sim {

ReferenceTable::ReferenceTable(TableSpec spec, BucketRange buckets)
    : spec_(std::move(spec)), buckets_(buckets) {}

bool ReferenceTable::Owns(Id id) const {
  return buckets_.Contains(BucketFunction(spec_.name, spec_.placement)(id));
}

std::vector<float> ReferenceTable::FirstRow(Id id) const {
  std::vector<float> row(spec_.dim + SlotFloats(spec_));
  kernels::InitialRow(spec_.initializer, spec_.seed, TableHash(spec_.name), id,
                      spec_.dim, row.data());
  kernels::InitialSlots(spec_, row.data());
  return row;
}

float* ReferenceTable::Materialize(Id id) {
  auto it = rows_.find(id);
  if (it == rows_.end()) it = rows_.emplace(id, FirstRow(id)).first;
  return it->second.data();
}

std::vector<float> ReferenceTable::Row(Id id) const {
  const auto it = rows_.find(id);
  return it == rows_.end() ? FirstRow(id) : it->second;
}

void ReferenceTable::Push(absl::Span<const shard::InputRecord> inputs,
                          TableIncarnation incarnation, std::uint64_t step) {
  std::vector<Id> ids;
  std::vector<const float*> gradients;
  std::vector<float> weights;
  kernels::StepTerms terms{LearningRate(spec_.optimizer), step};
  for (const shard::InputRecord& input : inputs) {
    if (input.table != incarnation) continue;
    if (input.terms.has_value()) terms = *input.terms;
    const BagsView& bags = input.bags;
    std::size_t bag = 0;
    for (std::size_t i = 0; i < bags.ids.size(); ++i) {
      if (bags.row_splits.empty()) {
        bag = i;
      } else {
        while (bags.row_splits[bag + 1] <= i) ++bag;
      }
      ids.push_back(bags.ids[i]);
      gradients.push_back(input.gradients.data() + bag * spec_.dim);
      weights.push_back(bags.weights.empty() ? 1.0f : bags.weights[i]);
    }
  }
  const bool stepped = MovesEveryRow(spec_);
  if (stepped && MovesUntouchedRows(spec_)) {
    for (Id id = 0; id < spec_.rows; ++id) {
      if (Owns(id)) Materialize(id);
    }
  }
  std::set<Id> touched;
  kernels::Aggregator aggregator;
  aggregator.Group({ids, gradients, weights}, spec_.dim);
  while (aggregator.Next()) {
    for (std::size_t i = 0; i < aggregator.ids().size(); ++i) {
      float* const row = Materialize(aggregator.ids()[i]);
      kernels::ApplyGradients(spec_, terms, {row}, {aggregator.sums()[i]});
      touched.insert(aggregator.ids()[i]);
    }
  }
  for (auto& [id, row] : rows_) {
    if (!stepped || touched.contains(id)) continue;
    kernels::MissedStep(spec_, terms, {row.data()});
  }
  ++steps_;
}

void ReferenceTable::Write(const shard::RowsRecord& rows) {
  for (std::size_t i = 0; i < rows.ids.size(); ++i) {
    float* const row = Materialize(rows.ids[i]);
    std::copy_n(rows.weights.data() + i * spec_.dim, spec_.dim, row);
    if (rows.slot_floats == 0) {
      kernels::InitialSlots(spec_, row);
    } else {
      std::copy_n(rows.slots.data() + i * rows.slot_floats, rows.slot_floats,
                  row + spec_.dim);
    }
  }
}

ReferenceTable ReferenceTable::Part(BucketRange buckets) const {
  ReferenceTable part(spec_, buckets);
  part.steps_ = steps_;
  for (const auto& [id, row] : rows_) {
    if (part.Owns(id)) part.rows_.emplace(id, row);
  }
  return part;
}

void ReferenceTable::Join(const ReferenceTable& other) {
  rows_.insert(other.rows_.begin(), other.rows_.end());
}

absl::Status Reference::Apply(shard::RecordKind kind,
                              absl::string_view payload) {
  shard::RecordDecoder decoder;
  const absl::Span<const char> bytes(payload.data(), payload.size());
  if (kind == shard::RecordKind::kPush) {
    ROWHOUSE_RETURN_IF_ERROR(decoder.Push(bytes));
    std::set<TableIncarnation> named;
    for (const shard::InputRecord& input : decoder.inputs()) {
      const auto it = tables_.find(input.table);
      if (it == tables_.end() || !named.insert(input.table).second) continue;
      it->second.Push(decoder.inputs(), input.table, decoder.header().step);
    }
  } else if (kind == shard::RecordKind::kWriteRows) {
    ROWHOUSE_RETURN_IF_ERROR(decoder.WriteRows(bytes));
    const auto it = tables_.find(decoder.rows().table);
    if (it != tables_.end()) it->second.Write(decoder.rows());
  }
  return absl::OkStatus();
}

}  // namespace rowhouse::sim
