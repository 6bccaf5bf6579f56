#include "shard/push_work.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace rowhouse::shard {

absl::Status CheckId(const Table& table, Id id, BucketRange buckets) {
  const TableSpec& spec = table.spec();
  if (!table.HasId(id)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "table '", spec.name, "': id ", id, " is not in [0, ", spec.rows, ")"));
  }
  const BucketId bucket = table.BucketOf(table.Hash(id));
  if (!buckets.Contains(bucket)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "table '", spec.name, "': id ", id, " is in bucket ", bucket.value(),
        ", this shard serves [", buckets.begin, ", ", buckets.end, ")"));
  }
  return absl::OkStatus();
}

void PushWork::Clear(std::uint32_t lanes) {
  lsn_ = Lsn();
  writes_ = false;
  has_slots_ = false;
  lane_count_ = lanes;
  floats_ = 0;
  groups_.clear();
  begins_.clear();
  ids_.clear();
  values_.clear();
  slots_.clear();
  weights_.clear();
  busy_lanes_.clear();
}

absl::Status PushWork::CheckSameStep(const Table& table,
                                     const AskedStep& step) const {
  if (step == groups_.back().asked) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "table '", table.spec().name,
      "': two inputs of one push differ in learning_rate or table_step"));
}

absl::Status PushWork::Route(const Table& table, absl::Span<const Id> ids,
                             BucketRange buckets) {
  for (const Id id : ids) {
    const BucketId bucket = table.BucketOf(table.Hash(id));
    if (!table.HasId(id) || !buckets.Contains(bucket)) {
      return CheckId(table, id, buckets);
    }
    const std::uint32_t lane = table.LaneOf(bucket);
    lane_of_.push_back(static_cast<std::uint8_t>(lane));
    ++next_[lane];
  }
  return absl::OkStatus();
}

void PushWork::Arrange() {
  const Group& group = groups_.back();
  std::size_t begin = group.begin;
  for (std::uint32_t lane = 0; lane < lane_count_; ++lane) {
    begins_.push_back(begin);
    const std::size_t count = next_[lane];
    next_[lane] = begin;
    begin += count;
  }
  begins_.push_back(begin);
  ids_.resize(begin);
  values_.resize(begin);
  if (group.weighted) weights_.resize(begin);
  if (has_slots_) slots_.resize(begin);
  floats_ += lane_of_.size() * group.table->row_floats();
}

void PushWork::Scatter(const ResolvedInput& input, std::size_t first,
                       bool weighted) {
  const BagsView& bags = input.bags;
  const std::size_t dim = input.table->dim();
  const float* gradient = input.gradients.data();
  const auto place = [&](std::size_t position, const float* values) {
    const std::size_t at = next_[lane_of_[first + position]]++;
    ids_[at] = bags.ids[position];
    values_[at] = values;
    if (weighted) {
      weights_[at] = bags.weights.empty() ? 1.0f : bags.weights[position];
    }
  };
  if (bags.row_splits.empty()) {
    for (std::size_t i = 0; i < bags.ids.size(); ++i) {
      place(i, gradient + i * dim);
    }
    return;
  }
  for (std::size_t bag = 0; bag < bags.bags(); ++bag, gradient += dim) {
    for (std::size_t i = bags.row_splits[bag]; i < bags.row_splits[bag + 1];
         ++i) {
      place(i, gradient);
    }
  }
}

absl::Status PushWork::FillGradients(absl::Span<const ResolvedInput> inputs,
                                     BucketRange buckets, std::uint32_t lanes) {
  Clear(lanes);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    Table* const table = inputs[i].table;
    const auto same_table = [table](const auto& other) {
      return other.table == table;
    };
    if (std::any_of(groups_.begin(), groups_.end(), same_table)) continue;
    groups_.push_back(
        {table, false, ids_.size(), inputs[i].step, PlainTerms(*table, 0)});
    lane_of_.clear();
    next_.assign(lanes, 0);
    for (const ResolvedInput& input : inputs.subspan(i)) {
      if (input.table != table) continue;
      groups_.back().weighted |= !input.bags.weights.empty();
      absl::Status status = CheckSameStep(*table, input.step);
      status.Update(Route(*table, input.bags.ids, buckets));
      if (!status.ok()) {
        Clear(lanes);
        return status;
      }
    }
    Arrange();
    std::size_t first = 0;
    for (const ResolvedInput& input : inputs.subspan(i)) {
      if (input.table != table) continue;
      Scatter(input, first, groups_.back().weighted);
      first += input.bags.ids.size();
    }
  }
  FindBusyLanes();
  return absl::OkStatus();
}

absl::Status PushWork::FillRows(const ResolvedRows& rows, BucketRange buckets,
                                std::uint32_t lanes) {
  Clear(lanes);
  writes_ = true;
  has_slots_ = !rows.slots.empty();
  lane_of_.clear();
  next_.assign(lanes, 0);
  if (const absl::Status status = Route(*rows.table, rows.ids, buckets);
      !status.ok()) {
    Clear(lanes);
    return status;
  }
  groups_.push_back({rows.table, false, 0, {}, {}});
  Arrange();
  const std::size_t dim = rows.table->dim();
  const std::size_t slot_floats = rows.table->slot_floats();
  for (std::size_t i = 0; i < rows.ids.size(); ++i) {
    const std::size_t at = next_[lane_of_[i]]++;
    ids_[at] = rows.ids[i];
    values_[at] = rows.weights.data() + i * dim;
    if (has_slots_) slots_[at] = rows.slots.data() + i * slot_floats;
  }
  FindBusyLanes();
  return absl::OkStatus();
}

void PushWork::FindBusyLanes() {
  for (std::uint32_t lane = 0; lane < lane_count_; ++lane) {
    for (std::size_t group = 0; group < groups_.size(); ++group) {
      const std::size_t* begin = &begins_[group * (lane_count_ + 1) + lane];
      const bool steps = !writes_ && groups_[group].table->stepped();
      if (begin[0] == begin[1] && !steps) continue;
      busy_lanes_.push_back(lane);
      break;
    }
  }
}

PushWork::Piece PushWork::piece(std::size_t table, std::uint32_t lane) const {
  const Group& group = groups_[table];
  const std::size_t* begins = &begins_[table * (lane_count_ + 1) + lane];
  const std::size_t begin = begins[0];
  const std::size_t count = begins[1] - begin;
  Piece piece;
  piece.table = group.table;
  piece.writes = writes_;
  piece.terms = group.terms;
  piece.ids = absl::MakeConstSpan(ids_).subspan(begin, count);
  piece.values = absl::MakeConstSpan(values_).subspan(begin, count);
  if (has_slots_) {
    piece.slots = absl::MakeConstSpan(slots_).subspan(begin, count);
  }
  if (group.weighted) {
    piece.weights = absl::MakeConstSpan(weights_).subspan(begin, count);
  }
  return piece;
}

}  // namespace rowhouse::shard
