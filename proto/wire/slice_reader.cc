#include "proto/wire/slice_reader.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "proto/wire/utf8.h"

namespace rowhouse::wire {
namespace {

// Messages and groups inside each other, as protobuf bounds them.
constexpr int kDepthMax = 100;

// Longest length protobuf takes: near 2^31 it fears overflow.
constexpr std::uint64_t kLengthMax =
    std::numeric_limits<std::int32_t>::max() - 16;

}  // namespace

SliceReader::SliceReader(absl::Span<const grpc::Slice> slices,
                         absl::string_view message)
    : slice_(slices.data()), depth_left_(kDepthMax), message_(message) {
  for (const grpc::Slice& slice : slices) left_ += slice.size();
  end_position_ = left_;
  if (!slices.empty()) {
    at_ = slice_->begin();
    end_ = slice_->end();
  }
}

void SliceReader::Fail(absl::string_view what) {
  Fail(absl::InvalidArgumentError(absl::StrCat(message_, ": field ", field(),
                                               " at byte ", field_position_,
                                               ": ", what)));
}

void SliceReader::Fail(absl::Status status) {
  if (!status_.ok()) return;
  status_ = std::move(status);
  left_ = 0;
}

const std::uint8_t* SliceReader::Contiguous(std::size_t size) {
  if (size > left_) return nullptr;
  while (left_ > 0 && at_ == end_) {
    ++slice_;
    at_ = slice_->begin();
    end_ = slice_->end();
  }
  return static_cast<std::size_t>(end_ - at_) >= size ? at_ : nullptr;
}

bool SliceReader::ReadByte(std::uint8_t& byte) {
  const std::uint8_t* at = left_ > 0 ? Contiguous(1) : nullptr;
  if (at == nullptr) return false;
  byte = *at;
  ++at_;
  --left_;
  return true;
}

void SliceReader::Copy(void* to, std::size_t size) {
  auto* out = static_cast<std::uint8_t*>(to);
  while (size > 0) {
    if (Contiguous(1) == nullptr) return;
    const std::size_t piece =
        std::min(size, static_cast<std::size_t>(end_ - at_));
    std::memcpy(out, at_, piece);
    out += piece;
    at_ += piece;
    left_ -= piece;
    size -= piece;
  }
}

void SliceReader::Advance(std::size_t size) {
  while (size > 0) {
    if (Contiguous(1) == nullptr) return;
    const std::size_t piece =
        std::min(size, static_cast<std::size_t>(end_ - at_));
    at_ += piece;
    left_ -= piece;
    size -= piece;
  }
}

bool SliceReader::ReadVarint(std::uint64_t& value) {
  std::uint64_t result = 0;
  std::uint8_t byte = 0;
  for (int i = 0; i < 10; ++i) {
    if (!ReadByte(byte)) {
      Fail("a varint passes the end of its message");
      return false;
    }
    result |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      value = result;
      return true;
    }
  }
  Fail("a varint is longer than 10 bytes");
  return false;
}

bool SliceReader::ReadTag() {
  field_position_ = position();
  tag_ = 0;
  std::uint32_t tag = 0;
  std::uint8_t byte = 0x80;
  for (int i = 0; byte >= 0x80; ++i) {
    if (i == 5 || !ReadByte(byte)) {
      Fail("a tag is longer than 5 bytes or passes the end of its message");
      return false;
    }
    tag |= static_cast<std::uint32_t>(byte & 0x7f) << (7 * i);
  }
  tag_ = tag;
  if (field() == 0) {
    Fail("there is no such field number");
    return false;
  }
  if ((tag & 7) > 5) {
    Fail(absl::StrCat("there is no wire type ", tag & 7));
    return false;
  }
  return true;
}

bool SliceReader::ReadLength(std::size_t& length) {
  std::uint64_t value = 0;
  const std::size_t before = left_;
  if (!ReadVarint(value)) return false;
  if (before - left_ > 5 || value > kLengthMax) {
    Fail("a length is longer than 5 bytes or above 2^31");
    return false;
  }
  if (value > left_) {
    Fail(absl::StrCat("length ", value, " passes the end of its message, ",
                      left_, " bytes ahead"));
    return false;
  }
  length = value;
  return true;
}

bool SliceReader::Next() {
  if (left_ == 0) return false;
  if (!ReadTag()) return false;
  if (type() == WireType::kEndGroup) {
    Fail("ends a group that was not begun");
    return false;
  }
  return true;
}

void SliceReader::ReadUint64(std::uint64_t& value) {
  if (type() != WireType::kVarint) return Skip();
  ReadVarint(value);
}

void SliceReader::ReadUint32(std::uint32_t& value) {
  if (type() != WireType::kVarint) return Skip();
  std::uint64_t wide = 0;
  if (ReadVarint(wide)) value = static_cast<std::uint32_t>(wide);
}

void SliceReader::ReadEnum(std::int32_t& value) {
  if (type() != WireType::kVarint) return Skip();
  std::uint64_t wide = 0;
  if (ReadVarint(wide)) value = static_cast<std::int32_t>(wide);
}

void SliceReader::ReadFixed64(std::uint64_t& value) {
  if (type() != WireType::kFixed64) return Skip();
  if (left_ < sizeof(value)) return Fail("8 bytes pass the end of the message");
  Copy(&value, sizeof(value));
}

void SliceReader::ReadFloat(float& value) {
  if (type() != WireType::kFixed32) return Skip();
  if (left_ < sizeof(value)) return Fail("4 bytes pass the end of the message");
  Copy(&value, sizeof(value));
}

void SliceReader::ReadString(std::size_t bytes_max, absl::string_view& value,
                             std::string& storage) {
  if (type() != WireType::kBytes) return Skip();
  std::size_t size = 0;
  if (!ReadLength(size)) return;
  if (size > bytes_max) {
    return Fail(absl::StrCat(size, " bytes of text, at most ", bytes_max));
  }
  if (const std::uint8_t* at = Contiguous(size); at != nullptr) {
    value = absl::string_view(reinterpret_cast<const char*>(at), size);
    storage.clear();
    Advance(size);
  } else {
    storage.resize(size);
    Copy(storage.data(), size);
    value = storage;
  }
  if (ValidUtf8Prefix(value) != size) Fail("the text is not UTF-8");
}

std::optional<SliceReader> SliceReader::ReadMessage(absl::string_view message) {
  if (type() != WireType::kBytes) {
    Skip();
    return std::nullopt;
  }
  std::size_t size = 0;
  if (!ReadLength(size)) return std::nullopt;
  SliceReader inner = *this;
  inner.left_ = size;
  inner.end_position_ = position() + size;
  inner.depth_left_ = depth_left_ - 1;
  inner.message_ = message;
  Advance(size);
  return inner;
}

void SliceReader::Skip() {
  if (type() == WireType::kGroup) return SkipGroup();
  SkipValue();
}

void SliceReader::SkipValue() {
  std::size_t size = 0;
  switch (type()) {
    case WireType::kVarint: {
      std::uint64_t ignored = 0;
      ReadVarint(ignored);
      return;
    }
    case WireType::kBytes:
      if (!ReadLength(size)) return;
      break;
    case WireType::kFixed64:
      size = 8;
      break;
    case WireType::kFixed32:
      size = 4;
      break;
    case WireType::kGroup:
    case WireType::kEndGroup:
      return;
  }
  if (size > left_) {
    return Fail(absl::StrCat(size, " bytes pass the end of the message"));
  }
  Advance(size);
}

void SliceReader::SkipGroup() {
  absl::InlinedVector<std::uint32_t, 8> open = {tag_};
  while (!open.empty()) {
    if (static_cast<int>(open.size()) > depth_left_) {
      return Fail("groups are nested too deep");
    }
    if (!ReadTag()) return;
    if (type() == WireType::kGroup) {
      open.push_back(tag_);
    } else if (type() == WireType::kEndGroup) {
      if (tag_ - 1 != open.back()) {
        return Fail(absl::StrCat("ends group ", open.back() >> 3));
      }
      open.pop_back();
    } else {
      SkipValue();
      if (!status_.ok()) return;
    }
  }
}

}  // namespace rowhouse::wire
