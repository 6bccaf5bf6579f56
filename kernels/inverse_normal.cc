#include "kernels/inverse_normal.h"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace rowhouse::kernels {
namespace {

// Two rational functions, each found by interpolating the exact quantile (60
// digits) at Chebyshev nodes of its interval, then rounded to double:
//   |q| <= 0.425:  z = q * P(q^2) / Q(q^2)              error 5e-13
//   otherwise:     z = P(r) / Q(r), r = sqrt(-log(p))   error 1.4e-11
// where p = 0.5 - |q| is the tail beyond z, at least 2^-54. The shape is that
// of Wichura, algorithm AS 241, Applied Statistics 37 (1988).
constexpr double kCentre = 0.425;
constexpr double kCentreP[] = {2.506628274631001,  -32.438776961212085,
                               160.67921942012953, -377.55019660954576,
                               418.6342506959696,  -182.3899615280656,
                               15.246200274073004};
constexpr double kCentreQ[] = {1.0,
                               -13.988397205535655,
                               76.4474418137004,
                               -204.71279435509652,
                               274.0037528445993,
                               -163.38426652179052,
                               29.37093325610163};
constexpr double kTailP[] = {-3.2256041504167063, -15.8322777722382,
                             -6.345748014691841,  20.032660394002445,
                             16.44940380849469,   3.2384156645830404,
                             0.13942224641232004};
constexpr double kTailQ[] = {1.0,
                             9.27332644998617,
                             18.276457719668233,
                             11.897319106695429,
                             2.290823518244678,
                             0.09858047329016209};

// Horner's rule; coefficients from the lowest power.
template <std::size_t kCount>
double Polynomial(const double (&coefficients)[kCount], double x) {
  double y = coefficients[kCount - 1];
  for (std::size_t i = kCount - 1; i > 0; --i) {
    y = y * x + coefficients[i - 1];
  }
  return y;
}

}  // namespace

double PortableLog(double x) {
  // x = m * 2^e with m in [sqrt(1/2), sqrt(2)), by the bits.
  constexpr std::uint64_t kSqrtHalf = 0x3fe6a09e667f3bcdULL;
  constexpr std::uint64_t kMantissa = 0x000fffffffffffffULL;
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(x) - kSqrtHalf;
  const auto exponent =
      static_cast<double>(static_cast<std::int64_t>(bits) >> 52);
  const double m = std::bit_cast<double>((bits & kMantissa) + kSqrtHalf);
  // log m = 2 atanh(s) = 2 (s + s^3 / 3 + s^5 / 5 + ...), |s| <= 0.1716: what
  // follows s^23 is below 1e-19.
  constexpr double kSeries[] = {1.0,      1.0 / 3,  1.0 / 5,  1.0 / 7,
                                1.0 / 9,  1.0 / 11, 1.0 / 13, 1.0 / 15,
                                1.0 / 17, 1.0 / 19, 1.0 / 21, 1.0 / 23};
  constexpr double kLn2 = 0.6931471805599453;
  const double s = (m - 1) / (m + 1);
  return exponent * kLn2 + 2 * s * Polynomial(kSeries, s * s);
}

double InverseNormal(double q) {
  const double magnitude = std::fabs(q);
  if (magnitude <= kCentre) {
    const double t = q * q;
    return q * (Polynomial(kCentreP, t) / Polynomial(kCentreQ, t));
  }
  const double r = std::sqrt(-PortableLog(0.5 - magnitude));
  return std::copysign(Polynomial(kTailP, r) / Polynomial(kTailQ, r), q);
}

}  // namespace rowhouse::kernels
