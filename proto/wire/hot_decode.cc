// Lookup and Push requests and lookup responses, from slices.
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "proto/wire/array_field.h"
#include "proto/wire/convert.h"
#include "proto/wire/hot.h"
#include "proto/wire/hot_fields.h"
#include "proto/wire/slice_reader.h"

namespace rowhouse::wire {
namespace {

// The fields of one LookupInput or PushInput. Fields that appear again follow
// protobuf: of a scalar the last counts, arrays go on.
struct InputFields {
  TableName table;
  std::uint64_t incarnation = 0;
  std::uint32_t dim = 0;
  std::int32_t pooling = 0;
  ArrayField<Id> ids;
  ArrayField<float> weights;
  ArrayField<std::uint32_t> row_splits;
  ArrayField<float> gradients;
  std::optional<float> learning_rate;
  std::optional<std::uint64_t> table_step;

  BagsView bags() const {
    return {ids.values(), weights.values(), row_splits.values()};
  }
};

absl::Status ReadLookupInput(SliceReader reader, InputFields& input,
                             std::size_t& ids_left) {
  while (reader.Next()) {
    switch (reader.field()) {
      case 1:
        input.table.ReadFrom(reader);
        break;
      case 2:
        reader.ReadFixed64(input.incarnation);
        break;
      case 3:
        reader.ReadUint32(input.dim);
        break;
      case 4:
        reader.ReadEnum(input.pooling);
        break;
      case 5:
        ReadIds(reader, input.ids, ids_left);
        break;
      case 6:
        input.weights.ReadFrom(reader);
        break;
      case 7:
        input.row_splits.ReadFrom(reader);
        break;
      default:
        reader.Skip();
    }
  }
  return reader.status();
}

// A field of another type is an unknown one, and leaves the value unset.
template <typename T>
void ReadOptional(SliceReader& reader, WireType type,
                  void (SliceReader::*read)(T&), std::optional<T>& value) {
  if (reader.type() != type) return reader.Skip();
  T read_value{};
  (reader.*read)(read_value);
  value = read_value;
}

absl::Status ReadPushInput(SliceReader reader, InputFields& input,
                           std::size_t& ids_left) {
  while (reader.Next()) {
    switch (reader.field()) {
      case 1:
        input.table.ReadFrom(reader);
        break;
      case 2:
        reader.ReadFixed64(input.incarnation);
        break;
      case 3:
        reader.ReadUint32(input.dim);
        break;
      case 4:
        ReadIds(reader, input.ids, ids_left);
        break;
      case 5:
        input.weights.ReadFrom(reader);
        break;
      case 6:
        input.row_splits.ReadFrom(reader);
        break;
      case 7:
        input.gradients.ReadFrom(reader);
        break;
      case 8:
        ReadOptional(reader, WireType::kFixed32, &SliceReader::ReadFloat,
                     input.learning_rate);
        break;
      case 9:
        ReadOptional(reader, WireType::kVarint, &SliceReader::ReadUint64,
                     input.table_step);
        break;
      default:
        reader.Skip();
    }
  }
  return reader.status();
}

// Reads one more of the repeated messages under the cursor into `all`.
template <typename Fields, typename Read>
absl::Status ReadRepeated(SliceReader& reader, absl::string_view name,
                          std::vector<Fields>& all, Read read) {
  auto message = reader.ReadMessage(name);
  if (!message.has_value()) return absl::OkStatus();  // or reader has failed
  if (all.size() == kInputsPerRequestMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat(name, ": more than ", kInputsPerRequestMax));
  }
  return read(*message, all.emplace_back());
}

struct OutputFields {
  std::uint32_t dim = 0;
  ArrayField<float> values;
};

absl::Status ReadLookupOutput(SliceReader reader, OutputFields& output) {
  while (reader.Next()) {
    switch (reader.field()) {
      case 1:
        reader.ReadUint32(output.dim);
        break;
      case 2:
        output.values.ReadFrom(reader);
        break;
      default:
        reader.Skip();
    }
  }
  return reader.status();
}

struct OutputStorage {
  std::vector<grpc::Slice> slices;
  std::vector<OutputFields> outputs;
};

}  // namespace

struct DecodedLookup::Storage {
  std::vector<grpc::Slice> slices;
  std::vector<InputFields> fields;
  std::vector<LookupInput> inputs;
};

struct DecodedPush::Storage {
  std::vector<grpc::Slice> slices;
  std::vector<InputFields> fields;
  std::vector<PushInput> inputs;
};

absl::StatusOr<DecodedLookup> DecodeLookupRequest(
    const grpc::ByteBuffer& bytes) {
  DecodedLookup decoded;
  decoded.storage_ = std::make_shared<DecodedLookup::Storage>();
  DecodedLookup::Storage& storage = *decoded.storage_;
  ROWHOUSE_ASSIGN_OR_RETURN(storage.slices, SlicesOf(bytes));
  std::size_t ids_left = kIdsPerRequestMax;
  SliceReader reader(storage.slices, "LookupRequest");
  while (reader.Next()) {
    switch (reader.field()) {
      case 1:
        reader.ReadUint64(decoded.request_.map_version);
        break;
      case 2:
        ROWHOUSE_RETURN_IF_ERROR(
            ReadRepeated(reader, "LookupRequest.inputs", storage.fields,
                         [&](const SliceReader& message, InputFields& input) {
                           return ReadLookupInput(message, input, ids_left);
                         }));
        break;
      default:
        reader.Skip();
    }
  }
  ROWHOUSE_RETURN_IF_ERROR(reader.status());
  storage.inputs.reserve(storage.fields.size());
  for (const InputFields& input : storage.fields) {
    if (input.pooling < 0 || input.pooling > v1::POOLING_SUM) {
      return absl::InvalidArgumentError(
          absl::StrCat("LookupRequest.inputs[", storage.inputs.size(),
                       "].pooling: ", input.pooling, " is unknown"));
    }
    storage.inputs.push_back(
        {.table = input.table.text(),
         .incarnation = TableIncarnation(input.incarnation),
         .dim = input.dim,
         .pooling =
             input.pooling == v1::POOLING_SUM ? Pooling::kSum : Pooling::kNone,
         .bags = input.bags()});
  }
  decoded.request_.inputs = storage.inputs;
  return decoded;
}

absl::StatusOr<DecodedPush> DecodePushRequest(const grpc::ByteBuffer& bytes) {
  DecodedPush decoded;
  decoded.storage_ = std::make_shared<DecodedPush::Storage>();
  DecodedPush::Storage& storage = *decoded.storage_;
  ROWHOUSE_ASSIGN_OR_RETURN(storage.slices, SlicesOf(bytes));
  std::size_t ids_left = kIdsPerRequestMax;
  std::int32_t durability = 0;
  SliceReader reader(storage.slices, "PushRequest");
  while (reader.Next()) {
    switch (reader.field()) {
      case 1:
        if (auto header = reader.ReadMessage("PushRequest.header")) {
          ROWHOUSE_RETURN_IF_ERROR(
              ReadPushHeader(*header, decoded.request_.header, durability));
        }
        break;
      case 2:
        ROWHOUSE_RETURN_IF_ERROR(
            ReadRepeated(reader, "PushRequest.inputs", storage.fields,
                         [&](const SliceReader& message, InputFields& input) {
                           return ReadPushInput(message, input, ids_left);
                         }));
        break;
      default:
        reader.Skip();
    }
  }
  ROWHOUSE_RETURN_IF_ERROR(reader.status());
  ROWHOUSE_ASSIGN_OR_RETURN(decoded.request_.header.durability,
                            DurabilityFromProto(durability));
  storage.inputs.reserve(storage.fields.size());
  for (const InputFields& input : storage.fields) {
    storage.inputs.push_back(
        {.table = input.table.text(),
         .incarnation = TableIncarnation(input.incarnation),
         .dim = input.dim,
         .bags = input.bags(),
         .gradients = input.gradients.values(),
         .learning_rate = input.learning_rate,
         .table_step = input.table_step});
  }
  decoded.request_.inputs = storage.inputs;
  return decoded;
}

absl::StatusOr<LookupReply> DecodeLookupResponse(
    const grpc::ByteBuffer& bytes) {
  auto storage = std::make_shared<OutputStorage>();
  ROWHOUSE_ASSIGN_OR_RETURN(storage->slices, SlicesOf(bytes));
  SliceReader reader(storage->slices, "LookupResponse");
  while (reader.Next()) {
    if (reader.field() == 1) {
      ROWHOUSE_RETURN_IF_ERROR(ReadRepeated(reader, "LookupResponse.outputs",
                                            storage->outputs,
                                            ReadLookupOutput));
    } else {
      reader.Skip();
    }
  }
  ROWHOUSE_RETURN_IF_ERROR(reader.status());
  LookupReply reply;
  reply.values.reserve(storage->outputs.size());
  for (const OutputFields& output : storage->outputs) {
    const std::size_t values = output.values.size();
    if (values != 0 && (output.dim == 0 || values % output.dim != 0)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "LookupResponse.outputs[", reply.values.size(), "]: ", values,
          " values are not whole rows of dim ", output.dim));
    }
    reply.values.push_back(output.values.values());
  }
  reply.storage = std::move(storage);
  return reply;
}

}  // namespace rowhouse::wire
