#include "client/internal/push_checks.h"

#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "kernels/combine.h"

namespace rowhouse::internal {
namespace {

// Bytes of a message beside its arrays, per input: names, tags and lengths.
constexpr std::size_t kInputBytes = 128 + kTableNameBytesMax;

}  // namespace

absl::Status CheckShapes(const TicketData& ticket, Gradients gradients) {
  const std::size_t features = ticket.partition.features().size();
  if (gradients.size() != features) {
    return absl::InvalidArgumentError(
        absl::StrCat("gradients of ", gradients.size(),
                     " features for a lookup of ", features));
  }
  for (std::size_t f = 0; f < features; ++f) {
    const FeatureIds& feature = ticket.feature(f);
    const std::size_t rows = OutputRows(feature);
    if (!gradients[f].empty() && gradients[f].size() != rows * feature.dim) {
      return absl::InvalidArgumentError(
          absl::StrCat("feature ", f, " (table '", feature.table,
                       "'): ", gradients[f].size(), " gradient values for ",
                       rows, " rows of ", feature.dim));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckFinite(const KnownTable& table,
                         absl::Span<const float> gradients,
                         absl::Span<const float> weights) {
  if (table.spec.nan_policy != NanPolicy::kReject) return absl::OkStatus();
  if (kernels::AllFinite(gradients.data(), gradients.size()) &&
      kernels::AllFinite(weights.data(), weights.size())) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("table '", table.spec.name,
                   "': a gradient or weight is NaN or infinite"));
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

void MessageSize::Add(const PushInput& input) {
  ++inputs_;
  ids_ += input.bags.ids.size();
  bytes_ += kInputBytes + input.bags.ids.size() * sizeof(Id) +
            (input.bags.weights.size() + input.bags.row_splits.size() +
             input.gradients.size()) *
                sizeof(float);
}

void MessageSize::Add(const WriteRowsRequest& write) {
  ++inputs_;
  ids_ += write.ids.size();
  bytes_ += kInputBytes + write.ids.size() * sizeof(Id) +
            (write.weights.size() + write.slots.size()) * sizeof(float);
}

absl::Status MessageSize::Check(ShardIndex shard) const {
  if (inputs_ <= kInputsPerRequestMax && ids_ <= kIdsPerRequestMax &&
      bytes_ <= kMessageBytesMax) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(absl::StrCat(
      "shard ", shard.value(), " would get ", inputs_, " inputs, ", ids_,
      " ids, ", bytes_, " bytes in one push; at most ", kInputsPerRequestMax,
      ", ", kIdsPerRequestMax, ", ", kMessageBytesMax));
}

}  // namespace rowhouse::internal
