#include "rowhouse/dtype.h"

#include <array>
#include <bit>
#include <cmath>

namespace rowhouse {
namespace {

constexpr std::array<absl::string_view, 14> kNames = {
    "string", "bool",   "int8",   "int16",   "int32",    "int64",   "uint8",
    "uint16", "uint32", "uint64", "float16", "bfloat16", "float32", "float64"};

constexpr std::uint32_t kSignBit = 0x80000000u;

// `bits` without the lowest `count` ones, to the nearest, ties to even.
// REQUIRES: 1 <= count <= 24.
std::uint32_t RoundedShift(std::uint32_t bits, int count) {
  const std::uint32_t half = 1u << (count - 1);
  const std::uint32_t odd = (bits >> count) & 1u;
  return (bits + half - 1u + odd) >> count;
}

}  // namespace

absl::string_view DTypeName(DType dtype) {
  return kNames[static_cast<std::size_t>(dtype)];
}

std::optional<DType> ParseDType(absl::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<DType>(i);
  }
  return std::nullopt;
}

bool IsInteger(DType dtype) {
  return dtype >= DType::kInt8 && dtype <= DType::kUint64;
}

bool IsFloating(DType dtype) { return dtype >= DType::kFloat16; }

Float16 Float16::From(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((bits & kSignBit) >> 16);
  const std::uint32_t magnitude = bits & ~kSignBit;
  std::uint32_t half = 0;
  if (magnitude > 0x7f800000u) {  // NaN: quiet, the upper payload kept
    half = 0x7e00u | ((magnitude >> 13) & 0x3ffu);
  } else if (magnitude >= 0x477ff000u) {  // 65,520: rounds up to infinity
    half = 0x7c00u;
  } else if (magnitude >= 0x38800000u) {  // 2^-14, the least normal half
    half = RoundedShift(magnitude - (112u << 23), 13);
  } else if (magnitude >= 0x33000000u) {  // 2^-25: rounds to a subnormal
    const int exponent = static_cast<int>(magnitude >> 23);
    half = RoundedShift((magnitude & 0x7fffffu) | 0x800000u, 126 - exponent);
  }
  return {static_cast<std::uint16_t>(sign | half)};
}

float Float16::ToFloat() const {
  const std::uint32_t sign = (bits & 0x8000u) << 16;
  const std::uint32_t exponent = (bits >> 10) & 0x1fu;
  const std::uint32_t mantissa = bits & 0x3ffu;
  if (exponent == 0) {
    const float magnitude = std::ldexp(static_cast<float>(mantissa), -24);
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(magnitude));
  }
  const std::uint32_t wide = exponent == 0x1fu ? 0xffu : exponent + 112u;
  return std::bit_cast<float>(sign | (wide << 23) | (mantissa << 13));
}

Bfloat16 Bfloat16::From(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) {
    return {static_cast<std::uint16_t>((bits >> 16) | 0x40u)};
  }
  return {static_cast<std::uint16_t>(RoundedShift(bits, 16))};
}

float Bfloat16::ToFloat() const {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

}  // namespace rowhouse
