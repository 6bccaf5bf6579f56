#include "client/columns/numeric.h"

#include <string>
#include <vector>

#include "tests/client/columns/column_testing.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;

absl::StatusOr<NumericValues> Values(const NumericColumn& column,
                                     const Features& features) {
  auto compiled = NumericTransform::Compile(column);
  if (!compiled.ok()) return compiled.status();
  return compiled->Transform(features);
}

TEST(Numeric, CastsThenNormalizes) {
  const std::vector<std::int64_t> values = {-1, 0, 16777217};
  Features features;
  features.Set("x", values);
  auto plain = Values({.key = "x"}, features);
  ASSERT_TRUE(plain.ok()) << plain.status();
  EXPECT_THAT(plain->values, ElementsAre(-1.0f, 0.0f, 16777216.0f));
  auto halved =
      Values({.key = "x", .normalizer_fn = [](float x) { return (x - 2) / 2; }},
             features);
  ASSERT_TRUE(halved.ok());
  EXPECT_THAT(halved->values, ElementsAre(-1.5f, -1.0f, 8388607.0f));
}

TEST(Numeric, TakesAsManyValuesPerRowAsItsShape) {
  const std::vector<float> values = {1, 2, 3, 4, 5, 6};
  Features features;
  features.Set("x", values, {1, 6});
  auto six = Values({.key = "x", .shape = {2, 3}}, features);
  ASSERT_TRUE(six.ok()) << six.status();
  EXPECT_EQ(six->rows, 1);
  EXPECT_THAT(six->values, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(Values({.key = "x", .shape = {5}}, features).status(),
              InvalidWith("\"x\": expected 5 values per row, got 6"));
}

TEST(Numeric, RefusesWhatIsNoDenseNumber) {
  const std::vector<std::string> strings = {"1"};
  const std::vector<float> values = {1};
  const std::vector<std::int64_t> indices = {0, 0};
  Features features;
  features.Set("s", strings);
  features.SetSparse("sparse", indices, values, {1, 1});
  EXPECT_THAT(Values({.key = "s"}, features).status(),
              InvalidWith("takes numbers, got string"));
  EXPECT_THAT(Values({.key = "sparse"}, features).status(),
              InvalidWith("the feature is sparse"));
  EXPECT_THAT(Values({.key = "x", .shape = {2, 0}}, features).status(),
              InvalidWith("dimension 0, expected at least 1"));
  EXPECT_THAT(
      Values({.key = "x", .shape = {1 << 20, 1 << 20}}, features).status(),
      InvalidWith("more than 8192 values"));
}

}  // namespace
}  // namespace rowhouse::internal
