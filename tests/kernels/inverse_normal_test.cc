#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/kernels/inverse_normal_test.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/inverse_normal-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

constexpr std::size_t kCount = 4096;

// Sets each of `values`, at most kCount, to its z.
void ApplyInverseNormal(std::vector<double>& values) {
  HWY_ALIGN double q[kCount] = {};
  std::copy(values.begin(), values.end(), q);
  InverseNormal(values.size(), q);
  std::copy_n(q, values.size(), values.begin());
}

// Sets each of `values`, a multiple of 32, to its logarithm.
void ApplyLog(std::vector<double>& values) {
  const hn::ScalableTag<double> d;
  for (std::size_t i = 0; i < values.size(); i += hn::Lanes(d)) {
    hn::StoreU(Log(d, hn::LoadU(d, &values[i])), d, &values[i]);
  }
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "tests/kernels/every_target.h"

namespace rowhouse::kernels {
namespace {

HWY_EXPORT(ApplyInverseNormal);
HWY_EXPORT(ApplyLog);

constexpr std::size_t kLanesMax = 32;

std::vector<double> InverseNormal(std::vector<double> q) {
  HWY_DYNAMIC_DISPATCH(ApplyInverseNormal)(q);
  return q;
}

// Exact quantiles of the doubles given, to 16 digits.
TEST(InverseNormal, KnownQuantiles) {
  const std::vector<double> q = {0x1p-54, 0.1,  0.25,  0.3,
                                 0.42,    0.43, 0.475, 0.5 - 0x1p-54};
  const double exact[] = {1.3914582123358836e-16, 0.25334710313579983,
                          0.6744897501960817,     0.8416212335729142,
                          1.4050715603096324,     1.4757910281791706,
                          1.9599639845400538,     8.292361075813595};
  ForEveryTarget([&] {
    const std::vector<double> z = InverseNormal(q);
    for (std::size_t i = 0; i < q.size(); ++i) {
      EXPECT_NEAR(z[i] / exact[i], 1, 2e-11) << q[i];
      EXPECT_EQ(InverseNormal({-q[i]})[0], -z[i]) << q[i];
    }
  });
}

TEST(InverseNormal, InvertsTheDistributionEverywhere) {
  // A relative error e of z is an error of about z^2 e of a tail.
  std::vector<double> centre;
  for (int i = 1; i < 4096; ++i) centre.push_back(0.5 * i / 4096);
  const std::vector<double> z = InverseNormal(centre);
  for (std::size_t i = 0; i < centre.size(); ++i) {
    ASSERT_NEAR(std::erf(z[i] / std::sqrt(2.0)) / (2 * centre[i]), 1, 3e-11)
        << centre[i];
  }
  for (double tail = 0.08; tail >= 0x1p-54; tail *= 0.97) {
    // What 0.5 - q really is, q being a double.
    const double q = 0.5 - tail;
    const double p = 0.5 - q;
    const double at = InverseNormal({q})[0];
    ASSERT_NEAR(std::erfc(at / std::sqrt(2.0)) / (2 * p), 1,
                2e-11 * (at * at + 1))
        << p;
  }
}

TEST(InverseNormal, RisesAcrossTheSeamOfItsTwoParts) {
  double before = InverseNormal({0.4249})[0];
  for (double q = 0.42495; q < 0.4252; q += 1e-6) {
    const double z = InverseNormal({q})[0];
    ASSERT_GT(z, before) << q;
    before = z;
  }
}

// Both parts in one vector, at every place, on every target.
TEST(InverseNormal, IsTheSameBitsOnEveryTarget) {
  std::vector<double> q;
  for (int i = 0; i < 4096; ++i)
    q.push_back((i * 1597 % 4096 + 0.5) / 4096 - 0.5);
  const std::vector<double> expected = InverseNormal(q);
  ForEveryTarget([&] { EXPECT_EQ(InverseNormal(q), expected); });
}

TEST(Log, AgreesWithTheLibrary) {
  std::vector<double> x = {1, 0x1p-54};
  for (double at = 0x1p-54; at < 0x1p54; at *= 1.0037) x.push_back(at);
  x.resize(x.size() / kLanesMax * kLanesMax);
  ForEveryTarget([&] {
    std::vector<double> log = x;
    HWY_DYNAMIC_DISPATCH(ApplyLog)(log);
    EXPECT_EQ(log[0], 0);
    EXPECT_EQ(log[1], -54 * 0.6931471805599453);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double exact = std::log(x[i]);
      ASSERT_NEAR(log[i], exact, 1e-15 + 4e-16 * std::fabs(exact)) << x[i];
    }
  });
}

}  // namespace
}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
