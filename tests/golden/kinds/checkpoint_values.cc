#include "tests/golden/kinds/checkpoint_values.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace rowhouse::golden {
namespace {

using interchange::Dtype;

absl::Status Differs(absl::string_view what, std::size_t index,
                     absl::string_view actual, const Json& expected) {
  return absl::InvalidArgumentError(absl::StrCat(
      what, ": value ", index, " is ", actual, ", expected ", expected.dump()));
}

template <typename T>
T Load(const std::string& bytes, std::size_t index) {
  T value;
  std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

float FromFloat16(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const float fraction = static_cast<float>(bits & 1023);
  const float sign = (bits & 0x8000) != 0 ? -1.0f : 1.0f;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  if (exponent == 31) return fraction == 0 ? sign * INFINITY : NAN;
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

float FromBfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

bool SameFloat(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

// `narrow`: the expected number was printed as a float32.
absl::Status CompareFloats(absl::string_view what, const Json& expected,
                           bool narrow, auto actual) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ROWHOUSE_ASSIGN_OR_RETURN(double number, ReadNumber(expected[i]));
    if (narrow) number = static_cast<double>(static_cast<float>(number));
    const double value = actual(i);
    if (!SameFloat(value, number)) {
      return Differs(what, i, absl::StrCat(value), expected[i]);
    }
  }
  return absl::OkStatus();
}

template <typename T>
absl::Status CompareIntegers(absl::string_view what, const Json& expected,
                             const std::string& bytes) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const T value = Load<T>(bytes, i);
    const bool same = expected[i].is_boolean()
                          ? value == static_cast<T>(expected[i].get<bool>())
                          : expected[i] == value;
    if (!same) return Differs(what, i, absl::StrCat(value), expected[i]);
  }
  return absl::OkStatus();
}

absl::Status CompareStrings(absl::string_view what, const Json& expected,
                            const std::vector<std::string>& strings) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ROWHOUSE_ASSIGN_OR_RETURN(const std::string bytes, ReadBytes(expected[i]));
    if (strings[i] != bytes) {
      return Differs(what, i, BytesToJson(strings[i]).dump(), expected[i]);
    }
  }
  return absl::OkStatus();
}

absl::Status CompareNumbers(absl::string_view what, const Json& expected,
                            const interchange::Tensor& actual) {
  const std::string& bytes = actual.bytes;
  switch (actual.info.dtype) {
    case Dtype::kFloat32:
    case Dtype::kComplex64:
      return CompareFloats(what, expected, true, [&](std::size_t i) {
        return double{Load<float>(bytes, i)};
      });
    case Dtype::kFloat64:
    case Dtype::kComplex128:
      return CompareFloats(what, expected, false, [&](std::size_t i) {
        return Load<double>(bytes, i);
      });
    case Dtype::kFloat16:
      return CompareFloats(what, expected, true, [&](std::size_t i) {
        return double{FromFloat16(Load<std::uint16_t>(bytes, i))};
      });
    case Dtype::kBfloat16:
      return CompareFloats(what, expected, true, [&](std::size_t i) {
        return double{FromBfloat16(Load<std::uint16_t>(bytes, i))};
      });
    case Dtype::kBool:
    case Dtype::kUint8:
      return CompareIntegers<std::uint8_t>(what, expected, bytes);
    case Dtype::kInt8:
      return CompareIntegers<std::int8_t>(what, expected, bytes);
    case Dtype::kInt16:
      return CompareIntegers<std::int16_t>(what, expected, bytes);
    case Dtype::kUint16:
      return CompareIntegers<std::uint16_t>(what, expected, bytes);
    case Dtype::kInt32:
      return CompareIntegers<std::int32_t>(what, expected, bytes);
    case Dtype::kUint32:
      return CompareIntegers<std::uint32_t>(what, expected, bytes);
    case Dtype::kInt64:
      return CompareIntegers<std::int64_t>(what, expected, bytes);
    case Dtype::kUint64:
      return CompareIntegers<std::uint64_t>(what, expected, bytes);
    case Dtype::kString:
      return CompareStrings(what, expected, actual.strings);
  }
  return absl::InvalidArgumentError("a type that nobody compares");
}

bool IsComplex(Dtype dtype) {
  return dtype == Dtype::kComplex64 || dtype == Dtype::kComplex128;
}

}  // namespace

absl::Status CompareStored(absl::string_view what,
                           const interchange::Tensor& actual,
                           const Json& expected) {
  const interchange::TensorInfo& info = actual.info;
  if (expected.at("dtype") != std::string(DtypeName(info.dtype)) ||
      expected.at("shape") != Json(info.shape)) {
    return absl::InvalidArgumentError(absl::StrCat(
        what, " is ", DtypeName(info.dtype), " ",
        interchange::ShapeText(info.shape), ", expected ",
        expected.at("dtype").dump(), " ", expected.at("shape").dump()));
  }
  const Json& values = expected.at("values");
  ROWHOUSE_ASSIGN_OR_RETURN(const std::uint64_t elements,
                            interchange::ElementsOf(info.shape, 16));
  if (values.size() != elements * (IsComplex(info.dtype) ? 2 : 1)) {
    return absl::InvalidArgumentError(absl::StrCat(
        what, ": ", elements, " values, expected ", values.size()));
  }
  return CompareNumbers(what, values, actual);
}

}  // namespace rowhouse::golden
