// Types of the numbers in files of other systems.
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_DTYPE_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_DTYPE_H_

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"

namespace rowhouse::interchange {

// The values are TensorFlow's numbers: in checkpoints, do not change.
enum class Dtype {
  kFloat32 = 1,
  kFloat64 = 2,
  kInt32 = 3,
  kUint8 = 4,
  kInt16 = 5,
  kInt8 = 6,
  kString = 7,
  kComplex64 = 8,
  kInt64 = 9,
  kBool = 10,
  kBfloat16 = 14,
  kUint16 = 17,
  kComplex128 = 18,
  kFloat16 = 19,
  kUint32 = 22,
  kUint64 = 23,
};

// None for a number that is none of these.
std::optional<Dtype> DtypeOfNumber(int number);

// TensorFlow's name: "float32", "string".
absl::string_view DtypeName(Dtype dtype);
std::optional<Dtype> DtypeOfName(absl::string_view name);

// Bytes of one value; 0 for strings.
std::size_t ItemBytes(Dtype dtype);

// Bytes that change places between byte orders: half a complex number.
std::size_t SwapBytes(Dtype dtype);

// Whether TensorFlow reads parts of such tensors. It saves parts of every type,
// but cannot read them again where this is false: float16, uint16, uint32,
// uint64 and strings.
bool CanBeCut(Dtype dtype);

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_DTYPE_H_
