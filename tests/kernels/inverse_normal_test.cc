#include "kernels/inverse_normal.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rowhouse::kernels {
namespace {

// Exact quantiles of the doubles given, to 16 digits.
TEST(InverseNormal, KnownQuantiles) {
  const struct {
    double q, z;
  } kCases[] = {
      {0x1p-54, 1.3914582123358836e-16}, {0.1, 0.25334710313579983},
      {0.25, 0.6744897501960817},        {0.3, 0.8416212335729142},
      {0.42, 1.4050715603096324},        {0.43, 1.4757910281791706},
      {0.475, 1.9599639845400538},       {0.5 - 0x1p-54, 8.292361075813595},
  };
  for (const auto& c : kCases) {
    EXPECT_NEAR(InverseNormal(c.q) / c.z, 1, 2e-11) << c.q;
    EXPECT_EQ(InverseNormal(-c.q), -InverseNormal(c.q)) << c.q;
  }
}

TEST(InverseNormal, InvertsTheDistributionEverywhere) {
  // A relative error e of z is an error of about z^2 e of a tail.
  for (int i = 1; i < 4096; ++i) {
    const double q = 0.5 * i / 4096;
    const double z = InverseNormal(q);
    ASSERT_NEAR(std::erf(z / std::sqrt(2.0)) / (2 * q), 1, 3e-11) << q;
  }
  for (double tail = 0.08; tail >= 0x1p-54; tail *= 0.97) {
    // What 0.5 - q really is, q being a double.
    const double q = 0.5 - tail;
    const double p = 0.5 - q;
    const double z = InverseNormal(q);
    ASSERT_NEAR(std::erfc(z / std::sqrt(2.0)) / (2 * p), 1, 2e-11 * (z * z + 1))
        << p;
  }
}

TEST(InverseNormal, RisesAcrossTheSeamOfItsTwoParts) {
  double before = InverseNormal(0.4249);
  for (double q = 0.42495; q < 0.4252; q += 1e-6) {
    const double z = InverseNormal(q);
    ASSERT_GT(z, before) << q;
    before = z;
  }
}

TEST(PortableLog, AgreesWithTheLibrary) {
  for (double x = 0x1p-54; x < 0x1p54; x *= 1.0037) {
    ASSERT_NEAR(PortableLog(x), std::log(x),
                1e-15 + 4e-16 * std::fabs(std::log(x)))
        << x;
  }
  EXPECT_EQ(PortableLog(1), 0);
  EXPECT_EQ(PortableLog(0x1p-54), -54 * 0.6931471805599453);
}

}  // namespace
}  // namespace rowhouse::kernels
