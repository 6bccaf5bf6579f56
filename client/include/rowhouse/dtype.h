// Element types, by TensorFlow's names.
#ifndef ROWHOUSE_DTYPE_H_
#define ROWHOUSE_DTYPE_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace rowhouse {

enum class DType {
  kString,
  kBool,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUint8,
  kUint16,
  kUint32,
  kUint64,
  kFloat16,
  kBfloat16,
  kFloat32,
  kFloat64,
};

// "string", "bool", "int8", ..., "float64".
absl::string_view DTypeName(DType dtype);

// The type of a name that DTypeName gives; else nothing.
std::optional<DType> ParseDType(absl::string_view name);

// Signed and unsigned; bool is not one.
bool IsInteger(DType dtype);
bool IsFloating(DType dtype);

// IEEE 754 binary16, as it lies in memory.
struct Float16 {
  std::uint16_t bits = 0;

  // The nearest half, ties to even; infinite beyond 65,504.
  static Float16 From(float value);
  // Exact.
  float ToFloat() const;
};

// The upper half of a float, as it lies in memory.
struct Bfloat16 {
  std::uint16_t bits = 0;

  // The nearest one, ties to even.
  static Bfloat16 From(float value);
  // Exact.
  float ToFloat() const;
};

}  // namespace rowhouse

#endif  // ROWHOUSE_DTYPE_H_
