#include "shard/validate.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "kernels/combine.h"
#include "shard/push_work.h"

namespace rowhouse::shard {
namespace {

template <typename... Args>
absl::Status Invalid(const Table& table, const Args&... args) {
  return absl::InvalidArgumentError(
      absl::StrCat("table '", table.spec().name, "': ", args...));
}

absl::Status CheckDim(const Table& table, std::uint32_t dim) {
  if (dim == table.dim()) return absl::OkStatus();
  return Invalid(table, "dim is ", table.dim(), ", the request says ", dim);
}

// `values` in rows of `width`, called `what` in the message.
absl::Status CheckFinite(const Table& table, absl::Span<const float> values,
                         std::size_t width, absl::string_view what) {
  if (kernels::AllFinite(values.data(), values.size())) return absl::OkStatus();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (kernels::AllFinite(&values[i], 1)) continue;
    return Invalid(table, what, " ", i / width, " is not finite: ", values[i],
                   " at column ", i % width, " (NaN policy REJECT)");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckMapVersion(std::uint64_t got, std::uint64_t own) {
  if (got == own) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("request of map version ", got, ", this shard has ", own));
}

absl::StatusOr<Table*> FindTable(const Tables& tables, absl::string_view name,
                                 TableIncarnation incarnation) {
  Table* table = tables.Find(name);
  if (table == nullptr) {
    return absl::NotFoundError(absl::StrCat("no table '", name, "'"));
  }
  if (incarnation.value() != 0 && incarnation != table->incarnation()) {
    return absl::NotFoundError(absl::StrCat(
        "no table '", name, "' of incarnation ", incarnation.value(),
        "; the one here is ", table->incarnation().value()));
  }
  return table;
}

absl::Status CheckInputs(std::size_t inputs) {
  if (inputs <= kInputsPerRequestMax) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(
      "request of ", inputs, " inputs, at most ", kInputsPerRequestMax));
}

absl::Status RequestSize::AddIds(std::size_t ids) {
  ids_ += ids;
  if (ids <= kIdsPerRequestMax && ids_ <= kIdsPerRequestMax) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(absl::StrCat(
      "request of ", ids_, " ids or more, at most ", kIdsPerRequestMax));
}

absl::Status RequestSize::AddFloats(std::size_t floats) {
  constexpr std::size_t kFloatsMax = kMessageBytesMax / sizeof(float);
  floats_ += floats;
  if (floats <= kFloatsMax && floats_ <= kFloatsMax) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("message of ", floats_ * sizeof(float),
                   " bytes of values or more, at most ", kMessageBytesMax));
}

absl::Status CheckIds(const Table& table, absl::Span<const Id> ids,
                      BucketRange buckets) {
  const bool any_bucket = buckets == BucketRange{0, kBuckets};
  if (any_bucket && table.spec().rows == 0) return absl::OkStatus();
  for (const Id id : ids) {
    if (table.HasId(id) &&
        (any_bucket || buckets.Contains(table.BucketOf(table.Hash(id))))) {
      continue;
    }
    return CheckId(table, id, buckets);
  }
  return absl::OkStatus();
}

absl::Status CheckLookupInput(const Table& table, const LookupInput& input,
                              BucketRange buckets) {
  ROWHOUSE_RETURN_IF_ERROR(CheckDim(table, input.dim));
  const BagsView& bags = input.bags;
  if (input.pooling == Pooling::kNone &&
      !(bags.weights.empty() && bags.row_splits.empty())) {
    return Invalid(table, "lookup without pooling has ", bags.weights.size(),
                   " weights and ", bags.row_splits.size(),
                   " row_splits, expected none");
  }
  ROWHOUSE_RETURN_IF_ERROR(Validate(bags, table.spec().name));
  return CheckIds(table, bags.ids, buckets);
}

absl::Status CheckPushInput(const Table& table, const PushInput& input) {
  ROWHOUSE_RETURN_IF_ERROR(CheckDim(table, input.dim));
  const BagsView& bags = input.bags;
  ROWHOUSE_RETURN_IF_ERROR(Validate(bags, table.spec().name));
  const std::size_t expected = bags.bags() * table.dim();
  if (input.gradients.size() != expected) {
    return Invalid(table, input.gradients.size(), " gradient values for ",
                   bags.bags(), " bags of dim ", table.dim(), ", expected ",
                   expected);
  }
  if (input.table_step.has_value() != table.stepped()) {
    return Invalid(table, table.stepped()
                              ? "rows move at every step, so a push must say "
                                "which step it is (table_step)"
                              : "table_step is set, but only pushed rows move");
  }
  if (!std::isfinite(input.learning_rate.value_or(0))) {
    return Invalid(table, "learning_rate ", *input.learning_rate,
                   " is not finite");
  }
  if (table.spec().nan_policy != NanPolicy::kReject) return absl::OkStatus();
  ROWHOUSE_RETURN_IF_ERROR(
      CheckFinite(table, input.gradients, table.dim(), "gradient of bag"));
  return CheckFinite(table, bags.weights, 1, "weight");
}

absl::Status CheckWriteRows(const Table& table,
                            const WriteRowsRequest& request) {
  ROWHOUSE_RETURN_IF_ERROR(CheckDim(table, request.dim));
  const std::size_t ids = request.ids.size();
  if (request.weights.size() != ids * table.dim()) {
    return Invalid(table, request.weights.size(), " weight values for ", ids,
                   " rows of dim ", table.dim(), ", expected ",
                   ids * table.dim());
  }
  if (!request.slots.empty() &&
      request.slots.size() != ids * table.slot_floats()) {
    return Invalid(table, request.slots.size(), " slot values for ", ids,
                   " rows of ", table.slot_floats(), ", expected ",
                   ids * table.slot_floats(), " or none");
  }
  std::vector<Id> sorted(request.ids.begin(), request.ids.end());
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice == sorted.end()) return absl::OkStatus();
  return Invalid(table, "id ", *twice, " is written twice");
}

absl::Status CheckSequence(const PushHeader& header) {
  const std::uint64_t lowest = header.lowest_unacknowledged;
  // The greatest integer has no successor, which the window needs.
  if (lowest <= header.sequence && header.sequence - lowest < kPushWindow &&
      header.sequence != std::numeric_limits<std::uint64_t>::max()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "sequence ", header.sequence, " with lowest unacknowledged ", lowest,
      ": expected lowest <= sequence < lowest + ", kPushWindow));
}

}  // namespace rowhouse::shard
