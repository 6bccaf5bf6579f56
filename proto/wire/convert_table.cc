// Tables and their specs.
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "proto/wire/convert.h"
#include "proto/wire/convert_spec.h"

namespace rowhouse::wire {
namespace {

absl::Status Unknown(absl::string_view field, int number) {
  return absl::InvalidArgumentError(
      absl::StrCat("spec.", field, ": ", number, " is unknown"));
}

v1::NanPolicy ToProto(NanPolicy policy) {
  switch (policy) {
    case NanPolicy::kReject:
      return v1::NAN_POLICY_REJECT;
    case NanPolicy::kSkipRow:
      return v1::NAN_POLICY_SKIP_ROW;
    case NanPolicy::kPropagate:
      return v1::NAN_POLICY_PROPAGATE;
  }
  return v1::NAN_POLICY_UNSPECIFIED;
}

absl::StatusOr<NanPolicy> FromProto(v1::NanPolicy policy) {
  switch (policy) {
    case v1::NAN_POLICY_UNSPECIFIED:
    case v1::NAN_POLICY_REJECT:
      return NanPolicy::kReject;
    case v1::NAN_POLICY_SKIP_ROW:
      return NanPolicy::kSkipRow;
    case v1::NAN_POLICY_PROPAGATE:
      return NanPolicy::kPropagate;
    default:
      return Unknown("nan_policy", policy);
  }
}

absl::StatusOr<Placement> FromProto(v1::Placement placement) {
  switch (placement) {
    case v1::PLACEMENT_UNSPECIFIED:
    case v1::PLACEMENT_HASHED:
      return Placement::kHashed;
    case v1::PLACEMENT_WHOLE:
      return Placement::kWhole;
    default:
      return Unknown("placement", placement);
  }
}

}  // namespace

v1::TableSpec ToProto(const TableSpec& spec) {
  v1::TableSpec message;
  message.set_name(spec.name);
  message.set_dim(spec.dim);
  message.set_rows(spec.rows);
  message.set_seed(spec.seed);
  SpecPartsToProto(spec, message);
  message.set_nan_policy(ToProto(spec.nan_policy));
  message.set_durability(static_cast<v1::Durability>(spec.durability));
  message.set_placement(spec.placement == Placement::kWhole
                            ? v1::PLACEMENT_WHOLE
                            : v1::PLACEMENT_HASHED);
  return message;
}

absl::StatusOr<TableSpec> FromProto(const v1::TableSpec& spec) {
  TableSpec out;
  out.name = spec.name();
  out.dim = spec.dim();
  out.rows = spec.rows();
  out.seed = spec.seed();
  ROWHOUSE_RETURN_IF_ERROR(SpecPartsFromProto(spec, out));
  ROWHOUSE_ASSIGN_OR_RETURN(out.nan_policy, FromProto(spec.nan_policy()));
  ROWHOUSE_ASSIGN_OR_RETURN(const std::optional<Durability> durability,
                            DurabilityFromProto(spec.durability()));
  out.durability = durability.value_or(Durability::kProcess);
  ROWHOUSE_ASSIGN_OR_RETURN(out.placement, FromProto(spec.placement()));
  return out;
}

v1::Table ToProto(const TableInfo& info) {
  v1::Table message;
  *message.mutable_spec() = ToProto(info.spec);
  message.set_incarnation(info.incarnation.value());
  message.set_rows_stored(info.rows_stored);
  message.set_memory_bytes(info.memory_bytes);
  message.set_steps(info.steps);
  if (info.last_step.has_value()) {
    message.mutable_last_step()->set_learning_rate(
        info.last_step->learning_rate);
    message.mutable_last_step()->set_iteration(info.last_step->iteration);
  }
  return message;
}

absl::StatusOr<TableInfo> FromProto(const v1::Table& table) {
  TableInfo info;
  ROWHOUSE_ASSIGN_OR_RETURN(info.spec, FromProto(table.spec()));
  info.incarnation = TableIncarnation(table.incarnation());
  info.rows_stored = table.rows_stored();
  info.memory_bytes = table.memory_bytes();
  info.steps = table.steps();
  if (table.has_last_step()) {
    info.last_step = TableStep{table.last_step().learning_rate(),
                               table.last_step().iteration()};
  }
  return info;
}

}  // namespace rowhouse::wire
