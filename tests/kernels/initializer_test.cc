#include "kernels/initializer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "absl/functional/function_ref.h"
#include "base/hash.h"
#include "tests/kernels/every_target.h"
#include "tests/kernels/random_floats.h"

namespace rowhouse::kernels {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

constexpr std::size_t kDim = 64;
constexpr std::size_t kIds = 16384;  // times kDim: 2^20 draws

std::vector<float> Row(const InitializerSpec& spec, std::uint64_t seed,
                       std::uint64_t table_hash, Id id, std::size_t dim) {
  std::vector<float> row(dim);
  InitialRow(spec, seed, table_hash, id, dim, row.data());
  return row;
}

// The rows of ids 0, 1, 2, ...
std::vector<float> ManyDraws(const InitializerSpec& spec) {
  std::vector<float> draws(kIds * kDim);
  for (Id id = 0; id < kIds; ++id) {
    InitialRow(spec, 1, TableHash("a"), id, kDim, draws.data() + id * kDim);
  }
  return draws;
}

struct Moments {
  double mean = 0;
  double stddev = 0;
};

Moments MomentsOf(const std::vector<float>& draws) {
  double sum = 0, squares = 0;
  for (const double x : draws) sum += x;
  const double mean = sum / draws.size();
  for (const double x : draws) squares += (x - mean) * (x - mean);
  return {mean, std::sqrt(squares / draws.size())};
}

// Pearson's correlation of draws `lag` apart: columns of a row, or rows.
double Correlation(const std::vector<float>& draws, std::size_t lag) {
  const Moments moments = MomentsOf(draws);
  double sum = 0;
  for (std::size_t i = 0; i + lag < draws.size(); ++i) {
    sum += (draws[i] - moments.mean) * (draws[i + lag] - moments.mean);
  }
  return sum / draws.size() / (moments.stddev * moments.stddev);
}

double ShareBelow(const std::vector<float>& draws, double bound) {
  const auto below = std::count_if(draws.begin(), draws.end(),
                                   [&](float x) { return x < bound; });
  return static_cast<double>(below) / draws.size();
}

// Kolmogorov and Smirnov's statistic: the greatest distance of the draws'
// distribution from `below`, P(X < x), times the root of their number. Above
// 1.95 in one of a thousand samples.
double KolmogorovSmirnov(std::vector<float> draws,
                         absl::FunctionRef<double(double)> below) {
  std::sort(draws.begin(), draws.end());
  const auto count = static_cast<double>(draws.size());
  double distance = 0;
  for (std::size_t i = 0; i < draws.size(); ++i) {
    const double expected = below(draws[i]);
    distance =
        std::max({distance, (i + 1) / count - expected, expected - i / count});
  }
  return distance * std::sqrt(count);
}

// P(Z < z) of a standard normal.
double NormalBelow(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

// Bounds below are five standard errors of 2^20 draws or more.

TEST(InitialRow, Constant) {
  EXPECT_THAT(Row(ConstantInitializer{0.25f}, 1, 2, 3, 5), Each(0.25f));
}

TEST(InitialRow, UniformDistribution) {
  const std::vector<float> draws = ManyDraws(UniformInitializer{-1, 3});
  const Moments moments = MomentsOf(draws);
  EXPECT_NEAR(moments.mean, 1, 0.006);
  EXPECT_NEAR(moments.stddev, 4 / std::sqrt(12.0), 0.003);
  for (int i = 1; i < 16; ++i) {
    EXPECT_NEAR(ShareBelow(draws, -1 + i * 0.25), i / 16.0, 0.0025) << i;
  }
  EXPECT_NEAR(*std::min_element(draws.begin(), draws.end()), -1, 1e-4);
  EXPECT_NEAR(*std::max_element(draws.begin(), draws.end()), 3, 1e-4);
}

TEST(InitialRow, UniformNeverReachesHigh) {
  // Two floats next to each other: half of all draws round to the upper one.
  const float high = std::nextafter(1.0f, 2.0f);
  EXPECT_THAT(Row(UniformInitializer{1, high}, 1, 2, 3, 64), Each(1.0f));
}

TEST(InitialRow, NormalDistribution) {
  const std::vector<float> draws = ManyDraws(NormalInitializer{3, 2, false});
  const Moments moments = MomentsOf(draws);
  EXPECT_NEAR(moments.mean, 3, 0.01);
  EXPECT_NEAR(moments.stddev, 2, 0.007);
  EXPECT_NEAR(ShareBelow(draws, 3 - 2 * 1.959963984540054), 0.025, 0.0008);
  EXPECT_NEAR(ShareBelow(draws, 3 - 2 * 0.6744897501960817), 0.25, 0.0025);
  EXPECT_NEAR(ShareBelow(draws, 3), 0.5, 0.0025);
  EXPECT_NEAR(ShareBelow(draws, 3 + 2 * 1.6448536269514726), 0.95, 0.0011);
  // The extremes of a million: about 4.9 standard deviations away.
  EXPECT_NEAR(*std::min_element(draws.begin(), draws.end()), 3 - 9.7, 1.5);
  EXPECT_NEAR(*std::max_element(draws.begin(), draws.end()), 3 + 9.7, 1.5);
}

TEST(InitialRow, TruncatedNormalDistribution) {
  const std::vector<float> draws = ManyDraws(NormalInitializer{0, 0.1f, true});
  const Moments moments = MomentsOf(draws);
  EXPECT_NEAR(moments.mean, 0, 0.0005);
  EXPECT_NEAR(moments.stddev / 0.1, 0.87962566103424, 0.003);
  // Quantiles of the cut distribution: P(Z < 1 | |Z| < 2), P(Z < -1.5 | ...).
  EXPECT_NEAR(ShareBelow(draws, 0.1), 0.857616, 0.002);
  EXPECT_NEAR(ShareBelow(draws, -0.15), 0.046157, 0.0011);
  const float low = *std::min_element(draws.begin(), draws.end());
  const float high = *std::max_element(draws.begin(), draws.end());
  EXPECT_GE(low, -0.2f);
  EXPECT_LE(high, 0.2f);
  EXPECT_NEAR(low, -0.2, 1e-4);
  EXPECT_NEAR(high, 0.2, 1e-4);
}

TEST(InitialRow, DrawsFollowTheirDistributionEverywhere) {
  constexpr double kCritical = 1.95;
  EXPECT_LT(KolmogorovSmirnov(ManyDraws(UniformInitializer{-1, 3}),
                              [](double x) { return (x + 1) / 4; }),
            kCritical);
  EXPECT_LT(
      KolmogorovSmirnov(ManyDraws(NormalInitializer{3, 2, false}),
                        [](double x) { return NormalBelow((x - 3) / 2); }),
      kCritical);
  const double outside = NormalBelow(-2);
  EXPECT_LT(KolmogorovSmirnov(ManyDraws(NormalInitializer{3, 2, true}),
                              [&](double x) {
                                return (NormalBelow((x - 3) / 2) - outside) /
                                       (1 - 2 * outside);
                              }),
            kCritical);
}

TEST(InitialRow, IsTheSameBitsOnEveryTarget) {
  constexpr float kMost = std::numeric_limits<float>::max();
  const InitializerSpec specs[] = {
      UniformInitializer{-0.05f, 0.05f}, UniformInitializer{-kMost, kMost},
      NormalInitializer{0, 0.1f, true}, NormalInitializer{0, 1, false},
      NormalInitializer{kMost, kMost, false}};
  for (const InitializerSpec& spec : specs) {
    for (const std::size_t dim : {1, 2, 3, 7, 8, 15, 16, 17, 33, 64, 1000}) {
      const auto expected = Bits(Row(spec, 1, 2, 3, dim));
      ForEveryTarget(
          [&] { EXPECT_EQ(Bits(Row(spec, 1, 2, 3, dim)), expected) << dim; });
    }
  }
}

TEST(InitialRow, WritesNothingBeyondTheRow) {
  ForEveryTarget([] {
    for (std::size_t dim = 0; dim <= 40; ++dim) {
      std::vector<float> row(dim + 40, 7.0f);
      InitialRow(NormalInitializer{0, 1, true}, 1, 2, 3, dim, row.data());
      EXPECT_EQ(std::count(row.begin() + dim, row.end(), 7.0f), 40) << dim;
    }
  });
}

TEST(InitialRow, NeighboursAreNotCorrelated) {
  const std::vector<float> draws = ManyDraws(NormalInitializer{0, 1, false});
  for (const std::size_t lag : {std::size_t{1}, std::size_t{2}, kDim - 1, kDim,
                                kDim + 1, 2 * kDim, 256 * kDim}) {
    EXPECT_NEAR(Correlation(draws, lag), 0, 0.005) << lag;
  }
}

TEST(InitialRow, ANarrowerRowIsTheBeginningOfAWiderOne) {
  const NormalInitializer spec{0, 1, true};
  const std::vector<float> wide = Row(spec, 1, 2, 3, 70);
  for (std::size_t dim = 1; dim <= 70; ++dim) {
    EXPECT_EQ(Bits(Row(spec, 1, 2, 3, dim)),
              Bits(absl::MakeSpan(wide.data(), dim)));
  }
}

TEST(InitialRow, EachOfSeedTableAndIdMatters) {
  const NormalInitializer spec{0, 1, true};
  const std::vector<float> row = Row(spec, 1, 2, 3, 8);
  const Id high_half = Id{1} << 32;
  for (const auto& other :
       {Row(spec, 2, 2, 3, 8), Row(spec, 1, 3, 3, 8), Row(spec, 1, 2, 4, 8),
        Row(spec, 2, 1, 3, 8), Row(spec, 1, 2, 3 + high_half, 8)}) {
    for (std::size_t c = 0; c < 8; ++c) EXPECT_NE(row[c], other[c]) << c;
  }
}

// Rows that were never pushed exist nowhere but in this function: a change of
// these bits changes tables that users have trained on. The values were worked
// out apart from this code, to 40 digits, then rounded.
TEST(InitialRow, BitsAreForEver) {
  const std::uint64_t table = TableHash("a");
  const Id greatest = std::numeric_limits<Id>::max();
  const UniformInitializer uniform{-0.05f, 0.05f};
  const NormalInitializer truncated{0, 0.1f, true};
  const NormalInitializer normal{0, 1, false};
  EXPECT_THAT(Row(uniform, 0, table, 0, 3),
              ElementsAre(0x1.5c90fp-8f, 0x1.c812cep-6f, -0x1.7d0d26p-5f));
  EXPECT_THAT(Row(uniform, 7, table, greatest, 3),
              ElementsAre(0x1.95d794p-6f, 0x1.00e144p-5f, 0x1.01d0b4p-5f));
  EXPECT_THAT(Row(truncated, 0, table, 0, 3),
              ElementsAre(0x1.a21e0ap-7f, 0x1.28dc48p-4f, -0x1.4574fp-3f));
  EXPECT_THAT(Row(truncated, 7, table, greatest, 3),
              ElementsAre(0x1.03077p-4f, 0x1.57b6e2p-4f, 0x1.594edep-4f));
  EXPECT_THAT(Row(normal, 0, table, 0, 3),
              ElementsAre(0x1.11da6cp-3f, 0x1.888abcp-1f, -0x1.d0595p+0f));
  EXPECT_THAT(Row(normal, 7, table, greatest, 3),
              ElementsAre(0x1.55a6f4p-1f, 0x1.c84412p-1f, 0x1.ca7318p-1f));
}

}  // namespace
}  // namespace rowhouse::kernels
