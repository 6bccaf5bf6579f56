#include <limits>
#include <string>
#include <vector>

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
}

}  // namespace
}  // namespace rowhouse
