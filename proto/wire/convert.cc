// Sessions, pushes and rows.
#include "proto/wire/convert.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"

namespace rowhouse::wire {
namespace {

template <typename T, typename Repeated>
void AddAll(absl::Span<const T> values, Repeated* field) {
  field->Add(values.begin(), values.end());
}

absl::Status CheckLength(absl::string_view field, std::size_t got,
                         std::size_t expected) {
  if (got == expected) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(field, ": ", got, " values, expected ", expected));
}

// Ids travel as two's complement.
template <typename Message>
void IdsToProto(absl::Span<const Id> ids, Message& message) {
  message.mutable_ids()->Add(ids.begin(), ids.end());
}

}  // namespace

absl::StatusOr<std::optional<Durability>> DurabilityFromProto(
    std::int32_t number) {
  switch (number) {
    case v1::DURABILITY_UNSPECIFIED:
      return std::nullopt;
    case v1::DURABILITY_MEMORY:
      return Durability::kMemory;
    case v1::DURABILITY_PROCESS:
      return Durability::kProcess;
    case v1::DURABILITY_POWER:
      return Durability::kPower;
    default:
      return absl::InvalidArgumentError(
          absl::StrCat("durability: ", number, " is unknown"));
  }
}

v1::SessionName ToProto(const SessionName& session) {
  v1::SessionName message;
  message.set_incarnation(session.incarnation);
  message.set_number(session.number);
  return message;
}

SessionName FromProto(const v1::SessionName& session) {
  return {session.incarnation(), session.number()};
}

v1::PushHeader ToProto(const PushHeader& header) {
  v1::PushHeader message;
  message.set_map_version(header.map_version);
  *message.mutable_session() = ToProto(header.session);
  message.set_sequence(header.sequence);
  message.set_lowest_unacknowledged(header.lowest_unacknowledged);
  message.set_snapshot_epoch(header.snapshot_epoch);
  message.set_step(header.step);
  if (header.durability.has_value()) {
    message.set_durability(static_cast<v1::Durability>(*header.durability));
  }
  return message;
}

v1::HeartbeatRequest ToProto(const HeartbeatRequest& request) {
  v1::HeartbeatRequest message;
  message.set_map_version(request.map_version);
  *message.mutable_session() = ToProto(request.session);
  message.set_snapshot_epoch(request.snapshot_epoch);
  return message;
}

HeartbeatRequest FromProto(const v1::HeartbeatRequest& request) {
  return {.map_version = request.map_version(),
          .session = FromProto(request.session()),
          .snapshot_epoch = request.snapshot_epoch()};
}

v1::OpenSessionResponse ToProto(const OpenSessionReply& reply) {
  v1::OpenSessionResponse message;
  *message.mutable_session() = ToProto(reply.session);
  message.set_restore_id(reply.restore_id);
  message.set_wanted_snapshot_epoch(reply.wanted_snapshot_epoch);
  return message;
}

OpenSessionReply FromProto(const v1::OpenSessionResponse& response) {
  return {.session = FromProto(response.session()),
          .restore_id = response.restore_id(),
          .wanted_snapshot_epoch = response.wanted_snapshot_epoch()};
}

v1::PushResult ToProto(const PushReply& reply) {
  v1::PushResult message;
  message.set_lsn(reply.lsn.value());
  message.set_duplicate(reply.duplicate);
  message.set_durability(static_cast<v1::Durability>(reply.durability));
  message.set_wanted_snapshot_epoch(reply.wanted_snapshot_epoch);
  return message;
}

absl::StatusOr<PushReply> FromProto(const v1::PushResult& result) {
  ROWHOUSE_ASSIGN_OR_RETURN(const std::optional<Durability> durability,
                            DurabilityFromProto(result.durability()));
  if (!durability.has_value()) {
    return absl::InvalidArgumentError("durability: missing in an answer");
  }
  PushReply reply;
  reply.lsn = Lsn(result.lsn());
  reply.duplicate = result.duplicate();
  reply.durability = *durability;
  reply.wanted_snapshot_epoch = result.wanted_snapshot_epoch();
  return reply;
}

v1::ReadRowsRequest ToProto(const ReadRowsRequest& request) {
  v1::ReadRowsRequest message;
  message.set_map_version(request.map_version);
  message.set_table(std::string(request.table));
  message.set_incarnation(request.incarnation.value());
  IdsToProto(request.ids, message);
  return message;
}

v1::ReadRowsResponse ToProto(const RowsReply& rows) {
  v1::ReadRowsResponse message;
  message.set_dim(rows.dim);
  message.set_slot_floats(rows.slot_floats);
  message.mutable_stored()->Add(rows.stored.begin(), rows.stored.end());
  message.mutable_lsns()->Add(rows.lsns.begin(), rows.lsns.end());
  AddAll(absl::MakeConstSpan(rows.weights), message.mutable_weights());
  AddAll(absl::MakeConstSpan(rows.slots), message.mutable_slots());
  return message;
}

absl::StatusOr<RowsReply> FromProto(const v1::ReadRowsResponse& rows) {
  const auto count = static_cast<std::size_t>(rows.stored_size());
  ROWHOUSE_RETURN_IF_ERROR(CheckLength("lsns", rows.lsns_size(), count));
  ROWHOUSE_RETURN_IF_ERROR(
      CheckLength("weights", rows.weights_size(), count * rows.dim()));
  ROWHOUSE_RETURN_IF_ERROR(
      CheckLength("slots", rows.slots_size(), count * rows.slot_floats()));
  RowsReply reply;
  reply.dim = rows.dim();
  reply.slot_floats = rows.slot_floats();
  reply.stored.assign(rows.stored().begin(), rows.stored().end());
  reply.lsns.assign(rows.lsns().begin(), rows.lsns().end());
  reply.weights.assign(rows.weights().begin(), rows.weights().end());
  reply.slots.assign(rows.slots().begin(), rows.slots().end());
  return reply;
}

v1::WriteRowsRequest ToProto(const WriteRowsRequest& request) {
  v1::WriteRowsRequest message;
  *message.mutable_header() = ToProto(request.header);
  message.set_table(std::string(request.table));
  message.set_incarnation(request.incarnation.value());
  message.set_dim(request.dim);
  IdsToProto(request.ids, message);
  AddAll(request.weights, message.mutable_weights());
  AddAll(request.slots, message.mutable_slots());
  return message;
}

}  // namespace rowhouse::wire
