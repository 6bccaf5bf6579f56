#include "kernels/combine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "tests/kernels/every_target.h"
#include "tests/kernels/random_floats.h"

namespace rowhouse::kernels {
namespace {

using ::testing::ElementsAre;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// The definition, one operation at a time.
std::vector<float> SumBagsSlowly(const std::vector<const float*>& rows,
                                 const std::vector<float>& weights,
                                 const std::vector<std::uint32_t>& splits,
                                 std::size_t dim) {
  std::vector<float> out;
  for (std::size_t b = 0; b + 1 < splits.size(); ++b) {
    for (std::size_t c = 0; c < dim; ++c) {
      float sum = 0.0f;
      float group = 0.0f;
      const std::uint32_t count = splits[b + 1] - splits[b];
      for (std::uint32_t j = splits[b]; j < splits[b + 1]; ++j) {
        // Before whole groups of 8; TensorFlow adds up to 9 one by one.
        const std::uint32_t left = splits[b + 1] - j;
        const std::uint32_t grouped = (count - 2) / 8 * 8;
        if (!weights.empty()) {
          const float product = weights[j] * rows[j][c];
          sum = sum + product;
        } else if (count < 2 || left > grouped) {
          sum = sum + rows[j][c];
        } else {
          group = left % 8 == 0 ? rows[j][c] : group + rows[j][c];
          if (left % 8 == 1) sum = sum + group;
        }
      }
      out.push_back(sum);
    }
  }
  return out;
}

TEST(CombineBags, SumsByHand) {
  const std::vector<float> a = {1, 2, 3}, b = {10, 20, 30};
  const std::vector<const float*> rows = {a.data(), b.data(), a.data()};
  std::vector<float> out(9, -1);
  // Bags: {a, b}, {}, {a}.
  CombineBags(rows, {}, {0, 2, 2, 3}, 3, out.data());
  EXPECT_THAT(out, ElementsAre(11, 22, 33, 0, 0, 0, 1, 2, 3));
  CombineBags(rows, {2, 0.5f, -1}, {0, 2, 2, 3}, 3, out.data());
  EXPECT_THAT(out, ElementsAre(7, 14, 21, 0, 0, 0, -1, -2, -3));
}

TEST(CombineBags, BeginsFromPositiveZero) {
  const float row[] = {-0.0f};
  float out = 5;
  CombineBags({row}, {}, {0, 1}, 1, &out);
  EXPECT_EQ(Bits({out}), Bits({0.0f}));
}

TEST(CombineBags, NoBagsWriteNothing) {
  float out = 5;
  CombineBags({}, {}, {}, 1, &out);
  CombineBags({}, {}, {0}, 1, &out);
  EXPECT_EQ(out, 5);
}

TEST(CombineBags, RoundsTheProductBeforeTheSum) {
  // (1 + 2^-12)^2 = 1 + 2^-11 + 2^-24: a fused multiply-add would keep the
  // last term when 1 + 2^-11 is taken away.
  const float x = 1.0f + 0x1p-12f;
  const float away = -(1.0f + 0x1p-11f);
  const float rows[2][1] = {{away}, {x}};
  float out = 5;
  ForEveryTarget([&] {
    CombineBags({rows[0], rows[1]}, {1.0f, x}, {0, 2}, 1, &out);
    EXPECT_EQ(out, 0.0f);
  });
}

TEST(CombineBags, EqualsTheDefinitionInEveryWidth) {
  const std::vector<std::uint32_t> splits = {0, 0, 1, 4, 4, 23, 64, 72, 82, 99};
  const std::vector<float> weights = RandomFloats(99, 1);
  for (std::size_t dim = 1; dim <= 70; ++dim) {
    SCOPED_TRACE(dim);
    const std::vector<float> table = RandomFloats(99 * dim, dim);
    const std::vector<const float*> rows = RowsOf(table, dim);
    const auto plain = Bits(SumBagsSlowly(rows, {}, splits, dim));
    const auto weighted = Bits(SumBagsSlowly(rows, weights, splits, dim));
    ForEveryTarget([&] {
      std::vector<float> out(9 * dim, kNan);
      CombineBags(rows, {}, splits, dim, out.data());
      EXPECT_EQ(Bits(out), plain);
      CombineBags(rows, weights, splits, dim, out.data());
      EXPECT_EQ(Bits(out), weighted);
    });
  }
}

TEST(CopyRows, CopiesBitsInEveryWidth) {
  for (std::size_t dim = 1; dim <= 70; ++dim) {
    SCOPED_TRACE(dim);
    std::vector<float> table = RandomFloats(11 * dim, dim);
    table[0] = kNan;
    ForEveryTarget([&] {
      std::vector<float> out(11 * dim, 5);
      CopyRows(RowsOf(table, dim), dim, out.data());
      EXPECT_EQ(Bits(out), Bits(table));
    });
  }
}

TEST(CopyRows, NoRowsWriteNothing) {
  float out = 5;
  CopyRows({}, 1, &out);
  EXPECT_EQ(out, 5);
}

TEST(AddInto, AddsEveryValueOnce) {
  for (std::size_t count = 0; count <= 140; ++count) {
    SCOPED_TRACE(count);
    const std::vector<float> in = RandomFloats(count, 2 * count);
    const std::vector<float> start = RandomFloats(count, 2 * count + 1);
    std::vector<float> expected;
    for (std::size_t i = 0; i < count; ++i)
      expected.push_back(start[i] + in[i]);
    ForEveryTarget([&] {
      std::vector<float> out = start;
      AddInto(in.data(), count, out.data());
      EXPECT_EQ(Bits(out), Bits(expected));
    });
  }
}

TEST(DivideRows, DividesEachRowByItsOwn) {
  std::vector<float> out = {1, 2, 3, 4, 5, 6};
  DivideRows({2.0f, 1.0f, -0.5f}, 2, out.data());
  EXPECT_THAT(out, ElementsAre(0.5f, 1, 3, 4, -10, -12));
}

TEST(DivideRows, ZeroMakesZerosOfAnything) {
  for (const float zero : {0.0f, -0.0f}) {
    std::vector<float> out = {kInfinity, kNan, -4};
    DivideRows({zero}, 3, out.data());
    EXPECT_EQ(Bits(out), Bits({0.0f, 0.0f, 0.0f}));
  }
}

// What one over the denominator, rounded to a float, could not say.
TEST(DivideRows, KeepsItsDigitsAtTheEndsOfTheRange) {
  std::vector<float> out = {1, kInfinity, 3e38f, 1e-38f};
  DivideRows({kInfinity, kInfinity, 3e38f, 1e-38f}, 1, out.data());
  EXPECT_EQ(out[0], 0.0f);
  EXPECT_TRUE(std::isnan(out[1]));
  EXPECT_EQ(out[2], 1.0f);
  EXPECT_EQ(out[3], 1.0f);
}

TEST(DivideRows, EqualsOneQuotientInEveryWidth) {
  const std::vector<float> denominators = RandomFloats(3, 9);
  for (std::size_t dim = 1; dim <= 70; ++dim) {
    SCOPED_TRACE(dim);
    const std::vector<float> start = RandomFloats(3 * dim, dim);
    std::vector<float> expected;
    for (std::size_t i = 0; i < start.size(); ++i) {
      expected.push_back(start[i] / denominators[i / dim]);
    }
    ForEveryTarget([&] {
      std::vector<float> out = start;
      DivideRows(denominators, dim, out.data());
      EXPECT_EQ(Bits(out), Bits(expected));
    });
  }
}

TEST(AllFinite, FindsOneBadValueAnywhere) {
  for (std::size_t count = 1; count <= 140; ++count) {
    SCOPED_TRACE(count);
    std::vector<float> values = RandomFloats(count, count);
    ForEveryTarget([&] {
      ASSERT_TRUE(AllFinite(values.data(), count));
      for (std::size_t at = 0; at < count; ++at) {
        for (const float bad : {kNan, -kNan, kInfinity, -kInfinity}) {
          const float good = std::exchange(values[at], bad);
          ASSERT_FALSE(AllFinite(values.data(), count)) << at << " " << bad;
          values[at] = good;
        }
      }
    });
  }
}

TEST(AllFinite, AcceptsExtremes) {
  const std::vector<float> values = {
      std::numeric_limits<float>::max(), std::numeric_limits<float>::lowest(),
      std::numeric_limits<float>::denorm_min(), -0.0f, 0.0f};
  EXPECT_TRUE(AllFinite(values.data(), values.size()));
  EXPECT_TRUE(AllFinite(nullptr, 0));
}

}  // namespace
}  // namespace rowhouse::kernels
