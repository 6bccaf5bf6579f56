#include "kernels/float_math.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>

namespace rowhouse::kernels {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kMost = std::numeric_limits<float>::max();

// Sweeps compare with the library's double function, rounded to float: equal,
// or neighbours in the rare case that the exact value is next to half way.
class Sweep {
 public:
  void Compare(float ours, double exact, double x) {
    const auto theirs = static_cast<float>(exact);
    ++count_;
    if (ours == theirs) return;
    ++unequal_;
    const std::int64_t apart = std::int64_t{std::bit_cast<std::int32_t>(ours)} -
                               std::bit_cast<std::int32_t>(theirs);
    EXPECT_LE(std::abs(apart), 1) << x << ": " << ours << " " << theirs;
  }
  ~Sweep() {
    EXPECT_GT(count_, 1000);
    EXPECT_LE(unequal_, count_ / 1000);
  }

 private:
  int count_ = 0;
  int unequal_ = 0;
};

TEST(FloatLog, IsTheNearestFloat) {
  Sweep sweep;
  for (float x = 1e-38f; x < 1e38f; x *= 1.0037f) {
    sweep.Compare(FloatLog(x), std::log(double{x}), x);
  }
  for (float x = 0.9f; x < 1.1f; x += 1e-5f) {
    sweep.Compare(FloatLog(x), std::log(double{x}), x);
  }
}

TEST(FloatLog, Edges) {
  EXPECT_EQ(FloatLog(1), 0);
  EXPECT_EQ(FloatLog(0), -kInfinity);
  EXPECT_EQ(FloatLog(-0.0f), -kInfinity);
  EXPECT_EQ(FloatLog(kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(FloatLog(-1)));
  EXPECT_TRUE(std::isnan(FloatLog(-kInfinity)));
  EXPECT_TRUE(std::isnan(FloatLog(kNan)));
  EXPECT_EQ(FloatLog(0x1p-149f), std::log(0x1p-149f));
}

TEST(FloatExp, IsTheNearestFloat) {
  Sweep sweep;
  for (float x = -110; x < 89; x += 0.0173f) {
    sweep.Compare(FloatExp(x), std::exp(double{x}), x);
  }
}

TEST(FloatExp, Edges) {
  EXPECT_EQ(FloatExp(0), 1);
  EXPECT_EQ(FloatExp(-0.0f), 1);
  EXPECT_EQ(FloatExp(88.8f), kInfinity);
  EXPECT_EQ(FloatExp(kMost), kInfinity);
  EXPECT_EQ(FloatExp(kInfinity), kInfinity);
  EXPECT_EQ(FloatExp(-104), 0);
  EXPECT_EQ(FloatExp(-kMost), 0);
  EXPECT_EQ(FloatExp(-kInfinity), 0);
  EXPECT_TRUE(std::isnan(FloatExp(kNan)));
}

TEST(FloatCos, IsTheNearestFloat) {
  Sweep sweep;
  for (float x = -20; x < 20; x += 0.0137f) {
    sweep.Compare(FloatCos(x), std::cos(double{x}), x);
  }
  for (float x = 20; x < 0x1p20f; x *= 1.0037f) {
    sweep.Compare(FloatCos(x), std::cos(double{x}), x);
  }
  // Floats next to odd multiples of a quarter turn, where cosines are small.
  for (int i = 1; i < 20001; i += 2) {
    const auto x = static_cast<float>(i * 1.5707963267948966);
    sweep.Compare(FloatCos(x), std::cos(double{x}), x);
  }
}

TEST(FloatCos, Edges) {
  EXPECT_EQ(FloatCos(0), 1);
  EXPECT_EQ(FloatCos(-3), FloatCos(3));
  EXPECT_TRUE(std::isnan(FloatCos(kInfinity)));
  EXPECT_TRUE(std::isnan(FloatCos(-kInfinity)));
  EXPECT_TRUE(std::isnan(FloatCos(kNan)));
}

TEST(FloatCos, FarOutItStaysWithinBoundsAndNearTheCosine) {
  for (float x = 0x1p20f; x < 0x1p30f; x *= 1.0037f) {
    EXPECT_NEAR(FloatCos(x), std::cos(double{x}), 1e-7 + x * 1e-16) << x;
  }
  for (float x = 0x1p30f; x < 1e38f; x *= 1.37f) {
    EXPECT_LE(std::fabs(FloatCos(x)), 1) << x;
  }
}

TEST(FloatPow, IsTheNearestFloat) {
  Sweep sweep;
  for (float x = 1e-3f; x < 1e3f; x *= 1.0937f) {
    for (float y = -12; y < 12; y += 0.173f) {
      sweep.Compare(FloatPow(x, y), std::pow(double{x}, double{y}), x);
    }
  }
  for (float y = 1; y < 1e5f; y *= 1.1f) {
    for (const float x : {0.9f, 0.96f, 0.999f, 0.99999f, 1.00001f}) {
      sweep.Compare(FloatPow(x, y), std::pow(double{x}, double{y}), x);
    }
  }
}

TEST(FloatPow, WholePowersThatAFloatHoldsAreExact) {
  for (int i = -149; i < 128; ++i) {
    EXPECT_EQ(FloatPow(2, static_cast<float>(i)), std::ldexp(1.0f, i)) << i;
  }
  float power = 1;
  for (int i = 0; i <= 15; ++i, power *= 3) {
    EXPECT_EQ(FloatPow(3, static_cast<float>(i)), power) << i;
    EXPECT_EQ(FloatPow(-3, static_cast<float>(i)), i % 2 == 0 ? power : -power);
  }
}

// Worked out apart from this code, to 60 digits.
TEST(FloatMath, BitsAreTheSameEverywhere) {
  EXPECT_EQ(FloatPow(1.0001f, 12345.678f), 0x1.b7fc38p+1f);
  EXPECT_EQ(FloatPow(0.999f, 54321), 0x1.82305p-79f);
  EXPECT_EQ(FloatExp(-3.7f), 0x1.9511fcp-6f);
  EXPECT_EQ(FloatLog(0.0012f), -0x1.ae6d82p+2f);
  EXPECT_EQ(FloatCos(12345.678f), 0x1.6b7c4p-1f);
}

// Every pair of special values, against the C library, which follows annex F.
TEST(FloatPow, EdgesAreThoseOfC) {
  const float values[] = {0,         -0.0f,      1,      -1,          2,
                          -2,        0.5f,       -0.5f,  3,           -3,
                          1.5f,      -1.5f,      kMost,  -kMost,      kNan,
                          kInfinity, -kInfinity, 1e-45f, 16777217.0f, 1e10f,
                          -1e10f,    8388609.0f};
  for (const float x : values) {
    for (const float y : values) {
      const float ours = FloatPow(x, y);
      const auto theirs = static_cast<float>(std::pow(double{x}, double{y}));
      if (std::isnan(theirs)) {
        EXPECT_TRUE(std::isnan(ours)) << x << " " << y << " " << ours;
      } else {
        EXPECT_EQ(ours, theirs) << x << " " << y;
        EXPECT_EQ(std::signbit(ours), std::signbit(theirs)) << x << " " << y;
      }
    }
  }
}

}  // namespace
}  // namespace rowhouse::kernels
