#include "tools/tensor_json.h"

#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace rowhouse::tools {
namespace {

absl::Status Wrong(absl::string_view what, const TensorJson& json) {
  return absl::InvalidArgumentError(
      absl::StrCat(what, ", not ", json.dump().substr(0, 200)));
}

// A member of an object, or why there is none.
absl::StatusOr<const TensorJson*> Member(const TensorJson& json,
                                         const char* key) {
  const auto it = json.find(key);
  if (it == json.end()) {
    return Wrong(absl::StrCat("a tensor needs '", key, "'"), json);
  }
  return &*it;
}

absl::Status OnlyMembers(const TensorJson& json,
                         std::initializer_list<absl::string_view> known) {
  for (const auto& item : json.items()) {
    bool found = false;
    for (const absl::string_view key : known) found |= item.key() == key;
    if (!found) return Wrong(absl::StrCat("unknown '", item.key(), "'"), json);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::int64_t>> ReadSizes(const TensorJson& json) {
  std::vector<std::int64_t> sizes;
  if (!json.is_array()) return Wrong("a list of integers", json);
  for (const TensorJson& size : json) {
    if (!size.is_number_integer()) return Wrong("an integer", size);
    sizes.push_back(size.get<std::int64_t>());
  }
  return sizes;
}

struct Range {
  std::int64_t low;
  std::int64_t high;
};

template <typename T>
Range RangeOf() {
  return {std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
}

bool FindRange(absl::string_view dtype, Range& range) {
  if (dtype == "bool") range = {0, 1};
  if (dtype == "int8") range = RangeOf<std::int8_t>();
  if (dtype == "int16") range = RangeOf<std::int16_t>();
  if (dtype == "int32") range = RangeOf<std::int32_t>();
  if (dtype == "int64") range = RangeOf<std::int64_t>();
  if (dtype == "uint8") range = RangeOf<std::uint8_t>();
  if (dtype == "uint16") range = RangeOf<std::uint16_t>();
  if (dtype == "uint32") range = RangeOf<std::uint32_t>();
  return range.low < range.high;
}

absl::StatusOr<TensorValues> ReadStrings(const TensorJson& values) {
  std::vector<std::string> strings;
  for (const TensorJson& value : values) {
    ROWHOUSE_ASSIGN_OR_RETURN(strings.emplace_back(), ReadBytes(value));
  }
  return strings;
}

absl::StatusOr<TensorValues> ReadIntegers(const TensorJson& values,
                                          const Range& range) {
  std::vector<std::int64_t> integers;
  for (const TensorJson& value : values) {
    if (value.is_boolean()) {
      integers.push_back(value.get<bool>() ? 1 : 0);
      continue;
    }
    if (!value.is_number_integer()) return Wrong("an integer", value);
    const bool beyond_int64 =
        value.is_number_unsigned() &&
        value.get<std::uint64_t>() >
            std::uint64_t{std::numeric_limits<std::int64_t>::max()};
    const auto integer = value.get<std::int64_t>();
    if (beyond_int64 || integer < range.low || integer > range.high) {
      return Wrong(
          absl::StrCat("an integer in [", range.low, ", ", range.high, "]"),
          value);
    }
    integers.push_back(integer);
  }
  return integers;
}

absl::StatusOr<TensorValues> ReadUnsigned(const TensorJson& values) {
  std::vector<std::uint64_t> integers;
  for (const TensorJson& value : values) {
    if (!value.is_number_unsigned()) return Wrong("an unsigned integer", value);
    integers.push_back(value.get<std::uint64_t>());
  }
  return integers;
}

absl::StatusOr<TensorValues> ReadFloats(const TensorJson& values, bool narrow) {
  std::vector<double> floats;
  for (const TensorJson& value : values) {
    ROWHOUSE_ASSIGN_OR_RETURN(const double number, ReadNumber(value));
    floats.push_back(narrow ? double{static_cast<float>(number)} : number);
  }
  return floats;
}

absl::StatusOr<TensorValues> ReadValues(const std::string& dtype,
                                        const TensorJson& values) {
  if (!values.is_array()) return Wrong("a list of values", values);
  if (dtype == "string") return ReadStrings(values);
  if (dtype == "uint64") return ReadUnsigned(values);
  if (dtype == "float64") return ReadFloats(values, false);
  if (dtype == "float32" || dtype == "float16" || dtype == "bfloat16") {
    return ReadFloats(values, true);
  }
  Range range = {0, 0};
  if (FindRange(dtype, range)) return ReadIntegers(values, range);
  return absl::InvalidArgumentError(
      absl::StrCat("unknown dtype '", dtype, "'"));
}

std::size_t CountOf(const TensorValues& values) {
  return std::visit([](const auto& list) { return list.size(); }, values);
}

absl::Status ReadDense(const TensorJson& json, Tensor& tensor) {
  ROWHOUSE_RETURN_IF_ERROR(OnlyMembers(json, {"dtype", "shape", "values"}));
  ROWHOUSE_ASSIGN_OR_RETURN(const TensorJson* shape, Member(json, "shape"));
  ROWHOUSE_ASSIGN_OR_RETURN(tensor.shape, ReadSizes(*shape));
  double count = 1;  // in floating point no product overflows
  for (const std::int64_t size : tensor.shape) {
    if (size < 0) return Wrong("sizes of 0 and more", *shape);
    count *= static_cast<double>(size);
  }
  if (count != static_cast<double>(CountOf(tensor.values))) {
    return absl::InvalidArgumentError(
        absl::StrCat("a shape of ", count, " values, but ",
                     CountOf(tensor.values), " are given"));
  }
  return absl::OkStatus();
}

absl::Status ReadSparse(const TensorJson& json, Tensor& tensor) {
  tensor.layout = Tensor::Layout::kSparse;
  ROWHOUSE_RETURN_IF_ERROR(
      OnlyMembers(json, {"dtype", "indices", "values", "dense_shape"}));
  ROWHOUSE_ASSIGN_OR_RETURN(const TensorJson* shape,
                            Member(json, "dense_shape"));
  ROWHOUSE_ASSIGN_OR_RETURN(tensor.shape, ReadSizes(*shape));
  ROWHOUSE_ASSIGN_OR_RETURN(const TensorJson* indices, Member(json, "indices"));
  if (indices->size() != CountOf(tensor.values)) {
    return Wrong(absl::StrCat(CountOf(tensor.values), " coordinates"),
                 *indices);
  }
  for (const TensorJson& index : *indices) {
    ROWHOUSE_ASSIGN_OR_RETURN(const auto at, ReadSizes(index));
    if (at.size() != tensor.shape.size()) {
      return Wrong(absl::StrCat(tensor.shape.size(), " coordinates"), index);
    }
    tensor.indices.insert(tensor.indices.end(), at.begin(), at.end());
  }
  return absl::OkStatus();
}

absl::Status ReadRagged(const TensorJson& json, Tensor& tensor) {
  tensor.layout = Tensor::Layout::kRagged;
  ROWHOUSE_RETURN_IF_ERROR(
      OnlyMembers(json, {"dtype", "row_splits", "values", "inner_shape"}));
  ROWHOUSE_ASSIGN_OR_RETURN(const TensorJson* splits,
                            Member(json, "row_splits"));
  if (!splits->is_array() || splits->empty()) {
    return Wrong("a list of row splits", *splits);
  }
  for (const TensorJson& level : *splits) {
    ROWHOUSE_ASSIGN_OR_RETURN(tensor.row_splits.emplace_back(),
                              ReadSizes(level));
  }
  if (json.contains("inner_shape")) {
    ROWHOUSE_ASSIGN_OR_RETURN(tensor.shape, ReadSizes(json.at("inner_shape")));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ReadBytes(const TensorJson& json) {
  if (json.is_string()) return json.get<std::string>();
  std::string bytes;
  if (!json.is_object() || json.size() != 1 || !json.contains("b64") ||
      !json.at("b64").is_string() ||
      !absl::Base64Unescape(json.at("b64").get<std::string>(), &bytes)) {
    return Wrong("a string or {\"b64\": ...}", json);
  }
  return bytes;
}

absl::StatusOr<double> ReadNumber(const TensorJson& json) {
  if (json.is_number()) return json.get<double>();
  if (json == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (json == "inf") return std::numeric_limits<double>::infinity();
  if (json == "-inf") return -std::numeric_limits<double>::infinity();
  return Wrong("a number", json);
}

absl::StatusOr<Tensor> ReadTensor(const TensorJson& json) {
  if (!json.is_object() || json.size() != 1) {
    return Wrong("one of dense, sparse, ragged", json);
  }
  const std::string layout = json.begin().key();
  const TensorJson& body = json.front();
  if (!body.is_object()) return Wrong("a tensor", json);
  Tensor tensor;
  ROWHOUSE_ASSIGN_OR_RETURN(const TensorJson* dtype, Member(body, "dtype"));
  if (!dtype->is_string()) return Wrong("a dtype", *dtype);
  tensor.dtype = dtype->get<std::string>();
  ROWHOUSE_ASSIGN_OR_RETURN(const TensorJson* values, Member(body, "values"));
  ROWHOUSE_ASSIGN_OR_RETURN(tensor.values, ReadValues(tensor.dtype, *values));
  absl::Status read = Wrong("one of dense, sparse, ragged", layout);
  if (layout == "dense") read = ReadDense(body, tensor);
  if (layout == "sparse") read = ReadSparse(body, tensor);
  if (layout == "ragged") read = ReadRagged(body, tensor);
  if (!read.ok()) return read;
  return tensor;
}

TensorJson NumberToJson(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return value;
}

TensorJson BytesToJson(absl::string_view bytes) {
  const TensorJson plain = std::string(bytes);
  // dump() with this handler drops what is not UTF-8.
  const std::string text =
      plain.dump(-1, ' ', false, TensorJson::error_handler_t::ignore);
  if (TensorJson::parse(text).get_ref<const std::string&>() == bytes)
    return plain;
  return {{"b64", absl::Base64Escape(bytes)}};
}

}  // namespace rowhouse::tools
