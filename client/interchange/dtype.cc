#include "client/interchange/dtype.h"

namespace rowhouse::interchange {
namespace {

struct Row {
  Dtype dtype;
  absl::string_view name;
  std::size_t item_bytes;
  std::size_t swap_bytes;
};

constexpr Row kRows[] = {
    {Dtype::kFloat32, "float32", 4, 4},
    {Dtype::kFloat64, "float64", 8, 8},
    {Dtype::kInt32, "int32", 4, 4},
    {Dtype::kUint8, "uint8", 1, 1},
    {Dtype::kInt16, "int16", 2, 2},
    {Dtype::kInt8, "int8", 1, 1},
    {Dtype::kString, "string", 0, 0},
    {Dtype::kComplex64, "complex64", 8, 4},
    {Dtype::kInt64, "int64", 8, 8},
    {Dtype::kBool, "bool", 1, 1},
    {Dtype::kBfloat16, "bfloat16", 2, 2},
    {Dtype::kUint16, "uint16", 2, 2},
    {Dtype::kComplex128, "complex128", 16, 8},
    {Dtype::kFloat16, "float16", 2, 2},
    {Dtype::kUint32, "uint32", 4, 4},
    {Dtype::kUint64, "uint64", 8, 8},
};

const Row& RowOf(Dtype dtype) {
  for (const Row& row : kRows) {
    if (row.dtype == dtype) return row;
  }
  return kRows[0];  // no other value is made
}

}  // namespace

std::optional<Dtype> DtypeOfNumber(int number) {
  for (const Row& row : kRows) {
    if (static_cast<int>(row.dtype) == number) return row.dtype;
  }
  return std::nullopt;
}

absl::string_view DtypeName(Dtype dtype) { return RowOf(dtype).name; }

std::optional<Dtype> DtypeOfName(absl::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) return row.dtype;
  }
  return std::nullopt;
}

std::size_t ItemBytes(Dtype dtype) { return RowOf(dtype).item_bytes; }

bool CanBeCut(Dtype dtype) {
  switch (dtype) {
    case Dtype::kFloat16:
    case Dtype::kUint16:
    case Dtype::kUint32:
    case Dtype::kUint64:
    case Dtype::kString:
      return false;
    default:
      return true;
  }
}

std::size_t SwapBytes(Dtype dtype) { return RowOf(dtype).swap_bytes; }

}  // namespace rowhouse::interchange
