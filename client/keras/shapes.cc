#include "client/keras/shapes.h"

#include <cstddef>
#include <optional>
#include <string>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace rowhouse::internal {
namespace {

using keras::Lengths;

std::string ListText(const Lengths& sizes) {
  return absl::StrCat(
      "[",
      absl::StrJoin(sizes, ", ",
                    [](std::string* out, std::optional<std::int64_t> size) {
                      absl::StrAppend(out, size.has_value()
                                               ? absl::StrCat(*size)
                                               : "unknown");
                    }),
      "]");
}

absl::Status Contradiction(absl::string_view layer, const Lengths& lengths,
                           const Lengths& shape) {
  return absl::InvalidArgumentError(
      absl::StrCat("layer \"", layer, "\": input_length is ", ListText(lengths),
                   ", but the input has shape ", ListText(shape)));
}

}  // namespace

absl::StatusOr<keras::PartialShape> OutputShape(
    absl::string_view layer, const keras::InputLength& input_length,
    std::int64_t output_dim, const keras::PartialShape& input_shape) {
  keras::PartialShape out = input_shape;
  if (!std::holds_alternative<std::monostate>(input_length)) {
    const auto* one = std::get_if<std::int64_t>(&input_length);
    const Lengths lengths =
        one != nullptr ? Lengths{*one} : std::get<Lengths>(input_length);
    if (lengths.size() + 1 != input_shape.size()) {
      return Contradiction(layer, lengths, input_shape);
    }
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      std::optional<std::int64_t>& size = out[i + 1];
      if (!lengths[i].has_value()) continue;
      if (size.has_value() && *size != *lengths[i]) {
        return Contradiction(layer, lengths, input_shape);
      }
      size = lengths[i];
    }
  }
  out.emplace_back(output_dim);
  return out;
}

absl::StatusOr<std::optional<std::int64_t>> ModelLength(
    absl::string_view layer, const keras::InputLength& input_length) {
  if (const auto* lengths = std::get_if<Lengths>(&input_length)) {
    if (lengths->empty()) return std::optional<std::int64_t>();
    return absl::InvalidArgumentError(
        absl::StrCat("layer \"", layer, "\": input_length ", ListText(*lengths),
                     " is no single length of a model"));
  }
  const auto* length = std::get_if<std::int64_t>(&input_length);
  // Keras reads 0 as none here.
  if (length == nullptr || *length == 0) return std::optional<std::int64_t>();
  if (*length < 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "layer \"", layer, "\": input_length ", *length, " is negative"));
  }
  return std::optional<std::int64_t>(*length);
}

absl::StatusOr<Features::Tensor> ConformToModel(
    absl::string_view layer, std::optional<std::int64_t> length,
    Features::Tensor tensor) {
  // Sizes of a ragged tensor are not known.
  if (tensor.layout == Features::Layout::kRagged) return tensor;
  Features::Shape& shape = tensor.shape;
  const bool ends_in_one = !shape.empty() && shape.back() == 1;
  const std::size_t compared = shape.size() - (ends_in_one ? 1 : 0);
  if (length.has_value() && *length != 1 && compared >= 2 &&
      shape[1] != *length) {
    return absl::InvalidArgumentError(absl::StrCat(
        "layer \"", layer, "\": its model takes inputs of shape [batch, ",
        *length, "], got [", absl::StrJoin(shape, ", "), "]"));
  }
  if (tensor.layout == Features::Layout::kSparse) return tensor;
  if (ends_in_one && shape.size() == 3) {
    shape.pop_back();
  } else if (shape.size() == 1 && length == 1) {
    shape.push_back(1);
  }
  return tensor;
}

}  // namespace rowhouse::internal
