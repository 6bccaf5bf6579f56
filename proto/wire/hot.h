// The hot messages as bytes: what carries ids and rows is read from gRPC slices
// without a protobuf object, and Lookup and Push are written so, too. No value
// is copied one by one, and hostile bytes take no more memory than they have:
// protobuf makes thirty times as much of some. The bytes are those of
// embedding_service.proto; protobuf reads and writes them too.
//
// Parsing accepts what protobuf accepts: fields in any order, packed or not,
// split over several runs, unknown fields, values across slices. Arrays that
// lie aligned in one slice are viewed where they are, others are gathered once.
// Malformed bytes are INVALID_ARGUMENT with field and offset.
#ifndef ROWHOUSE_PROTO_WIRE_HOT_H_
#define ROWHOUSE_PROTO_WIRE_HOT_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/requests.h"
#include "proto/wire/message_bytes.h"

namespace rowhouse::wire {

// A decoded request and the memory its views point into. Movable; the views
// stay valid.
class DecodedLookup {
 public:
  const LookupRequest& request() const { return request_; }
  struct Storage;

 private:
  friend absl::StatusOr<DecodedLookup> DecodeLookupRequest(
      const grpc::ByteBuffer& bytes);
  LookupRequest request_;
  std::shared_ptr<Storage> storage_;
};

class DecodedPush {
 public:
  const PushRequest& request() const { return request_; }
  struct Storage;

 private:
  friend absl::StatusOr<DecodedPush> DecodePushRequest(
      const grpc::ByteBuffer& bytes);
  PushRequest request_;
  std::shared_ptr<Storage> storage_;
};

class DecodedReadRows {
 public:
  const ReadRowsRequest& request() const { return request_; }
  struct Storage;

 private:
  friend absl::StatusOr<DecodedReadRows> DecodeReadRowsRequest(
      const grpc::ByteBuffer& bytes);
  ReadRowsRequest request_;
  std::shared_ptr<Storage> storage_;
};

class DecodedWriteRows {
 public:
  const WriteRowsRequest& request() const { return request_; }
  struct Storage;

 private:
  friend absl::StatusOr<DecodedWriteRows> DecodeWriteRowsRequest(
      const grpc::ByteBuffer& bytes);
  WriteRowsRequest request_;
  std::shared_ptr<Storage> storage_;
};

// RESOURCE_EXHAUSTED beyond kInputsPerRequestMax or kIdsPerRequestMax.
absl::StatusOr<DecodedLookup> DecodeLookupRequest(
    const grpc::ByteBuffer& bytes);
absl::StatusOr<DecodedPush> DecodePushRequest(const grpc::ByteBuffer& bytes);
absl::StatusOr<DecodedReadRows> DecodeReadRowsRequest(
    const grpc::ByteBuffer& bytes);
absl::StatusOr<DecodedWriteRows> DecodeWriteRowsRequest(
    const grpc::ByteBuffer& bytes);

// Copies ids, weights and gradients once, in bulk, into slices.
grpc::ByteBuffer EncodeLookupRequest(const LookupRequest& request);
grpc::ByteBuffer EncodePushRequest(const PushRequest& request);

// What a response will take, worked out before any memory is.
class LookupResponseLayout {
 public:
  // rows[i] x dim floats for input i. RESOURCE_EXHAUSTED when the message would
  // pass kMessageBytesMax.
  static absl::StatusOr<LookupResponseLayout> Make(
      const LookupRequest& request, absl::Span<const std::size_t> rows);
  // Of the message and the gaps between its parts.
  std::size_t memory_bytes() const { return memory_bytes_; }

 private:
  friend class LookupResponseBuffer;
  struct Output {
    std::uint32_t dim = 0;
    std::size_t values_bytes = 0;
    std::size_t body_bytes = 0;    // of the LookupOutput
    std::size_t header_bytes = 0;  // what stands before the values
  };
  std::vector<Output> outputs_;
  std::size_t memory_bytes_ = 0;
};

// A response whose values are written in place: outputs()[i] is memory of
// rows[i] x dim floats, not zeroed and aligned to cache lines, that becomes
// part of the message without a copy. Movable; the outputs stay valid.
class LookupResponseBuffer {
 public:
  explicit LookupResponseBuffer(const LookupResponseLayout& layout,
                                FreedCallback freed = nullptr);
  absl::Span<const absl::Span<float>> outputs() const { return outputs_; }
  // Call once, when all outputs are filled.
  grpc::ByteBuffer Finish() &&;

 private:
  // Where one output lies in the block: what is sent of it.
  struct Segment {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  grpc::Slice block_;
  std::vector<Segment> segments_;
  std::vector<absl::Span<float>> outputs_;
};

// By output, dim must divide the number of values. Limits as for requests.
absl::StatusOr<LookupReply> DecodeLookupResponse(const grpc::ByteBuffer& bytes);

grpc::ByteBuffer EncodePushResponse(const PushReply& reply);
absl::StatusOr<PushReply> DecodePushResponse(const grpc::ByteBuffer& bytes);

}  // namespace rowhouse::wire

#endif  // ROWHOUSE_PROTO_WIRE_HOT_H_
