#include "rowhouse/dtype.h"

#include <cmath>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rowhouse {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(DType, HasANameEach) {
  for (int i = 0; i <= static_cast<int>(DType::kFloat64); ++i) {
    const auto dtype = static_cast<DType>(i);
    EXPECT_EQ(ParseDType(DTypeName(dtype)), dtype) << DTypeName(dtype);
  }
  EXPECT_EQ(DTypeName(DType::kUint16), "uint16");
  EXPECT_EQ(DTypeName(DType::kFloat64), "float64");
  EXPECT_EQ(ParseDType("complex64"), std::nullopt);
  EXPECT_EQ(ParseDType(""), std::nullopt);
}

TEST(DType, BelongsToAFamily) {
  EXPECT_TRUE(IsInteger(DType::kInt8));
  EXPECT_TRUE(IsInteger(DType::kUint64));
  EXPECT_FALSE(IsInteger(DType::kBool));
  EXPECT_FALSE(IsInteger(DType::kFloat16));
  EXPECT_TRUE(IsFloating(DType::kFloat16));
  EXPECT_TRUE(IsFloating(DType::kFloat64));
  EXPECT_FALSE(IsFloating(DType::kUint64));
  EXPECT_FALSE(IsFloating(DType::kString));
}

TEST(Float16, RoundsToTheNearestTiesToEven) {
  EXPECT_EQ(Float16::From(0.0f).bits, 0x0000);
  EXPECT_EQ(Float16::From(-0.0f).bits, 0x8000);
  EXPECT_EQ(Float16::From(1.0f).bits, 0x3c00);
  EXPECT_EQ(Float16::From(-2.5f).bits, 0xc100);
  EXPECT_EQ(Float16::From(0.1f).bits, 0x2e66);
  EXPECT_EQ(Float16::From(2049.0f).bits, 0x6800);  // between 2048 and 2050
  EXPECT_EQ(Float16::From(2051.0f).bits, 0x6802);  // between 2050 and 2052
  EXPECT_EQ(Float16::From(65504.0f).bits, 0x7bff);
  EXPECT_EQ(Float16::From(65519.0f).bits, 0x7bff);
  EXPECT_EQ(Float16::From(65520.0f).bits, 0x7c00);
  EXPECT_EQ(Float16::From(-kInf).bits, 0xfc00);
}

TEST(Float16, RoundsToSubnormals) {
  EXPECT_EQ(Float16::From(std::ldexp(1.0f, -14)).bits, 0x0400);
  EXPECT_EQ(Float16::From(std::ldexp(1.0f, -24)).bits, 0x0001);
  EXPECT_EQ(Float16::From(std::ldexp(3.0f, -25)).bits, 0x0002);
  EXPECT_EQ(Float16::From(std::ldexp(1.0f, -25)).bits, 0x0000);
  EXPECT_EQ(Float16::From(std::ldexp(1.1f, -25)).bits, 0x0001);
  EXPECT_EQ(Float16::From(std::ldexp(1.0f, -30)).bits, 0x0000);
  // The greatest below 2^-14 that still rounds up to it.
  EXPECT_EQ(Float16::From(std::ldexp(2047.5f, -25)).bits, 0x0400);
}

TEST(Float16, ComesBackFromEveryPattern) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const Float16 half{static_cast<std::uint16_t>(bits)};
    const float value = half.ToFloat();
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(Float16::From(value).ToFloat())) << bits;
    } else {
      EXPECT_EQ(Float16::From(value).bits, bits);
    }
  }
  EXPECT_EQ(Float16{0x0001}.ToFloat(), std::ldexp(1.0f, -24));
  EXPECT_EQ(Float16{0x7c00}.ToFloat(), kInf);
}

TEST(Bfloat16, IsTheUpperHalfOfAFloatRounded) {
  EXPECT_EQ(Bfloat16::From(1.0f).bits, 0x3f80);
  EXPECT_EQ(Bfloat16::From(-kInf).bits, 0xff80);
  EXPECT_EQ(Bfloat16::From(257.0f).bits, 0x4380);  // between 256 and 258
  EXPECT_EQ(Bfloat16::From(259.0f).bits, 0x4382);  // between 258 and 260
  EXPECT_EQ(Bfloat16::From(std::numeric_limits<float>::max()).bits, 0x7f80);
  EXPECT_TRUE(std::isnan(Bfloat16::From(kNan).ToFloat()));
  EXPECT_EQ(Bfloat16{0x4049}.ToFloat(), 3.140625f);
}

}  // namespace
}  // namespace rowhouse
