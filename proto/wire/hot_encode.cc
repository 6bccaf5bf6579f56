// Lookup and Push requests and responses, into slices. What is written is, byte
// for byte, what protobuf would write.
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <bit>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "proto/wire/convert.h"
#include "proto/wire/hot.h"
#include "proto/wire/slice_reader.h"

namespace rowhouse::wire {
namespace {

using google::protobuf::io::CodedOutputStream;
static_assert(std::endian::native == std::endian::little);

// Where an output begins in its block: a cache line.
constexpr std::size_t kOutputAlignment = 64;

constexpr std::uint8_t Tag(std::uint32_t field, WireType type) {
  return static_cast<std::uint8_t>(field << 3 |
                                   static_cast<std::uint32_t>(type));
}

std::size_t LengthSize(std::size_t bytes) {
  return 1 + CodedOutputStream::VarintSize64(bytes) + bytes;
}

// Appends fields to memory that was measured to hold them. Fields that have
// their default value take no bytes, as proto3 has it. Field numbers are below
// 16, so that a tag is one byte.
class FieldWriter {
 public:
  explicit FieldWriter(std::uint8_t* at) : at_(at) {}
  std::uint8_t* at() const { return at_; }

  void Varint(std::uint32_t field, std::uint64_t value) {
    if (value == 0) return;
    *at_++ = Tag(field, WireType::kVarint);
    at_ = CodedOutputStream::WriteVarint64ToArray(value, at_);
  }
  void Fixed64(std::uint32_t field, std::uint64_t value) {
    if (value == 0) return;
    *at_++ = Tag(field, WireType::kFixed64);
    at_ = CodedOutputStream::WriteLittleEndian64ToArray(value, at_);
  }
  // Fields with presence are written whatever their value.
  void Optional(std::uint32_t field, std::optional<std::uint64_t> value) {
    if (!value.has_value()) return;
    *at_++ = Tag(field, WireType::kVarint);
    at_ = CodedOutputStream::WriteVarint64ToArray(*value, at_);
  }
  void Optional(std::uint32_t field, std::optional<float> value) {
    if (!value.has_value()) return;
    *at_++ = Tag(field, WireType::kFixed32);
    std::memcpy(at_, &*value, sizeof(*value));
    at_ += sizeof(*value);
  }
  // Tag and length of `bytes` bytes that are written next.
  void Length(std::uint32_t field, std::size_t bytes) {
    *at_++ = Tag(field, WireType::kBytes);
    at_ = CodedOutputStream::WriteVarint64ToArray(bytes, at_);
  }
  template <typename T>
  void Array(std::uint32_t field, absl::Span<const T> values) {
    if (values.empty()) return;
    const std::size_t bytes = values.size() * sizeof(T);
    Length(field, bytes);
    std::memcpy(at_, values.data(), bytes);
    at_ += bytes;
  }

 private:
  std::uint8_t* at_;
};

std::size_t VarintFieldSize(std::uint64_t value) {
  return value == 0 ? 0 : 1 + CodedOutputStream::VarintSize64(value);
}

std::size_t Fixed64FieldSize(std::uint64_t value) {
  return value == 0 ? 0 : 1 + sizeof(value);
}

std::size_t OptionalSize(std::optional<std::uint64_t> value) {
  return value.has_value() ? 1 + CodedOutputStream::VarintSize64(*value) : 0;
}

std::size_t OptionalSize(std::optional<float> value) {
  return value.has_value() ? 1 + sizeof(*value) : 0;
}

template <typename T>
std::size_t ArrayFieldSize(absl::Span<const T> values) {
  return values.empty() ? 0 : LengthSize(values.size() * sizeof(T));
}

absl::Span<const char> Bytes(absl::string_view text) {
  return {text.data(), text.size()};
}

std::uint32_t PoolingNumber(Pooling pooling) {
  return pooling == Pooling::kSum ? v1::POOLING_SUM : v1::POOLING_NONE;
}

std::size_t InputSize(const LookupInput& input) {
  return ArrayFieldSize(Bytes(input.table)) +
         Fixed64FieldSize(input.incarnation.value()) +
         VarintFieldSize(input.dim) +
         VarintFieldSize(PoolingNumber(input.pooling)) +
         ArrayFieldSize(input.bags.ids) + ArrayFieldSize(input.bags.weights) +
         ArrayFieldSize(input.bags.row_splits);
}

void WriteInput(const LookupInput& input, FieldWriter& writer) {
  writer.Array(1, Bytes(input.table));
  writer.Fixed64(2, input.incarnation.value());
  writer.Varint(3, input.dim);
  writer.Varint(4, PoolingNumber(input.pooling));
  writer.Array(5, input.bags.ids);
  writer.Array(6, input.bags.weights);
  writer.Array(7, input.bags.row_splits);
}

std::size_t InputSize(const PushInput& input) {
  return ArrayFieldSize(Bytes(input.table)) +
         Fixed64FieldSize(input.incarnation.value()) +
         VarintFieldSize(input.dim) + ArrayFieldSize(input.bags.ids) +
         ArrayFieldSize(input.bags.weights) +
         ArrayFieldSize(input.bags.row_splits) +
         ArrayFieldSize(input.gradients) + OptionalSize(input.learning_rate) +
         OptionalSize(input.table_step);
}

void WriteInput(const PushInput& input, FieldWriter& writer) {
  writer.Array(1, Bytes(input.table));
  writer.Fixed64(2, input.incarnation.value());
  writer.Varint(3, input.dim);
  writer.Array(4, input.bags.ids);
  writer.Array(5, input.bags.weights);
  writer.Array(6, input.bags.row_splits);
  writer.Array(7, input.gradients);
  writer.Optional(8, input.learning_rate);
  writer.Optional(9, input.table_step);
}

template <typename Input>
std::size_t InputsSize(absl::Span<const Input> inputs) {
  std::size_t size = 0;
  for (const Input& input : inputs) size += LengthSize(InputSize(input));
  return size;
}

// Both requests have their inputs in field 2.
template <typename Input>
void WriteInputs(absl::Span<const Input> inputs, FieldWriter& writer) {
  for (const Input& input : inputs) {
    writer.Length(2, InputSize(input));
    WriteInput(input, writer);
  }
}

}  // namespace

grpc::ByteBuffer EncodeLookupRequest(const LookupRequest& request) {
  grpc::Slice slice(VarintFieldSize(request.map_version) +
                    InputsSize(request.inputs));
  FieldWriter writer(Writable(slice));
  writer.Varint(1, request.map_version);
  WriteInputs(request.inputs, writer);
  return grpc::ByteBuffer(&slice, 1);
}

grpc::ByteBuffer EncodePushRequest(const PushRequest& request) {
  const v1::PushHeader header = ToProto(request.header);
  const std::size_t header_size = header.ByteSizeLong();
  grpc::Slice slice(LengthSize(header_size) + InputsSize(request.inputs));
  FieldWriter writer(Writable(slice));
  writer.Length(1, header_size);
  FieldWriter inputs(header.SerializeWithCachedSizesToArray(writer.at()));
  WriteInputs(request.inputs, inputs);
  return grpc::ByteBuffer(&slice, 1);
}

absl::StatusOr<LookupResponseLayout> LookupResponseLayout::Make(
    const LookupRequest& request, absl::Span<const std::size_t> rows) {
  if (rows.size() != request.inputs.size()) {
    return absl::InternalError(absl::StrCat(rows.size(), " row counts for ",
                                            request.inputs.size(), " inputs"));
  }
  LookupResponseLayout layout;
  layout.outputs_.resize(rows.size());
  std::size_t message_bytes = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t dim = request.inputs[i].dim;
    if (dim != 0 && rows[i] > kMessageBytesMax / sizeof(float) / dim) {
      return absl::ResourceExhaustedError(absl::StrCat(
          "input ", i, ": ", rows[i], " rows of dim ", dim,
          " are more than a message of ", kMessageBytesMax, " bytes holds"));
    }
    Output& output = layout.outputs_[i];
    output.dim = request.inputs[i].dim;
    output.values_bytes = rows[i] * dim * sizeof(float);
    output.body_bytes =
        VarintFieldSize(dim) +
        (output.values_bytes == 0 ? 0 : LengthSize(output.values_bytes));
    const std::size_t output_bytes = LengthSize(output.body_bytes);
    output.header_bytes = output_bytes - output.values_bytes;
    message_bytes += output_bytes;
    layout.memory_bytes_ += output_bytes + kOutputAlignment;
    if (message_bytes > kMessageBytesMax) {
      return absl::ResourceExhaustedError(absl::StrCat(
          "the answer to inputs 0 to ", i, " of ", rows.size(), " takes ",
          message_bytes, " bytes; a message holds ", kMessageBytesMax));
    }
  }
  return layout;
}

// One block for all: each header ends where its values begin, on a cache line;
// the gaps between are not sent.
LookupResponseBuffer::LookupResponseBuffer(const LookupResponseLayout& layout,
                                           FreedCallback freed)
    : block_(NewSlice(layout.memory_bytes(), std::move(freed))) {
  std::uint8_t* const base = Writable(block_);
  const auto address = reinterpret_cast<std::uintptr_t>(base);
  segments_.reserve(layout.outputs_.size());
  outputs_.reserve(layout.outputs_.size());
  std::size_t end = 0;
  for (const LookupResponseLayout::Output& output : layout.outputs_) {
    const std::size_t header_end = end + output.header_bytes;
    const std::size_t values =
        header_end +
        (kOutputAlignment - (address + header_end)) % kOutputAlignment;
    const std::size_t begin = values - output.header_bytes;
    end = values + output.values_bytes;
    FieldWriter writer(base + begin);
    writer.Length(1, output.body_bytes);
    writer.Varint(1, output.dim);
    if (output.values_bytes != 0) writer.Length(2, output.values_bytes);
    segments_.push_back({begin, end});
    outputs_.emplace_back(reinterpret_cast<float*>(base + values),
                          output.values_bytes / sizeof(float));
  }
}

grpc::ByteBuffer LookupResponseBuffer::Finish() && {
  std::vector<grpc::Slice> slices;
  slices.reserve(segments_.size());
  for (const Segment& segment : segments_) {
    slices.push_back(block_.sub(segment.begin, segment.end));
  }
  return grpc::ByteBuffer(slices.data(), slices.size());
}

grpc::ByteBuffer EncodePushResponse(const PushReply& reply) {
  v1::PushResponse response;
  *response.mutable_result() = ToProto(reply);
  return Serialize(response);
}

absl::StatusOr<PushReply> DecodePushResponse(const grpc::ByteBuffer& bytes) {
  v1::PushResponse response;
  ROWHOUSE_RETURN_IF_ERROR(Parse(bytes, response));
  return FromProto(response.result());
}

}  // namespace rowhouse::wire
