// Reads the fields of one protobuf message from bytes that lie in any number of
// slices, with the rules of protobuf's own parser.
#ifndef ROWHOUSE_PROTO_WIRE_SLICE_READER_H_
#define ROWHOUSE_PROTO_WIRE_SLICE_READER_H_

#include <grpcpp/support/slice.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rowhouse::wire {

// The three low bits of a tag. On the wire, do not change.
enum class WireType : std::uint8_t {
  kVarint = 0,
  kFixed64 = 1,
  kBytes = 2,
  kGroup = 3,
  kEndGroup = 4,
  kFixed32 = 5,
};

// A cursor over a message. Errors stick: after the first one every read finds
// nothing, Next() is false and status() says what was wrong and where.
//
//   while (reader.Next()) {
//     switch (reader.field()) {
//       case 1: reader.ReadUint32(dim); break;
//       default: reader.Skip();
//     }
//   }
//   return reader.status();
//
// A Read whose wire type is not the field's skips the field and leaves its
// argument as it is: such a field is an unknown one. Not thread-safe; small
// enough to copy. The slices must outlive it and what it hands out.
class SliceReader {
 public:
  // `message` names the message in errors and must be a literal.
  SliceReader(absl::Span<const grpc::Slice> slices, absl::string_view message);

  // Moves to the next field; false at the end of the message or on an error.
  // Each field must be read or skipped before the next call.
  bool Next();
  std::uint32_t field() const { return tag_ >> 3; }
  WireType type() const { return static_cast<WireType>(tag_ & 7); }

  // Read the value of the field that Next() found.
  void ReadUint64(std::uint64_t& value);
  void ReadUint32(std::uint32_t& value);  // longer varints lose high bits
  void ReadEnum(std::int32_t& value);
  void ReadFixed64(std::uint64_t& value);
  void ReadFloat(float& value);
  // A view into the slices, or into `storage` (else empty) where the text spans
  // slices.
  // Longer than `bytes_max` or not UTF-8: an error.
  void ReadString(std::size_t bytes_max, absl::string_view& value,
                  std::string& storage);
  // A reader of the field's bytes; this one moves behind them.
  std::optional<SliceReader> ReadMessage(absl::string_view message);
  void Skip();

  // The bytes ahead, for runs of values.
  std::size_t remaining() const { return left_; }
  // The next `size` bytes where they lie, nullptr when they span slices.
  const std::uint8_t* Contiguous(std::size_t size);
  // Copies the next `size` bytes and moves behind them. REQUIRES:
  // size <= remaining().
  void Copy(void* to, std::size_t size);

  // Ends the reading with INVALID_ARGUMENT or with `status`.
  void Fail(absl::string_view what);
  void Fail(absl::Status status);
  const absl::Status& status() const { return status_; }

 private:
  std::size_t position() const { return end_position_ - left_; }
  bool ReadByte(std::uint8_t& byte);
  // At most 10 bytes; what does not fit into 64 bits is lost.
  bool ReadVarint(std::uint64_t& value);
  bool ReadTag();
  bool ReadLength(std::size_t& length);
  void Advance(std::size_t size);
  // Skips the value of the current tag, which is not a group.
  void SkipValue();
  void SkipGroup();

  const grpc::Slice* slice_;  // that at_ and end_ point into
  const std::uint8_t* at_ = nullptr;
  const std::uint8_t* end_ = nullptr;  // of the slice, maybe not of the message
  std::size_t left_ = 0;               // bytes ahead in the message
  std::size_t end_position_ = 0;       // of the message in the outermost one
  std::size_t field_position_ = 0;
  std::uint32_t tag_ = 0;
  // Groups and messages that may still be opened below this one.
  int depth_left_;
  absl::string_view message_;
  absl::Status status_;
};

}  // namespace rowhouse::wire

#endif  // ROWHOUSE_PROTO_WIRE_SLICE_READER_H_
