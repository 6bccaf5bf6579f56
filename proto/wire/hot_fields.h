// What the hot messages have alike.
#ifndef ROWHOUSE_PROTO_WIRE_HOT_FIELDS_H_
#define ROWHOUSE_PROTO_WIRE_HOT_FIELDS_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/requests.h"
#include "proto/wire/array_field.h"
#include "proto/wire/slice_reader.h"

namespace rowhouse::wire {

// References to the bytes, which are not copied.
absl::StatusOr<std::vector<grpc::Slice>> SlicesOf(
    const grpc::ByteBuffer& bytes);

// The name of a table: a view into the slices, or text of this object, which
// may be moved.
class TableName {
 public:
  // INVALID_ARGUMENT beyond kTableNameBytesMax.
  void ReadFrom(SliceReader& reader);
  absl::string_view text() const {
    return storage_.empty() ? view_ : absl::string_view(storage_);
  }

 private:
  absl::string_view view_;
  std::string storage_;
};

// Reads ids while the request's total allows, RESOURCE_EXHAUSTED beyond;
// `ids_left` is what it allows.
void ReadIds(SliceReader& reader, ArrayField<Id>& ids, std::size_t& ids_left);

// A PushHeader's fields; of one that is there again the last value counts. So
// `durability`, from which header.durability is to be made, may be judged when
// the message has ended.
absl::Status ReadPushHeader(SliceReader reader, PushHeader& header,
                            std::int32_t& durability);

}  // namespace rowhouse::wire

#endif  // ROWHOUSE_PROTO_WIRE_HOT_FIELDS_H_
