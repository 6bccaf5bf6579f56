#include "client/keras/sparse_output.h"

#include <limits>

#include "tests/client/keras/keras_testing.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(KeepNonZeros, LeavesZerosOut) {
  std::vector<float> values = {0, 1, 2, -0.0f, 3, 0};
  std::vector<std::int64_t> indices;
  EXPECT_THAT(KeepNonZeros({1, 3, 2}, values, indices), ElementsAre(1, 2, 4));
  EXPECT_THAT(values, ElementsAre(1, 2, 3));
  EXPECT_THAT(indices, ElementsAre(0, 0, 1, 0, 1, 0, 0, 2, 0));
}

TEST(KeepNonZeros, NanIsNotZero) {
  std::vector<float> values = {std::numeric_limits<float>::quiet_NaN()};
  std::vector<std::int64_t> indices;
  EXPECT_THAT(KeepNonZeros({1}, values, indices), ElementsAre(0));
}

TEST(KeepNonZeros, OfNothing) {
  std::vector<float> values;
  std::vector<std::int64_t> indices;
  EXPECT_THAT(KeepNonZeros({0, 3}, values, indices), IsEmpty());
  EXPECT_THAT(indices, IsEmpty());
}

TEST(IndicesOfComponents, AppendsTheComponent) {
  EXPECT_THAT(IndicesOfComponents({0, 2, 1, 0}, 2, 2),
              ElementsAre(0, 2, 0, 0, 2, 1, 1, 0, 0, 1, 0, 1));
  EXPECT_THAT(IndicesOfComponents({}, 3, 2), IsEmpty());
}

}  // namespace
}  // namespace rowhouse::internal
