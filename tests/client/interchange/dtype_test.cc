#include "client/interchange/dtype.h"

#include <gtest/gtest.h>

namespace rowhouse::interchange {
namespace {

TEST(DtypeTest, NumbersAreTensorFlows) {
  EXPECT_EQ(DtypeOfNumber(1), Dtype::kFloat32);
  EXPECT_EQ(DtypeOfNumber(7), Dtype::kString);
  EXPECT_EQ(DtypeOfNumber(14), Dtype::kBfloat16);
  EXPECT_EQ(DtypeOfNumber(23), Dtype::kUint64);
}

TEST(DtypeTest, OtherNumbersAreNone) {
  // Quantized, resource, variant, a reference, nonsense.
  for (const int number : {0, 11, 20, 21, 101, -1}) {
    EXPECT_EQ(DtypeOfNumber(number), std::nullopt) << number;
  }
}

TEST(DtypeTest, NamesGoBothWays) {
  for (int number = 0; number < 32; ++number) {
    const auto dtype = DtypeOfNumber(number);
    if (!dtype) continue;
    EXPECT_EQ(DtypeOfName(DtypeName(*dtype)), dtype) << number;
  }
  EXPECT_EQ(DtypeOfName("half"), std::nullopt);
  EXPECT_EQ(DtypeOfName(""), std::nullopt);
}

TEST(DtypeTest, TypesThatAreNotCut) {
  int whole = 0;
  for (int number = 0; number < 32; ++number) {
    const auto dtype = DtypeOfNumber(number);
    whole += dtype && !CanBeCut(*dtype) ? 1 : 0;
  }
  EXPECT_EQ(whole, 5);
  EXPECT_FALSE(CanBeCut(Dtype::kString));
  EXPECT_TRUE(CanBeCut(Dtype::kInt16));
}

TEST(DtypeTest, SizesOfItems) {
  EXPECT_EQ(ItemBytes(Dtype::kFloat32), 4);
  EXPECT_EQ(ItemBytes(Dtype::kComplex128), 16);
  EXPECT_EQ(ItemBytes(Dtype::kString), 0);
  EXPECT_EQ(SwapBytes(Dtype::kComplex128), 8);
  EXPECT_EQ(SwapBytes(Dtype::kBool), 1);
}

}  // namespace
}  // namespace rowhouse::interchange
