// ReadRows and WriteRows requests, from slices.
#include <cstdint>
#include <memory>
#include <vector>

#include "base/limits.h"
#include "base/status_macros.h"
#include "proto/wire/array_field.h"
#include "proto/wire/convert.h"
#include "proto/wire/hot.h"
#include "proto/wire/hot_fields.h"
#include "proto/wire/slice_reader.h"

namespace rowhouse::wire {
struct DecodedReadRows::Storage {
  std::vector<grpc::Slice> slices;
  TableName table;
  ArrayField<Id> ids;
};

struct DecodedWriteRows::Storage {
  std::vector<grpc::Slice> slices;
  TableName table;
  ArrayField<Id> ids;
  ArrayField<float> weights;
  ArrayField<float> slots;
};

absl::StatusOr<DecodedReadRows> DecodeReadRowsRequest(
    const grpc::ByteBuffer& bytes) {
  DecodedReadRows decoded;
  decoded.storage_ = std::make_shared<DecodedReadRows::Storage>();
  DecodedReadRows::Storage& storage = *decoded.storage_;
  ROWHOUSE_ASSIGN_OR_RETURN(storage.slices, SlicesOf(bytes));
  std::size_t ids_left = kIdsPerRequestMax;
  std::uint64_t incarnation = 0;
  SliceReader reader(storage.slices, "ReadRowsRequest");
  while (reader.Next()) {
    switch (reader.field()) {
      case 1:
        reader.ReadUint64(decoded.request_.map_version);
        break;
      case 2:
        storage.table.ReadFrom(reader);
        break;
      case 3:
        reader.ReadFixed64(incarnation);
        break;
      case 4:
        ReadIds(reader, storage.ids, ids_left);
        break;
      default:
        reader.Skip();
    }
  }
  ROWHOUSE_RETURN_IF_ERROR(reader.status());
  decoded.request_.table = storage.table.text();
  decoded.request_.incarnation = TableIncarnation(incarnation);
  decoded.request_.ids = storage.ids.values();
  return decoded;
}

absl::StatusOr<DecodedWriteRows> DecodeWriteRowsRequest(
    const grpc::ByteBuffer& bytes) {
  DecodedWriteRows decoded;
  decoded.storage_ = std::make_shared<DecodedWriteRows::Storage>();
  DecodedWriteRows::Storage& storage = *decoded.storage_;
  ROWHOUSE_ASSIGN_OR_RETURN(storage.slices, SlicesOf(bytes));
  std::size_t ids_left = kIdsPerRequestMax;
  std::uint64_t incarnation = 0;
  std::int32_t durability = 0;
  SliceReader reader(storage.slices, "WriteRowsRequest");
  while (reader.Next()) {
    switch (reader.field()) {
      case 1:
        if (auto header = reader.ReadMessage("WriteRowsRequest.header")) {
          ROWHOUSE_RETURN_IF_ERROR(
              ReadPushHeader(*header, decoded.request_.header, durability));
        }
        break;
      case 2:
        storage.table.ReadFrom(reader);
        break;
      case 3:
        reader.ReadFixed64(incarnation);
        break;
      case 4:
        reader.ReadUint32(decoded.request_.dim);
        break;
      case 5:
        ReadIds(reader, storage.ids, ids_left);
        break;
      case 6:
        storage.weights.ReadFrom(reader);
        break;
      case 7:
        storage.slots.ReadFrom(reader);
        break;
      default:
        reader.Skip();
    }
  }
  ROWHOUSE_RETURN_IF_ERROR(reader.status());
  ROWHOUSE_ASSIGN_OR_RETURN(decoded.request_.header.durability,
                            DurabilityFromProto(durability));
  decoded.request_.table = storage.table.text();
  decoded.request_.incarnation = TableIncarnation(incarnation);
  decoded.request_.ids = storage.ids.values();
  decoded.request_.weights = storage.weights.values();
  decoded.request_.slots = storage.slots.values();
  return decoded;
}

}  // namespace rowhouse::wire
