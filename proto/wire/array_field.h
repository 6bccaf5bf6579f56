// The values of one repeated fixed-width field of a message in slices.
#ifndef ROWHOUSE_PROTO_WIRE_ARRAY_FIELD_H_
#define ROWHOUSE_PROTO_WIRE_ARRAY_FIELD_H_

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "proto/wire/slice_reader.h"

namespace rowhouse::wire {

// Values are viewed where they lie when they came as one packed run, aligned in
// one slice; else they are gathered into memory of this object, each run copied
// as a whole. T is a 4- or 8-byte integer or float, little-endian on the wire.
template <typename T>
class ArrayField {
  static_assert(std::endian::native == std::endian::little);
  static_assert(sizeof(T) == 4 || sizeof(T) == 8);

 public:
  // Adds the value or packed run of the field that `reader` stands at; another
  // wire type is skipped.
  void ReadFrom(SliceReader& reader) {
    constexpr WireType kOne =
        sizeof(T) == 8 ? WireType::kFixed64 : WireType::kFixed32;
    if (reader.type() == kOne) {
      if (reader.remaining() < sizeof(T)) {
        return reader.Fail("a value passes the end of the message");
      }
      reader.Copy(Grow(1), sizeof(T));
    } else if (auto run = reader.ReadMessage("")) {
      ReadRun(reader, *run);
    }
  }

  std::size_t size() const { return view_.size(); }
  // Valid while this object (moved or not) and the slices live.
  absl::Span<const T> values() const { return view_; }

 private:
  void ReadRun(SliceReader& reader, SliceReader& run) {
    const std::size_t bytes = run.remaining();
    if (bytes % sizeof(T) != 0) {
      return reader.Fail(absl::StrCat("a run of ", bytes,
                                      " bytes is not whole values of ",
                                      sizeof(T), " bytes"));
    }
    if (bytes == 0) return;
    const std::uint8_t* at = view_.empty() ? run.Contiguous(bytes) : nullptr;
    if (at != nullptr &&
        reinterpret_cast<std::uintptr_t>(at) % alignof(T) == 0) {
      view_ = absl::MakeConstSpan(reinterpret_cast<const T*>(at),
                                  bytes / sizeof(T));
      return;
    }
    run.Copy(Grow(bytes / sizeof(T)), bytes);
  }

  // Room for `count` more values behind those that are there. Bounded by the
  // message: every value asked for lies in it.
  T* Grow(std::size_t count) {
    const std::size_t size = view_.size();
    if (size + count > capacity_) {
      const std::size_t capacity = std::max(size + count, 2 * capacity_);
      std::unique_ptr<T[]> block(new T[capacity]);  // not zeroed
      if (size > 0) std::memcpy(block.get(), view_.data(), size * sizeof(T));
      block_ = std::move(block);
      capacity_ = capacity;
    }
    view_ = absl::MakeConstSpan(block_.get(), size + count);
    return block_.get() + size;
  }

  absl::Span<const T> view_;
  std::unique_ptr<T[]> block_;
  std::size_t capacity_ = 0;
};

}  // namespace rowhouse::wire

#endif  // ROWHOUSE_PROTO_WIRE_ARRAY_FIELD_H_
