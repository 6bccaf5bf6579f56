// Messages of the wire from any bytes. The first byte says which message, the
// second how the bytes are cut into slices. The hot messages are read as
// protobuf reads them or refused as it refuses them, and what is read from any
// message is written again as the same bytes.
#include <google/protobuf/stubs/logging.h>
#include <grpcpp/support/byte_buffer.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "base/limits.h"
#include "base/requests.h"
#include "proto/wire/convert.h"
#include "proto/wire/hot.h"
#include "proto/wire/message_bytes.h"
#include "tests/fuzz/fuzz_check.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/wire/wild_bytes.h"

namespace rowhouse::wire {
namespace {

// A larger answer costs time, not cases.
constexpr std::size_t kAnswerBytesMax = 1u << 20;

// Whether a hot message that protobuf reads may be refused.
bool MayRefuse(const absl::Status& status, const v1::LookupRequest& message) {
  return absl::StrContains(status.message(), ".pooling: ") &&
         std::any_of(message.inputs().begin(), message.inputs().end(),
                     [](const v1::LookupInput& input) {
                       return !v1::Pooling_IsValid(input.pooling());
                     });
}

template <typename Message>  // with a PushHeader
bool MayRefuse(const absl::Status& status, const Message& message) {
  return absl::StrContains(status.message(), "durability: ") &&
         !v1::Durability_IsValid(message.header().durability());
}

bool MayRefuse(const absl::Status& /*status*/,
               const v1::ReadRowsRequest& /*message*/) {
  return false;
}

// Bounds of how much: such bytes are long.
bool IsTooMuch(const absl::Status& status, std::size_t bytes) {
  return (bytes > kTableNameBytesMax &&
          absl::StrContains(status.message(), "bytes of text")) ||
         (bytes > kInputsPerRequestMax && absl::IsResourceExhausted(status));
}

// The message as an encoder of ours would have it that said the same.
void Spell(v1::LookupRequest& message) {
  for (v1::LookupInput& input : *message.mutable_inputs()) {
    if (input.pooling() == v1::POOLING_UNSPECIFIED) {
      input.set_pooling(v1::POOLING_NONE);
    }
  }
}
void Spell(v1::PushRequest& message) {
  message.mutable_header()->mutable_session();
}
void Spell(v1::HeartbeatRequest& message) { message.mutable_session(); }
void Spell(v1::OpenSessionResponse& message) { message.mutable_session(); }
void Spell(v1::WriteRowsRequest& message) {
  message.mutable_header()->mutable_session();
}
void Spell(v1::Checkpoint& message) { message.mutable_created(); }
void Spell(v1::ReadRowsRequest&) {}
void Spell(v1::ReadRowsResponse&) {}
void Spell(v1::GetShardInfoResponse&) {}
void Spell(v1::PushResponse& message) { message.mutable_result(); }

template <typename Message>
void CheckWritten(const grpc::ByteBuffer& written, Message message) {
  message.DiscardUnknownFields();
  Spell(message);
  FuzzCheck(Joined(written) == message.SerializeAsString(),
            "written otherwise than it was read");
}

// Hands what is read from `bytes`, cut as `random` has it, to `use`.
template <typename Message, typename Decode, typename Use>
void CheckHot(const std::string& bytes, Random& random, Decode decode,
              Use use) {
  const auto decoded = decode(CutIntoSlices(random, bytes));
  const auto whole = decode(OneSlice(bytes));
  FuzzCheck(decoded.status() == whole.status(), "slices make a difference");
  Message message;
  const bool readable = message.ParseFromString(bytes);
  if (!decoded.ok()) {
    FuzzCheck(!readable || MayRefuse(decoded.status(), message) ||
                  IsTooMuch(decoded.status(), bytes.size()),
              "refused what protobuf reads");
    return;
  }
  FuzzCheck(readable, "read what protobuf refuses");
  use(decoded->request(), message);
  use(whole->request(), message);
}

void CheckAnswer(const LookupRequest& request) {
  std::vector<std::size_t> rows;
  for (const LookupInput& input : request.inputs) {
    Validate(input.bags, input.table).IgnoreError();
    rows.push_back(input.output_rows());
  }
  const auto layout = LookupResponseLayout::Make(request, rows);
  if (!layout.ok() || layout->memory_bytes() > kAnswerBytesMax) return;
  LookupResponseBuffer buffer(*layout);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const absl::Span<float> output = buffer.outputs()[i];
    FuzzCheck(output.size() == rows[i] * request.inputs[i].dim,
              "an output has not its size");
    std::fill(output.begin(), output.end(), 1.0f);
  }
  const auto reply = DecodeLookupResponse(std::move(buffer).Finish());
  FuzzCheck(reply.ok() && reply->values.size() == rows.size(),
            "an answer of ours is refused");
}

void CheckLookup(const std::string& bytes, Random& random) {
  CheckHot<v1::LookupRequest>(
      bytes, random, DecodeLookupRequest,
      [](const LookupRequest& request, const v1::LookupRequest& message) {
        CheckWritten(EncodeLookupRequest(request), message);
        CheckAnswer(request);
      });
}

void CheckPush(const std::string& bytes, Random& random) {
  CheckHot<v1::PushRequest>(
      bytes, random, DecodePushRequest,
      [](const PushRequest& request, const v1::PushRequest& message) {
        for (const PushInput& input : request.inputs) {
          Validate(input.bags, input.table).IgnoreError();
        }
        CheckWritten(EncodePushRequest(request), message);
      });
}

template <typename Message, typename Decode>
void CheckRows(const std::string& bytes, Random& random, Decode decode) {
  CheckHot<Message>(bytes, random, decode,
                    [](const auto& request, const Message& message) {
                      CheckWritten(Serialize(ToProto(request)), message);
                    });
}

void CheckLookupAnswer(const std::string& bytes, Random& random) {
  const auto reply = DecodeLookupResponse(CutIntoSlices(random, bytes));
  if (!reply.ok()) return;
  v1::LookupResponse message;
  FuzzCheck(message.ParseFromString(bytes) &&
                reply->values.size() ==
                    static_cast<std::size_t>(message.outputs_size()),
            "read what protobuf refuses");
  for (int i = 0; i < message.outputs_size(); ++i) {
    const absl::Span<const float> values = reply->values[i];
    const auto& expected = message.outputs(i).values();
    FuzzCheck(
        values.size() == static_cast<std::size_t>(expected.size()) &&
            (values.empty() || std::memcmp(values.data(), expected.data(),
                                           values.size() * sizeof(float)) == 0),
        "values are read otherwise than by protobuf");
  }
}

void CheckPushAnswer(const std::string& bytes, Random& random) {
  const auto reply = DecodePushResponse(CutIntoSlices(random, bytes));
  if (!reply.ok()) return;
  v1::PushResponse message;
  FuzzCheck(message.ParseFromString(bytes), "read what protobuf refuses");
  CheckWritten(EncodePushResponse(*reply), message);
}

// A message with converters both ways.
template <typename Message>
void CheckConverted(const std::string& bytes, Random& random) {
  Message message;
  if (!Parse(CutIntoSlices(random, bytes), message).ok()) return;
  const auto written = [&](const auto& value) {
    CheckWritten(Serialize(ToProto(value)), message);
  };
  const auto value = FromProto(message);
  if constexpr (requires { value.status(); }) {
    if (value.ok()) written(*value);
  } else {
    written(value);
  }
}

void CheckSpec(const std::string& bytes) {
  v1::CreateTableRequest message;
  if (!message.ParseFromString(bytes)) return;
  const absl::StatusOr<TableSpec> spec = FromProto(message.spec());
  if (!spec.ok()) return;
  const v1::TableSpec written = ToProto(*spec);
  const absl::StatusOr<TableSpec> again = FromProto(written);
  // By bytes, in which NaN equals itself.
  FuzzCheck(again.ok() && ToProto(*again).SerializeAsString() ==
                              written.SerializeAsString(),
            "a spec is written otherwise than it was read");
  if (!Validate(*spec).ok()) return;
  // What may become a table is found again after a restart.
  TableSpec stored;
  FuzzCheck(TableSpecFromJson(TableSpecToJson(*spec), stored).ok() &&
                stored == *spec && *again == *spec,
            "a table's spec cannot be stored");
}

void CheckInput(FuzzInput& input) {
  const char kind = static_cast<char>(input.Byte());
  Random random(input.Byte());
  const std::string bytes(input.Rest());
  switch (kind) {
    case 'l':
      return CheckLookup(bytes, random);
    case 'p':
      return CheckPush(bytes, random);
    case 'L':
      return CheckLookupAnswer(bytes, random);
    case 'P':
      return CheckPushAnswer(bytes, random);
    case 'c':
      return CheckSpec(bytes);
    case 'h':
      return CheckConverted<v1::HeartbeatRequest>(bytes, random);
    case 'o':
      return CheckConverted<v1::OpenSessionResponse>(bytes, random);
    case 'r':
      return CheckRows<v1::ReadRowsRequest>(bytes, random,
                                            DecodeReadRowsRequest);
    case 'R':
      return CheckConverted<v1::ReadRowsResponse>(bytes, random);
    case 'w':
      return CheckRows<v1::WriteRowsRequest>(bytes, random,
                                             DecodeWriteRowsRequest);
    case 'i':
      return CheckConverted<v1::GetShardInfoResponse>(bytes, random);
    case 'k':
      return CheckConverted<v1::Checkpoint>(bytes, random);
    default:
      return;
  }
}

}  // namespace
}  // namespace rowhouse::wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const google::protobuf::LogSilencer silence;  // of texts that are not UTF-8
  rowhouse::FuzzInput input(data, size);
  rowhouse::wire::CheckInput(input);
  return 0;
}
