// Protobuf messages and memory of our own as gRPC bytes.
#ifndef ROWHOUSE_PROTO_WIRE_MESSAGE_BYTES_H_
#define ROWHOUSE_PROTO_WIRE_MESSAGE_BYTES_H_

#include <google/protobuf/message_lite.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <cstddef>
#include <cstdint>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"

namespace rowhouse::wire {

// Called once when gRPC has let go of the last byte, sent or not, in a thread
// of gRPC's: it only counts. None: nobody wants to know.
using FreedCallback = absl::AnyInvocable<void()>;

// Memory of `bytes` bytes, not zeroed.
grpc::Slice NewSlice(std::size_t bytes, FreedCallback freed = nullptr);

// The bytes of a slice that nobody else has seen yet.
inline std::uint8_t* Writable(const grpc::Slice& slice) {
  return const_cast<std::uint8_t*>(slice.begin());
}

// The message in one slice. REQUIRES: it holds at most kMessageBytesMax bytes.
grpc::ByteBuffer Serialize(const google::protobuf::MessageLite& message,
                           FreedCallback freed = nullptr);

// Replaces the message by what the bytes say. INVALID_ARGUMENT naming it.
absl::Status Parse(const grpc::ByteBuffer& bytes,
                   google::protobuf::MessageLite& message);

}  // namespace rowhouse::wire

#endif  // ROWHOUSE_PROTO_WIRE_MESSAGE_BYTES_H_
