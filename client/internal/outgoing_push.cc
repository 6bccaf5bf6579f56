#include "client/internal/outgoing_push.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/internal/push_checks.h"
#include "kernels/combine.h"

namespace rowhouse::internal {
namespace {

PushInput InputFor(const KnownTable& table, const BagsView& bags) {
  PushInput push;
  push.table = table.spec.name;
  push.incarnation = table.incarnation;
  push.dim = table.spec.dim;
  push.bags = bags;
  // The sender knows which.
  if (MovesEveryRow(table.spec)) push.table_step = 0;
  return push;
}

// The quotients may not be finite where `gradients` are, and the other way
// round: what is divided by 0 becomes 0.
absl::Status Divide(const KnownTable& table,
                    absl::Span<const float> denominators,
                    absl::Span<float> gradients) {
  kernels::DivideRows(denominators, table.spec.dim, gradients.data());
  return CheckFinite(table, gradients, {});
}

}  // namespace

absl::StatusOr<OutgoingPush> OutgoingPush::Make(TicketData ticket,
                                                Gradients gradients,
                                                bool copy) {
  ROWHOUSE_RETURN_IF_ERROR(CheckShapes(ticket, gradients));
  OutgoingPush push;
  push.ticket_ = std::move(ticket);
  ROWHOUSE_RETURN_IF_ERROR(push.TakeSlices(gradients));
  push.FindEmptyBags(gradients);
  const std::size_t shards = push.ticket_->partition.shard_count();
  for (std::uint32_t s = 0; s < shards; ++s) {
    Part part;
    part.shard = ShardIndex(s);
    const std::vector<Share> shares = push.Shares(gradients, part.shard);
    ROWHOUSE_RETURN_IF_ERROR(shards == 1 ? push.AddWhole(shares, copy, part)
                                         : push.AddGathered(shares, part));
    push.AddEmptyBagIds(part);
    push.AddSteppedTables(gradients, part);
    if (part.inputs.empty()) continue;
    MessageSize size;
    for (const PushInput& input : part.inputs) size.Add(input);
    ROWHOUSE_RETURN_IF_ERROR(size.Check(part.shard));
    push.parts_.push_back(std::move(part));
  }
  return push;
}

absl::Status OutgoingPush::TakeSlices(Gradients gradients) {
  ROWHOUSE_ASSIGN_OR_RETURN(slices_, SliceGradients(*ticket_, gradients));
  if (slices_.empty()) return absl::OkStatus();
  std::vector<FeatureIds> rows;
  std::vector<BucketFunction> buckets;
  for (SlicedFeature& slice : slices_) {
    FeatureIds feature;
    feature.table = slice.table->spec.name;
    feature.dim = slice.table->spec.dim;
    feature.combiner = Combiner::kNone;
    feature.batch.ids = std::move(slice.gradients.ids);
    rows.push_back(std::move(feature));
    buckets.push_back(slice.table->buckets);
  }
  slice_partition_.emplace(std::move(rows), buckets, *ticket_->map);
  return absl::OkStatus();
}

bool OutgoingPush::IsSliced(std::size_t f) const {
  return std::any_of(
      slices_.begin(), slices_.end(),
      [f](const SlicedFeature& slice) { return slice.feature == f; });
}

// In the order of the features, so that the sum of an id's gradients is the
// same however its features are sent.
std::vector<OutgoingPush::Share> OutgoingPush::Shares(Gradients gradients,
                                                      ShardIndex shard) const {
  std::vector<Share> shares;
  const absl::Span<const ShardInput> inputs = ticket_->partition.inputs(shard);
  shares.reserve(inputs.size());
  for (const ShardInput& input : inputs) {
    const std::uint32_t f = input.feature;
    if (!IsPushed(*ticket_, gradients, f) || IsSliced(f)) continue;
    shares.push_back(
        {&input, f, gradients[f], ticket_->denominators[f], false});
  }
  if (slices_.empty()) return shares;
  for (const ShardInput& input : slice_partition_->inputs(shard)) {
    const SlicedFeature& slice = slices_[input.feature];
    shares.push_back({&input, slice.feature, slice.gradients.values, {}, true});
  }
  std::sort(shares.begin(), shares.end(), [](const Share& a, const Share& b) {
    return a.feature < b.feature;
  });
  return shares;
}

// One shard: whole features, without a copy where nothing is to be divided.
absl::Status OutgoingPush::AddWhole(absl::Span<const Share> shares, bool copy,
                                    Part& part) {
  owned_.reserve(shares.size());
  part.inputs.reserve(shares.size());
  for (const Share& share : shares) {
    const KnownTable& table = *ticket_->tables[share.feature];
    PushInput push = InputFor(table, share.input->bags);
    push.gradients = share.gradients;
    ROWHOUSE_RETURN_IF_ERROR(
        CheckFinite(table, push.gradients, push.bags.weights));
    if (!share.denominators.empty() || (copy && !share.owned)) {
      std::vector<float>& owned =
          owned_.emplace_back(share.gradients.begin(), share.gradients.end());
      if (!share.denominators.empty()) {
        ROWHOUSE_RETURN_IF_ERROR(
            Divide(table, share.denominators, absl::MakeSpan(owned)));
      }
      push.gradients = owned;
    } else if (!share.owned) {
      borrowed_.push_back(part.inputs.size());
    }
    part.inputs.push_back(push);
  }
  return absl::OkStatus();
}

// One of several shards: the gradients of the bags that have ids there.
absl::Status OutgoingPush::AddGathered(absl::Span<const Share> shares,
                                       Part& part) {
  std::size_t floats = 0;
  for (const Share& share : shares) {
    floats +=
        share.input->rows.size() * ticket_->tables[share.feature]->spec.dim;
  }
  part.values.reserve(floats);  // so that the views stay where they are
  part.inputs.reserve(shares.size());
  std::vector<float> denominators;
  for (const Share& share : shares) {
    const KnownTable& table = *ticket_->tables[share.feature];
    PushInput push = InputFor(table, share.input->bags);
    const std::size_t begin = part.values.size();
    denominators.clear();
    for (const std::uint32_t row : share.input->rows) {
      const float* from = share.gradients.data() + row * push.dim;
      part.values.insert(part.values.end(), from, from + push.dim);
      if (!share.denominators.empty()) {
        denominators.push_back(share.denominators[row]);
      }
    }
    const auto values = absl::MakeSpan(part.values).subspan(begin);
    ROWHOUSE_RETURN_IF_ERROR(CheckFinite(table, values, push.bags.weights));
    if (!denominators.empty()) {
      ROWHOUSE_RETURN_IF_ERROR(Divide(table, denominators, values));
    }
    push.gradients = values;
    part.inputs.push_back(push);
  }
  return absl::OkStatus();
}

// A feature whose bags travel does not name its id of empty bags yet.
void OutgoingPush::FindEmptyBags(Gradients gradients) {
  absl::flat_hash_map<absl::string_view, std::size_t> places;
  std::size_t floats = 0;
  for (std::size_t f = 0; f < gradients.size(); ++f) {
    const FeatureIds& feature = ticket_->partition.features()[f];
    if (!feature.empty_bag_id.has_value() || IsSliced(f) ||
        !IsPushed(*ticket_, gradients, f) || !HasEmptyBag(feature.batch)) {
      continue;
    }
    const KnownTable& table = *ticket_->tables[f];
    const auto [at, added] =
        places.try_emplace(table.spec.name, empty_bags_.size());
    if (added) empty_bags_.push_back({&table, {}});
    std::vector<Id>& ids = empty_bags_[at->second].ids;
    if (absl::c_linear_search(ids, *feature.empty_bag_id)) continue;
    ids.push_back(*feature.empty_bag_id);
    floats = std::max(floats, ids.size() * table.spec.dim);
  }
  zeros_.resize(floats);
}

// One input for each table: as many as there are features could be more than a
// push may have.
void OutgoingPush::AddEmptyBagIds(Part& part) const {
  std::size_t most = 0;
  for (const EmptyBags& bags : empty_bags_) most += bags.ids.size();
  part.ids.reserve(most);  // so that the views stay where they are
  for (const EmptyBags& bags : empty_bags_) {
    const std::size_t begin = part.ids.size();
    for (const Id id : bags.ids) {
      if (ticket_->partition.shard_count() == 1 ||
          ticket_->map->ShardOf(bags.table->buckets(id)) == part.shard) {
        part.ids.push_back(id);
      }
    }
    const auto ids = absl::MakeConstSpan(part.ids).subspan(begin);
    if (ids.empty()) continue;
    PushInput push = InputFor(*bags.table, {ids, {}, {}});
    push.gradients = absl::MakeConstSpan(zeros_).first(ids.size() * push.dim);
    part.inputs.push_back(push);
  }
}

// A step of a table whose rows move without a gradient is one on every shard,
// with ids there or without.
void OutgoingPush::AddSteppedTables(Gradients gradients, Part& part) const {
  for (std::size_t f = 0; f < gradients.size(); ++f) {
    const KnownTable& table = *ticket_->tables[f];
    if (!MovesEveryRow(table.spec) || !IsPushed(*ticket_, gradients, f)) {
      continue;
    }
    const bool is_there = std::any_of(
        part.inputs.begin(), part.inputs.end(),
        [&](const PushInput& input) { return input.table == table.spec.name; });
    if (!is_there) part.inputs.push_back(InputFor(table, {}));
  }
}

absl::Status OutgoingPush::SetLearningRates(
    const absl::flat_hash_map<std::string, float>& rates) {
  for (const auto& [name, rate] : rates) {
    const std::string& wanted = name;
    const auto& tables = ticket_->tables;
    const auto at = std::find_if(
        tables.begin(), tables.end(),
        [&](const auto& table) { return table->spec.name == wanted; });
    if (at == tables.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("a learning rate for table '", name,
                       "', which the lookup did not use"));
    }
    const absl::Status valid = ValidateRate((*at)->spec.optimizer, rate);
    if (!valid.ok()) {
      return absl::Status(
          valid.code(), absl::StrCat("table '", name, "': ", valid.message()));
    }
  }
  for (Part& part : parts_) {
    for (PushInput& input : part.inputs) {
      const auto at = rates.find(input.table);
      if (at != rates.end()) input.learning_rate = at->second;
    }
  }
  return absl::OkStatus();
}

void OutgoingPush::CopyGradients() {
  owned_.reserve(owned_.size() + borrowed_.size());
  for (const std::size_t i : borrowed_) {
    PushInput& input = parts_[0].inputs[i];
    input.gradients =
        owned_.emplace_back(input.gradients.begin(), input.gradients.end());
  }
  borrowed_.clear();
}

absl::StatusOr<OutgoingPush> OutgoingPush::MakeWrite(
    std::shared_ptr<const KnownTable> table, absl::Span<const Id> ids,
    absl::Span<const float> weights, absl::Span<const float> slots,
    const ShardMap& map) {
  ROWHOUSE_RETURN_IF_ERROR(CheckRows(*table, ids, weights, slots));
  const std::size_t dim = table->spec.dim;
  const std::size_t slot_floats = slots.empty() ? 0 : slots.size() / ids.size();
  const auto positions = PositionsByShard(ids, table->buckets, map);
  OutgoingPush push;
  for (std::uint32_t s = 0; s < positions.size(); ++s) {
    if (positions[s].empty()) continue;
    Part part;
    part.shard = ShardIndex(s);
    for (const std::size_t i : positions[s]) {
      part.ids.push_back(ids[i]);
      const float* row = weights.data() + i * dim;
      part.values.insert(part.values.end(), row, row + dim);
      const float* slot = slots.data() + i * slot_floats;
      part.slots.insert(part.slots.end(), slot, slot + slot_floats);
    }
    part.write.emplace();
    part.write->table = table->spec.name;
    part.write->incarnation = table->incarnation;
    part.write->dim = table->spec.dim;
    part.write->ids = part.ids;
    part.write->weights = part.values;
    part.write->slots = part.slots;
    MessageSize size;
    size.Add(*part.write);
    ROWHOUSE_RETURN_IF_ERROR(size.Check(part.shard));
    push.parts_.push_back(std::move(part));
  }
  push.table_ = std::move(table);
  return push;
}

OutgoingPush OutgoingPush::MakeStep(std::shared_ptr<const KnownTable> table,
                                    std::uint64_t table_step,
                                    float learning_rate,
                                    absl::Span<const ShardIndex> shards) {
  PushInput step = InputFor(*table, {});
  step.table_step = table_step;
  step.learning_rate = learning_rate;
  OutgoingPush push;
  for (const ShardIndex shard : shards) {
    push.parts_.emplace_back().shard = shard;
    push.parts_.back().inputs.push_back(step);
  }
  push.table_ = std::move(table);
  return push;
}

}  // namespace rowhouse::internal
