#include "proto/wire/message_bytes.h"

#include <grpcpp/support/proto_buffer_reader.h>

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"

namespace rowhouse::wire {
namespace {

struct Memory {
  std::unique_ptr<std::uint8_t[]> bytes;
  FreedCallback freed;
};

void Free(void* memory) {
  const std::unique_ptr<Memory> own(static_cast<Memory*>(memory));
  own->bytes.reset();
  own->freed();
}

}  // namespace

grpc::Slice NewSlice(std::size_t bytes, FreedCallback freed) {
  if (freed == nullptr) return grpc::Slice(bytes);
  auto memory = std::make_unique<Memory>();
  memory->bytes = std::make_unique_for_overwrite<std::uint8_t[]>(bytes);
  memory->freed = std::move(freed);
  std::uint8_t* const begin = memory->bytes.get();
  return grpc::Slice(begin, bytes, &Free, memory.release());
}

grpc::ByteBuffer Serialize(const google::protobuf::MessageLite& message,
                           FreedCallback freed) {
  const grpc::Slice slice = NewSlice(message.ByteSizeLong(), std::move(freed));
  message.SerializeWithCachedSizesToArray(Writable(slice));
  return grpc::ByteBuffer(&slice, 1);
}

absl::Status Parse(const grpc::ByteBuffer& bytes,
                   google::protobuf::MessageLite& message) {
  message.Clear();
  if (!bytes.Valid()) return absl::OkStatus();
  grpc::ByteBuffer copy = bytes;  // of references: the reader is not const
  grpc::ProtoBufferReader reader(&copy);
  if (reader.status().ok() && message.ParseFromZeroCopyStream(&reader)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      message.GetTypeName(), ": ", bytes.Length(), " malformed bytes"));
}

}  // namespace rowhouse::wire
