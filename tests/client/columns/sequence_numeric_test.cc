#include <string>
#include <vector>

#include "base/limits.h"
#include "client/columns/dense.h"
#include "tests/client/columns/column_testing.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

absl::StatusOr<SequenceTensor> Sequences(const SequenceNumericColumn& column,
                                         const Features& features) {
  auto compiled = CompileSequence(column);
  if (!compiled.ok()) return compiled.status();
  return (*compiled)->Transform(features);
}

// Two rows: 1, 2, 3, and 4 behind a gap.
class SequenceNumericTest : public ::testing::Test {
 protected:
  SequenceNumericTest() { features_.SetSparse("x", indices_, values_, {3, 4}); }

  const std::vector<float> values_ = {1, 2, 3, 4};
  const std::vector<std::int64_t> indices_ = {0, 0, 0, 1, 0, 2, 1, 1};
  Features features_;
};

TEST_F(SequenceNumericTest, FillsGapsWithTheDefault) {
  auto out = Sequences({.key = "x", .default_value = -9.0}, features_);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_EQ(out->dense.dtype, DType::kFloat32);
  EXPECT_THAT(out->dense.shape, ElementsAre(3, 4, 1));
  EXPECT_THAT(out->dense.values,
              ElementsAre(1, 2, 3, -9, -9, 4, -9, -9, -9, -9, -9, -9));
  EXPECT_THAT(out->lengths, ElementsAre(3, 2, 0));
}

TEST_F(SequenceNumericTest, GroupsNumbersOfAMatrixIntoSteps) {
  auto out = Sequences({.key = "x", .shape = {2}}, features_);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->dense.shape, ElementsAre(3, 2, 2));
  EXPECT_THAT(out->lengths, ElementsAre(2, 1, 0));
  out = Sequences({.key = "x", .shape = {2, 2}}, features_);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->dense.shape, ElementsAre(3, 1, 2, 2));
  EXPECT_THAT(out->lengths, ElementsAre(1, 1, 0));
  EXPECT_THAT(Sequences({.key = "x", .shape = {3}}, features_).status(),
              InvalidWith("rows of 4 values are no steps of 3"));
}

TEST(SequenceNumeric, TakesTheSecondAxisOfACubeForSteps) {
  const std::vector<float> values = {1, 2, 3};
  const std::vector<std::int64_t> indices = {0, 0, 0, 0, 1, 1, 1, 0, 1};
  Features features;
  features.SetSparse("x", indices, values, {3, 2, 2});
  auto out = Sequences({.key = "x", .shape = {2}}, features);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->dense.shape, ElementsAre(3, 2, 2));
  EXPECT_THAT(out->dense.values,
              ElementsAre(1, 0, 0, 2, 0, 3, 0, 0, 0, 0, 0, 0));
  EXPECT_THAT(out->lengths, ElementsAre(2, 1, 0));
}

TEST_F(SequenceNumericTest, NormalizesValuesButNotTheDefault) {
  auto out = Sequences({.key = "x",
                        .default_value = 7.0,
                        .normalizer_fn = [](float x) { return -x; }},
                       features_);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->dense.values,
              ElementsAre(-1, -2, -3, 7, 7, -4, 7, 7, 7, 7, 7, 7));
}

TEST(SequenceNumeric, IsOfFloatsAfterANormalizer) {
  const std::vector<std::int64_t> integers = {3};
  const std::vector<std::int64_t> indices = {0, 1};
  Features features;
  features.SetSparse("x", indices, integers, {1, 2});
  auto out = Sequences({.key = "x",
                        .default_value = 0.5,
                        .normalizer_fn = [](float x) { return x / 2; }},
                       features);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_EQ(out->dense.dtype, DType::kFloat32);
  EXPECT_THAT(out->dense.values, ElementsAre(0.5f, 1.5f));
}

TEST(SequenceNumeric, KeepsTheTypeOfTheFeature) {
  const std::vector<std::int64_t> integers = {(1LL << 53) + 1, -2};
  const std::vector<std::uint8_t> bytes = {255, 1};
  const std::vector<double> doubles = {1.5, 2};
  const std::vector<std::int64_t> indices = {0, 0, 1, 1};
  Features features;
  features.SetSparse("i", indices, integers, {2, 2});
  features.SetSparse("b", indices, bytes, {2, 2});
  features.SetSparse("d", indices, doubles, {2, 2});
  const Number one = std::int64_t{1};
  auto out = Sequences({.key = "i", .default_value = one}, features);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_EQ(out->dense.dtype, DType::kInt64);
  EXPECT_THAT(out->dense.integers, ElementsAre((1LL << 53) + 1, 1, 1, -2));
  EXPECT_THAT(out->dense.values, IsEmpty());
  out = Sequences({.key = "b", .default_value = one}, features);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_EQ(out->dense.dtype, DType::kUint8);
  EXPECT_THAT(out->dense.integers, ElementsAre(255, 1, 1, 1));
  out = Sequences({.key = "d", .default_value = one}, features);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_EQ(out->dense.dtype, DType::kFloat64);
  EXPECT_THAT(out->dense.values, ElementsAre(1.5f, 1, 1, 2));
}

TEST(SequenceNumeric, RefusesADefaultThatTheTypeCannotHold) {
  const std::vector<std::int64_t> integers = {1};
  const std::vector<std::uint8_t> bytes = {1};
  const std::vector<std::int64_t> indices = {0, 0};
  Features features;
  features.SetSparse("i", indices, integers, {1, 1});
  features.SetSparse("b", indices, bytes, {1, 1});
  EXPECT_THAT(
      Sequences({.key = "i", .dtype = DType::kInt64}, features).status(),
      InvalidWith("default_value does not fit the feature's type, int64"));
  for (const std::int64_t value : {-1, 256}) {
    EXPECT_THAT(
        Sequences({.key = "b", .default_value = value}, features).status(),
        InvalidWith("feature's type, uint8"));
  }
}

TEST(SequenceNumeric, RefusesOtherFeatures) {
  const std::vector<float> values = {1, 2};
  const std::vector<std::string> strings = {"1"};
  const bool flags[] = {true};
  const std::vector<std::int64_t> indices = {0, 0};
  const absl::Span<const float> none;
  Features features;
  features.Set("dense", values);
  features.SetSparse("string", indices, strings, {1, 1});
  features.SetSparse("bool", indices, absl::MakeConstSpan(flags), {1, 1});
  features.SetSparse("claim", {}, none, {8, 2, kDenseValuesMax / 8});
  const auto error = [&](const char* key) {
    return Sequences({.key = key}, features).status();
  };
  EXPECT_THAT(error("none"), InvalidWith("\"none\" is absent"));
  EXPECT_THAT(error("dense"), InvalidWith("the feature is dense"));
  EXPECT_THAT(error("string"), InvalidWith("takes numbers, got string"));
  EXPECT_THAT(error("bool"), InvalidWith("takes numbers, got bool"));
  EXPECT_THAT(error("claim"), StatusIs(absl::StatusCode::kResourceExhausted,
                                       HasSubstr("more than 67108864 places")));
}

// Recorded from TensorFlow 2.15.1.
TEST(SequenceNumeric, ABatchOfNoRowsHasTheStepsOfItsOtherAxes) {
  const absl::Span<const float> none;
  struct Case {
    Features::Shape dense_shape;
    std::vector<std::int64_t> shape, output;
  };
  for (const Case& one : std::vector<Case>{{{0, 6}, {3}, {0, 2, 3}},
                                           {{0, 5}, {2}, {0, 2, 2}},
                                           {{0, 0}, {1}, {0, 1, 1}},
                                           {{0, 2, 0}, {1}, {0, 2, 1}},
                                           {{0, 1}, {4}, {0, 0, 4}}}) {
    Features features;
    features.SetSparse("x", {}, none, one.dense_shape);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        const SequenceTensor out,
        Sequences({.key = "x", .shape = one.shape}, features));
    EXPECT_EQ(out.dense.shape, one.output);
    EXPECT_TRUE(out.lengths.empty());
  }
}

TEST(SequenceNumeric, ABatchOfNoStepsHidesNoRows) {
  Features features;
  features.SetSparse("x", {}, absl::Span<const float>(),
                     {std::int64_t{1} << 40, 0, 1});
  EXPECT_THAT(Sequences({.key = "x"}, features).status(),
              InvalidWith("has more than 16777216 rows"));
}

TEST(SequenceNumeric, RefusesBadArguments) {
  const auto error = [](const SequenceNumericColumn& column) {
    return CompileSequence(column).status();
  };
  EXPECT_THAT(error({.key = "x", .shape = {0}}), InvalidWith("dimension 0"));
  EXPECT_THAT(error({.key = "x", .dtype = DType::kString}),
              InvalidWith("dtype is string, expected a number"));
  EXPECT_THAT(
      (*CompileSequence(SequenceNumericColumn{.key = "x", .shape = {2, 3}}))
          ->variable_shape(),
      ElementsAre(2, 3));
}

}  // namespace
}  // namespace rowhouse::internal
