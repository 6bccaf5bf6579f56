#include <limits>
#include <string>
#include <vector>

#include "client/columns/dense.h"
#include "tests/client/columns/column_testing.h"

namespace rowhouse {
namespace {

using ::testing::ElementsAre;

TEST(Bucketized, CountsBoundariesNotAboveTheValue) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInf = std::numeric_limits<float>::infinity();
  const std::vector<float> values = {-5, 0, 5, 10, 100, kNan, -kInf, kInf};
  Features features;
  features.Set("x", values);
  const BucketizedColumn column{.source_column = {.key = "x"},
                                .boundaries = {0, 10, 100}};
  EXPECT_THAT(IdsOf(column, features), ElementsAre(0, 1, 1, 2, 3, 3, 0, 3));
}

TEST(Bucketized, NumbersComponentsOneAfterTheOther) {
  const std::vector<float> values = {0, 3, 1, 0};
  Features features;
  features.Set("x", values, {2, 2});
  const BucketizedColumn column{.source_column = {.key = "x", .shape = {2}},
                                .boundaries = {1, 2}};
  auto ids = Transform(column, features);
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_THAT(ids->values, ElementsAre(0, 5, 1, 3));
  EXPECT_THAT(ids->positions, ElementsAre(0, 1, 0, 1));
  EXPECT_EQ((*internal::Compile(column))->num_buckets(), 6);
}

TEST(Bucketized, SeesNormalizedValues) {
  const std::vector<float> values = {5, 15};
  Features features;
  features.Set("x", values);
  EXPECT_THAT(IdsOf(BucketizedColumn{.source_column = {.key = "x",
                                                       .normalizer_fn =
                                                           [](float x) {
                                                             return x / 10;
                                                           }},
                                     .boundaries = {1}},
                    features),
              ElementsAre(0, 1));
}

TEST(Bucketized, RefusesOtherShapesForIds) {
  const std::vector<float> values = {1, 2, 3, 4};
  const BucketizedColumn column{.source_column = {.key = "x"},
                                .boundaries = {2}};
  Features features;
  features.Set("x", values, {2, 2});
  EXPECT_THAT(Transform(column, features).status(),
              InvalidWith("expected 1 values per row, got shape [2, 2]"));
  features.Set("x", values, {1, 4});
  EXPECT_THAT(Transform(column, features).status(),
              InvalidWith("got shape [1, 4]"));
}

// As TensorFlow, which flattens them.
TEST(Bucketized, IdsAreOfTheValuesInOrderWhateverTheirAxes) {
  const std::vector<float> values = {1, 3, 1, 3};
  const BucketizedColumn column{.source_column = {.key = "x", .shape = {2}},
                                .boundaries = {2}};
  Features features;
  features.Set("x", values, {2, 1, 2});
  EXPECT_THAT(IdsOf(column, features), ElementsAre(0, 3, 0, 3));
  features.Set("x", absl::MakeConstSpan(values).first(1), {1, 1});
  EXPECT_THAT(IdsOf(column, features), ElementsAre(0, 2));
  features.Set("x", absl::Span<const float>(), {0, 5});
  EXPECT_THAT(IdsOf(column, features), testing::IsEmpty());
}

TEST(Bucketized, OneHotTakesTheFeatureAsItIsShaped) {
  const std::vector<double> values = {1, 2, 3};
  Features features;
  features.Set("x", values, {1, 3});
  const auto dense = internal::CompileDense(BucketizedColumn{
      .source_column = {.key = "x"}, .boundaries = {1.5, 2.5}});
  ASSERT_TRUE(dense.ok()) << dense.status();
  EXPECT_THAT((*dense)->variable_shape(), ElementsAre(1, 3));
  auto out = (*dense)->Transform(features);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->shape, ElementsAre(1, 3, 3));
  EXPECT_THAT(out->values, ElementsAre(1, 0, 0, 0, 1, 0, 0, 0, 1));
}

// Boundaries are compared among each other as they are written, with values as
// float32.
TEST(Bucketized, AnAxisOfNothingHidesNoRows) {
  Features features;
  features.Set("x", absl::Span<const float>(),
               {std::int64_t{1} << 40, std::int64_t{1} << 40, 0, 1});
  EXPECT_THAT(Transform(BucketizedColumn{.source_column = {.key = "x"},
                                         .boundaries = {2}},
                        features)
                  .status(),
              InvalidWith("has more than 16777216 rows"));
}

TEST(Bucketized, ComparesInFloat32) {
  const std::vector<double> values = {0.1, 0.09999999999};
  Features features;
  features.Set("x", values);
  EXPECT_THAT(IdsOf(BucketizedColumn{.source_column = {.key = "x"},
                                     .boundaries = {0.1, 0.1000000000001}},
                    features),
              ElementsAre(2, 2));
}

TEST(Bucketized, RefusesBadArguments) {
  const auto error = [](const BucketizedColumn& column) {
    return internal::Compile(column).status();
  };
  EXPECT_THAT(error({.source_column = {.key = "x"}, .boundaries = {}}),
              InvalidWith("\"x_bucketized\": boundaries are empty"));
  EXPECT_THAT(error({.source_column = {.key = "x"}, .boundaries = {1, 1}}),
              InvalidWith("not strictly increasing: 1 before 1"));
  EXPECT_THAT(error({.source_column = {.key = "x", .shape = {2, 2}},
                     .boundaries = {1}}),
              InvalidWith("the source has rank 2, expected 1"));
  EXPECT_THAT(
      error({.source_column = {.key = "x", .shape = {}}, .boundaries = {1}}),
      InvalidWith("the source has rank 0, expected 1"));
  EXPECT_THAT(error({.source_column = {.key = "x", .dtype = DType::kBool},
                     .boundaries = {1}}),
              InvalidWith("dtype is bool, expected a number"));
}

}  // namespace
}  // namespace rowhouse
