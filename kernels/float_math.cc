#include "kernels/float_math.h"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "hwy/highway.h"
#include "kernels/log-inl.h"

namespace rowhouse::kernels {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// 1 / 1!, 1 / 2!, ... of the series of e^x, sin and cos.
constexpr int kTerms = 18;
struct Factorials {
  double inverse[kTerms];
};
constexpr Factorials InverseFactorials() {
  Factorials out{};
  double factorial = 1;  // 17! is below 2^53: exact
  for (int i = 0; i < kTerms; ++i) {
    if (i > 0) factorial *= i;
    out.inverse[i] = 1 / factorial;
  }
  return out;
}
constexpr Factorials kFactorials = InverseFactorials();

// e^x for x that is not NaN. Outside (-150, 150), where the float is 0 or
// infinite anyway, 0 or infinity.
double Exp(double x) {
  constexpr double kFloatRange = 150;
  if (x > kFloatRange) return kInfinity;
  if (x < -kFloatRange) return 0;
  // x = k ln 2 + r, |r| <= 0.35. The first part of ln 2 has 32 bits, so its
  // product with k is exact.
  constexpr double kLog2E = 1.4426950408889634;
  constexpr double kLn2High = 0x1.62e42feep-1;
  constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
  const double k = std::floor(x * kLog2E + 0.5);
  const double r = (x - k * kLn2High) - k * kLn2Low;
  // The first term left out, r^14 / 14!, is below 5e-18.
  double y = kFactorials.inverse[13];
  for (int i = 12; i >= 0; --i) y = y * r + kFactorials.inverse[i];
  const auto exponent = static_cast<std::int64_t>(k);
  return y * std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023)
                                   << 52);
}

// x - x^3 / 3! + ... or 1 - x^2 / 2! + ..., |x| <= 0.79: what is left out is
// below 4e-19.
double Sine(double x) {
  double y = 0;
  for (int i = 17; i >= 1; i -= 2) y = kFactorials.inverse[i] - y * (x * x);
  return y * x;
}
double Cosine(double x) {
  double y = 0;
  for (int i = 16; i >= 0; i -= 2) y = kFactorials.inverse[i] - y * (x * x);
  return y;
}

// log |x| for x that is neither zero, infinite nor NaN.
double LogMagnitude(float x) {
  namespace hn = hwy::HWY_NAMESPACE;
  const hn::CappedTag<double, 1> d;
  const auto magnitude = hn::Set(d, std::fabs(static_cast<double>(x)));
  return hn::GetLane(HWY_NAMESPACE::Log(d, magnitude));
}

bool IsWhole(float y) { return std::floor(y) == y; }

// Whether a whole y is odd. Floats from 2^24 on are even.
bool IsOdd(float y) {
  return IsWhole(y) && std::fabs(y) < 0x1p24f &&
         static_cast<std::int32_t>(y) % 2 != 0;
}

}  // namespace

float FloatLog(float x) {
  if (std::isnan(x) || x < 0) return static_cast<float>(kNan);
  if (x == 0) return static_cast<float>(-kInfinity);
  if (std::isinf(x)) return x;
  return static_cast<float>(LogMagnitude(x));
}

float FloatExp(float x) {
  if (std::isnan(x)) return x;
  return static_cast<float>(Exp(x));
}

float FloatCos(float x) {
  if (!std::isfinite(x)) return static_cast<float>(kNan);
  constexpr double kTwoPi = 6.283185307179586;
  constexpr double kAccurate = 0x1p20;
  double turned = std::fabs(static_cast<double>(x));
  if (turned > kAccurate) turned = std::fmod(turned, kTwoPi);  // exact
  // turned = k pi / 2 + r, |r| <= pi / 4. The first two parts of pi / 2 have 32
  // bits, so their products with k are exact.
  constexpr double kTwoOverPi = 0.6366197723675814;
  constexpr double kHalfPiHigh = 0x1.921fb544p+0;
  constexpr double kHalfPiMiddle = 0x1.0b4611a6p-34;
  constexpr double kHalfPiLow = 0x1.3198a2e037073p-69;
  const double k = std::floor(turned * kTwoOverPi + 0.5);
  const double r =
      ((turned - k * kHalfPiHigh) - k * kHalfPiMiddle) - k * kHalfPiLow;
  switch (static_cast<std::int64_t>(k) % 4) {
    case 0:
      return static_cast<float>(Cosine(r));
    case 1:
      return static_cast<float>(-Sine(r));
    case 2:
      return static_cast<float>(-Cosine(r));
    default:
      return static_cast<float>(Sine(r));
  }
}

float FloatPow(float x, float y) {
  if (y == 0 || x == 1) return 1;
  if (std::isnan(x) || std::isnan(y)) return static_cast<float>(kNan);
  const float magnitude = std::fabs(x);
  if (std::isinf(y)) {
    if (magnitude == 1) return 1;
    return (magnitude > 1) == (y > 0) ? y * y : 0;
  }
  const float sign = std::signbit(x) && IsOdd(y) ? -1.0f : 1.0f;
  if (x == 0 || std::isinf(x)) {
    const bool is_zero = (x == 0) == (y > 0);
    return sign * (is_zero ? 0.0f : static_cast<float>(kInfinity));
  }
  if (x < 0 && !IsWhole(y)) return static_cast<float>(kNan);
  return sign * static_cast<float>(Exp(y * LogMagnitude(x)));
}

}  // namespace rowhouse::kernels
