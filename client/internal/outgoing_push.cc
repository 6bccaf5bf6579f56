#include "client/internal/outgoing_push.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/internal/merge.h"
#include "kernels/combine.h"

namespace rowhouse::internal {
namespace {

absl::Status CheckShapes(const TicketData& ticket, Gradients gradients) {
  const std::vector<FeatureIds>& features = ticket.partition.features();
  if (gradients.size() != features.size()) {
    return absl::InvalidArgumentError(absl::StrCat("gradients of ",
                                                   gradients.size(),
                                                   " features for a "
                                                   "lookup of ",
                                                   features.size()));
  }
  for (std::size_t f = 0; f < features.size(); ++f) {
    const std::size_t rows = OutputRows(features[f]);
    if (!gradients[f].empty() &&
        gradients[f].size() != rows * features[f].dim) {
      return absl::InvalidArgumentError(
          absl::StrCat("feature ", f, " (table '", features[f].table,
                       "'): ", gradients[f].size(), " gradient values for ",
                       rows, " rows of ", features[f].dim));
    }
  }
  return absl::OkStatus();
}

PushInput Input(const TicketData& ticket, const ShardInput& input) {
  const KnownTable& table = *ticket.tables[input.feature];
  PushInput push;
  push.table = table.spec.name;
  push.incarnation = table.incarnation;
  push.dim = ticket.partition.features()[input.feature].dim;
  push.bags = input.bags;
  return push;
}

// Appends the gradients of the input's bags to `values`, scaled. Returns how
// many floats.
std::size_t Gather(const TicketData& ticket, const ShardInput& input,
                   absl::Span<const float> gradients,
                   std::vector<float>& values) {
  const std::size_t dim = ticket.partition.features()[input.feature].dim;
  const std::vector<float>& all_scales = ticket.scales[input.feature];
  const std::size_t begin = values.size();
  std::vector<float> scales;
  for (const std::uint32_t row : input.rows) {
    const float* from = gradients.data() + row * dim;
    values.insert(values.end(), from, from + dim);
    if (!all_scales.empty()) scales.push_back(all_scales[row]);
  }
  ApplyScales(scales, dim, values.data() + begin);
  return values.size() - begin;
}

// What is checked is what is sent: a bag whose scale is 0 sends zeros.
absl::Status CheckFinite(const KnownTable& table, const PushInput& input) {
  if (table.spec.nan_policy != NanPolicy::kReject) return absl::OkStatus();
  if (kernels::AllFinite(input.gradients.data(), input.gradients.size()) &&
      kernels::AllFinite(input.bags.weights.data(),
                         input.bags.weights.size())) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("table '", table.spec.name,
                   "': a gradient or weight is NaN or infinite"));
}

// Bytes of a message beside its arrays, per input: names, tags and lengths.
constexpr std::size_t kInputBytes = 128 + kTableNameBytesMax;

// What a shard would refuse for its size is refused before any shard is sent
// its part.
absl::Status CheckSize(const OutgoingPush::Part& part) {
  std::size_t ids = 0;
  std::size_t bytes = 0;
  for (const PushInput& input : part.inputs) {
    ids += input.bags.ids.size();
    bytes += kInputBytes + input.bags.ids.size() * sizeof(Id) +
             (input.bags.weights.size() + input.bags.row_splits.size() +
              input.gradients.size()) *
                 sizeof(float);
  }
  if (part.write.has_value()) {
    ids += part.ids.size();
    bytes += kInputBytes + part.ids.size() * sizeof(Id) +
             (part.values.size() + part.slots.size()) * sizeof(float);
  }
  if (part.inputs.size() <= kInputsPerRequestMax && ids <= kIdsPerRequestMax &&
      bytes <= kMessageBytesMax) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(absl::StrCat(
      "shard ", part.shard.value(), " would get ", part.inputs.size(),
      " inputs, ", ids, " ids, ", bytes, " bytes in one push; at most ",
      kInputsPerRequestMax, ", ", kIdsPerRequestMax, ", ", kMessageBytesMax));
}

absl::Status CheckRows(const KnownTable& table, absl::Span<const Id> ids,
                       absl::Span<const float> weights,
                       absl::Span<const float> slots) {
  const TableSpec& spec = table.spec;
  const std::size_t slot_floats = SlotFloats(spec);
  if (weights.size() != ids.size() * spec.dim) {
    return absl::InvalidArgumentError(
        absl::StrCat("table '", spec.name, "': ", weights.size(),
                     " weights for ", ids.size(), " rows of ", spec.dim));
  }
  if (!slots.empty() && slots.size() != ids.size() * slot_floats) {
    return absl::InvalidArgumentError(absl::StrCat(
        "table '", spec.name, "': ", slots.size(), " slot values for ",
        ids.size(), " rows with ", slot_floats, " each"));
  }
  absl::flat_hash_set<Id> seen;
  seen.reserve(ids.size());
  for (const Id id : ids) {
    if (spec.rows != 0 && id >= spec.rows) {
      return absl::InvalidArgumentError(absl::StrCat(
          "table '", spec.name, "': id ", id, " of ", spec.rows, " rows"));
    }
    if (!seen.insert(id).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("table '", spec.name, "': id ", id, " twice"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<OutgoingPush> OutgoingPush::Make(TicketData ticket,
                                                Gradients gradients,
                                                bool copy) {
  ROWHOUSE_RETURN_IF_ERROR(CheckShapes(ticket, gradients));
  OutgoingPush push;
  push.ticket_ = std::move(ticket);
  const std::size_t shards = push.ticket_->partition.shard_count();
  if (shards == 1) {
    ROWHOUSE_RETURN_IF_ERROR(push.AddWhole(gradients, copy));
  } else {
    ROWHOUSE_RETURN_IF_ERROR(
        push.AddParts(gradients, static_cast<std::uint32_t>(shards)));
  }
  for (const Part& part : push.parts_) {
    ROWHOUSE_RETURN_IF_ERROR(CheckSize(part));
  }
  return push;
}

absl::Status OutgoingPush::AddWhole(Gradients gradients, bool copy) {
  owned_.resize(gradients.size());
  Part part;
  for (const ShardInput& input : ticket_->partition.inputs(ShardIndex(0))) {
    const absl::Span<const float> given = gradients[input.feature];
    if (given.empty()) continue;
    PushInput push = Input(*ticket_, input);
    const std::vector<float>& scales = ticket_->scales[input.feature];
    if (copy || !scales.empty()) {
      std::vector<float>& owned = owned_[input.feature];
      owned.assign(given.begin(), given.end());
      ApplyScales(scales, push.dim, owned.data());
      push.gradients = owned;
    } else {
      push.gradients = given;
    }
    ROWHOUSE_RETURN_IF_ERROR(
        CheckFinite(*ticket_->tables[input.feature], push));
    part.inputs.push_back(push);
  }
  if (!part.inputs.empty()) parts_.push_back(std::move(part));
  return absl::OkStatus();
}

absl::Status OutgoingPush::AddParts(Gradients gradients,
                                    std::uint32_t shard_count) {
  for (std::uint32_t s = 0; s < shard_count; ++s) {
    const absl::Span<const ShardInput> inputs =
        ticket_->partition.inputs(ShardIndex(s));
    std::size_t floats = 0;
    for (const ShardInput& input : inputs) {
      if (gradients[input.feature].empty()) continue;
      floats +=
          input.rows.size() * ticket_->partition.features()[input.feature].dim;
    }
    if (floats == 0) continue;
    Part part;
    part.shard = ShardIndex(s);
    part.values.reserve(floats);  // so that the views stay where they are
    for (const ShardInput& input : inputs) {
      if (gradients[input.feature].empty()) continue;
      PushInput push = Input(*ticket_, input);
      const std::size_t begin = part.values.size();
      const std::size_t count =
          Gather(*ticket_, input, gradients[input.feature], part.values);
      push.gradients = {part.values.data() + begin, count};
      ROWHOUSE_RETURN_IF_ERROR(
          CheckFinite(*ticket_->tables[input.feature], push));
      part.inputs.push_back(push);
    }
    parts_.push_back(std::move(part));
  }
  return absl::OkStatus();
}

void OutgoingPush::CopyGradients() {
  if (!ticket_.has_value() || ticket_->partition.shard_count() > 1) return;
  for (Part& part : parts_) {
    // Whatever `owned_` does not hold already is the caller's.
    std::vector<std::vector<float>> copies;
    for (PushInput& input : part.inputs) {
      const bool owned = std::any_of(
          owned_.begin(), owned_.end(), [&](const std::vector<float>& values) {
            return values.data() == input.gradients.data();
          });
      if (owned) continue;
      copies.emplace_back(input.gradients.begin(), input.gradients.end());
      input.gradients = copies.back();
    }
    std::move(copies.begin(), copies.end(), std::back_inserter(owned_));
  }
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
    ROWHOUSE_RETURN_IF_ERROR(CheckSize(part));
    push.parts_.push_back(std::move(part));
  }
  push.table_ = std::move(table);
  return push;
}

}  // namespace rowhouse::internal
