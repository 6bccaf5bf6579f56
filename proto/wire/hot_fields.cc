#include "proto/wire/hot_fields.h"

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"

namespace rowhouse::wire {
namespace {

absl::Status ReadSessionName(SliceReader reader, SessionName& session) {
  while (reader.Next()) {
    switch (reader.field()) {
      case 1:
        reader.ReadFixed64(session.incarnation);
        break;
      case 2:
        reader.ReadUint64(session.number);
        break;
      default:
        reader.Skip();
    }
  }
  return reader.status();
}

}  // namespace

absl::StatusOr<std::vector<grpc::Slice>> SlicesOf(
    const grpc::ByteBuffer& bytes) {
  std::vector<grpc::Slice> slices;
  if (!bytes.Valid()) return slices;
  if (!bytes.Dump(&slices).ok()) {
    return absl::InternalError("the message's bytes cannot be read");
  }
  return slices;
}

void TableName::ReadFrom(SliceReader& reader) {
  reader.ReadString(kTableNameBytesMax, view_, storage_);
}

void ReadIds(SliceReader& reader, ArrayField<Id>& ids, std::size_t& ids_left) {
  const std::size_t before = ids.size();
  ids.ReadFrom(reader);
  const std::size_t more = ids.size() - before;
  if (more > ids_left) {
    return reader.Fail(absl::ResourceExhaustedError(
        absl::StrCat("the request has more than ", kIdsPerRequestMax, " ids")));
  }
  ids_left -= more;
}

absl::Status ReadPushHeader(SliceReader reader, PushHeader& header,
                            std::int32_t& durability) {
  while (reader.Next()) {
    switch (reader.field()) {
      case 1:
        reader.ReadUint64(header.map_version);
        break;
      case 2:
        if (auto session = reader.ReadMessage("PushHeader.session")) {
          ROWHOUSE_RETURN_IF_ERROR(ReadSessionName(*session, header.session));
        }
        break;
      case 3:
        reader.ReadUint64(header.sequence);
        break;
      case 4:
        reader.ReadUint64(header.lowest_unacknowledged);
        break;
      case 5:
        reader.ReadUint64(header.snapshot_epoch);
        break;
      case 6:
        reader.ReadUint64(header.step);
        break;
      case 7:
        reader.ReadEnum(durability);
        break;
      default:
        reader.Skip();
    }
  }
  return reader.status();
}

}  // namespace rowhouse::wire
