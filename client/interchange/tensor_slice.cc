#include "client/interchange/tensor_slice.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"

namespace rowhouse::interchange {
namespace {

// NUM(v): how many bytes, then those, high byte first. 0 has none.
void AppendNumber(std::uint64_t value, std::string& key) {
  int bytes = 0;
  while (bytes < 8 && (value >> (8 * bytes)) != 0) ++bytes;
  key.push_back(static_cast<char>(bytes));
  while (bytes > 0) key.push_back(static_cast<char>(value >> (8 * --bytes)));
}

// STR(s): 00 and FF are escaped, 00 01 ends it.
void AppendText(absl::string_view text, std::string& key) {
  for (const char c : text) {
    key.push_back(c);
    if (c == '\0') key.push_back('\xff');
    if (c == '\xff') key.push_back('\0');
  }
  key.append("\0\1", 2);
}

// SNUM(v): the shortest n bytes that hold the value in 7n - 1 bits of two's
// complement, high byte first, with n ones in front (inverted when negative).
void AppendSigned(std::int64_t value, std::string& key) {
  const std::uint64_t magnitude =
      static_cast<std::uint64_t>(value < 0 ? ~value : value);
  int bytes = 1;
  while (bytes < 10 && (magnitude >> (7 * bytes - 1)) != 0) ++bytes;
  // Sign-extended to ten bytes, the longest form.
  char extended[10];
  for (int i = 0; i < 10; ++i) {
    const int from_end = 9 - i;
    extended[i] = from_end >= 8
                      ? static_cast<char>(value < 0 ? 0xff : 0)
                      : static_cast<char>(static_cast<std::uint64_t>(value) >>
                                          (8 * from_end));
  }
  char* const first = extended + 10 - bytes;
  if (bytes < 8) {
    first[0] = static_cast<char>(first[0] ^ (0xff << (8 - bytes)));
  } else {
    first[0] = static_cast<char>(first[0] ^ 0xff);
    if (bytes > 8) {
      first[1] = static_cast<char>(first[1] ^ (0xff << (16 - bytes)));
    }
  }
  key.append(first, static_cast<std::size_t>(bytes));
}

absl::StatusOr<Extent> ParseExtent(absl::string_view text) {
  if (text == "-") return Extent{};
  const std::vector<absl::string_view> numbers =
      absl::StrSplit(text, ',', absl::SkipEmpty());
  Extent extent;
  if (numbers.size() != 2 || !absl::SimpleAtoi(numbers[0], &extent.start) ||
      !absl::SimpleAtoi(numbers[1], &extent.length)) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "' is neither - nor START,LENGTH"));
  }
  if (extent.start < 0 || extent.length <= 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "extent ", text, ": the start is 0 or more, the length 1 or more"));
  }
  return extent;
}

}  // namespace

std::string SliceText(const TensorSlice& slice) {
  return absl::StrJoin(slice, ":", [](std::string* out, const Extent& extent) {
    if (extent.length == Extent::kWholeAxis) {
      absl::StrAppend(out, "-");
    } else {
      absl::StrAppend(out, extent.start, ",", extent.length);
    }
  });
}

absl::StatusOr<TensorSlice> ParseSlice(absl::string_view text) {
  TensorSlice slice;
  for (const absl::string_view part :
       absl::StrSplit(text, ':', absl::SkipEmpty())) {
    ROWHOUSE_ASSIGN_OR_RETURN(const Extent extent, ParseExtent(part));
    slice.push_back(extent);
  }
  return slice;
}

TensorSlice WholeSlice(std::size_t rank) { return TensorSlice(rank); }

absl::StatusOr<TensorSlice> BoxOf(const TensorSlice& slice,
                                  absl::Span<const std::int64_t> shape) {
  if (slice.size() != shape.size()) {
    return absl::InternalError(
        absl::StrCat("slice ", SliceText(slice), " has ", slice.size(),
                     " axes, shape ", ShapeText(shape), " has ", shape.size()));
  }
  TensorSlice box = slice;
  for (std::size_t axis = 0; axis < box.size(); ++axis) {
    Extent& extent = box[axis];
    if (extent.length == Extent::kWholeAxis) {
      extent = {.start = 0, .length = shape[axis]};
    } else if (extent.start < 0 || extent.length < 0 ||
               extent.start > shape[axis] ||
               extent.length > shape[axis] - extent.start) {
      return absl::InternalError(absl::StrCat("slice ", SliceText(slice),
                                              " leaves axis ", axis,
                                              " of shape ", ShapeText(shape)));
    }
  }
  return box;
}

Shape ShapeOfBox(const TensorSlice& box) {
  Shape shape;
  shape.reserve(box.size());
  for (const Extent& extent : box) shape.push_back(extent.length);
  return shape;
}

absl::StatusOr<ShapeAndSlice> ParseShapeAndSlice(absl::string_view text) {
  std::vector<absl::string_view> words = absl::StrSplit(text, ' ');
  if (words.size() < 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "' is not a shape and a slice"));
  }
  ShapeAndSlice parsed;
  ROWHOUSE_ASSIGN_OR_RETURN(parsed.slice, ParseSlice(words.back()));
  words.pop_back();
  for (const absl::string_view word : words) {
    std::int64_t size = 0;
    if (!absl::SimpleAtoi(word, &size) || size < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", word, "' in '", text, "' is no size of an axis"));
    }
    parsed.shape.push_back(size);
  }
  return parsed;
}

std::string SliceKey(absl::string_view name, const TensorSlice& slice) {
  return absl::StrCat(SliceKeyFront(name), SliceKeyEnd(slice));
}

std::string SliceKeyFront(absl::string_view name) {
  std::string key;
  AppendNumber(0, key);
  AppendText(name, key);
  return key;
}

std::string SliceKeyEnd(const TensorSlice& slice) {
  std::string key;
  AppendNumber(slice.size(), key);
  for (const Extent& extent : slice) {
    AppendSigned(extent.start, key);
    AppendSigned(extent.length, key);
  }
  return key;
}

}  // namespace rowhouse::interchange
