#include "client/columns/dense.h"

#include "tests/client/columns/column_testing.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;

TEST(Dense, CompilesEachKind) {
  const BucketizedColumn buckets{.source_column = {.key = "x", .shape = {2}},
                                 .boundaries = {1, 2}};
  const auto numeric =
      CompileDense(DenseColumn(NumericColumn{.key = "x", .shape = {2, 3}}));
  const auto one_hot = CompileDense(DenseColumn(buckets));
  const auto multi_hot =
      CompileDense(DenseColumn(IndicatorColumn{.categorical_column = buckets}));
  ASSERT_TRUE(numeric.ok() && one_hot.ok() && multi_hot.ok());
  EXPECT_EQ((*numeric)->name(), "x");
  EXPECT_THAT((*numeric)->variable_shape(), ElementsAre(2, 3));
  EXPECT_EQ((*one_hot)->name(), "x_bucketized");
  EXPECT_THAT((*one_hot)->variable_shape(), ElementsAre(2, 3));
  EXPECT_EQ((*multi_hot)->name(), "x_bucketized_indicator");
  EXPECT_THAT((*multi_hot)->variable_shape(), ElementsAre(1, 6));
}

}  // namespace
}  // namespace rowhouse::internal
