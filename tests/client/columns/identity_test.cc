#include <limits>
#include <vector>

#include "tests/client/columns/column_testing.h"

namespace rowhouse {
namespace {

using ::testing::ElementsAre;

Features Sparse(const std::vector<std::int64_t>& indices,
                const std::vector<std::int64_t>& values) {
  Features features;
  features.SetSparse("x", indices, values,
                     {static_cast<std::int64_t>(values.size())});
  return features;
}

TEST(Identity, MapsWhatIsOutsideToTheDefault) {
  const std::vector<std::int64_t> indices = {0, 1, 2, 3};
  const std::vector<std::int64_t> values = {-1, 4, 5, -7};
  const Features features = Sparse(indices, values);
  const CategoricalColumnWithIdentity plain{.key = "x", .num_buckets = 5};
  EXPECT_THAT(IdsOf(plain, features), ElementsAre(-1, 4, 5, -7));
  CategoricalColumnWithIdentity with_default = plain;
  with_default.default_value = 2;
  EXPECT_THAT(IdsOf(with_default, features), ElementsAre(2, 4, 2, 2));
}

TEST(Identity, DropsDenseMinusOneEvenWithADefault) {
  const std::vector<std::int64_t> values = {-1, -2, 3};
  Features features;
  features.Set("x", values);
  EXPECT_THAT(IdsOf(
                  CategoricalColumnWithIdentity{
                      .key = "x", .num_buckets = 4, .default_value = 0},
                  features),
              ElementsAre(0, 3));
}

TEST(Identity, TakesIntegersOfEveryWidth) {
  const CategoricalColumnWithIdentity column{
      .key = "x", .num_buckets = 300, .default_value = 7};
  const std::vector<std::int8_t> bytes = {-2, 127};
  const std::vector<std::uint8_t> unsigned_bytes = {254, 255};
  const std::vector<std::uint64_t> large = {1ULL << 63, 299};
  Features features;
  features.Set("x", bytes);
  EXPECT_THAT(IdsOf(column, features), ElementsAre(7, 127));
  features.Set("x", unsigned_bytes);
  EXPECT_THAT(IdsOf(column, features), ElementsAre(254));
  features.Set("x", large);
  EXPECT_THAT(IdsOf(column, features), ElementsAre(7, 299));
  const CategoricalColumnWithIdentity plain{.key = "x", .num_buckets = 300};
  EXPECT_THAT(IdsOf(plain, features),
              ElementsAre(std::numeric_limits<std::int64_t>::min(), 299));
}

TEST(Identity, RefusesOtherTypes) {
  const std::vector<float> floats = {1};
  const bool flags[] = {true};
  const CategoricalColumnWithIdentity column{.key = "x", .num_buckets = 3};
  Features features;
  features.Set("x", floats);
  EXPECT_THAT(Transform(column, features).status(),
              InvalidWith("\"x\": takes integers, got float32"));
  features.Set("x", absl::MakeConstSpan(flags));
  EXPECT_THAT(Transform(column, features).status(),
              InvalidWith("\"x\": takes integers, got bool"));
}

// It was 'column "": num_buckets is 0'.
TEST(Identity, AColumnThatNobodySetIsSaidToBeMissing) {
  EXPECT_THAT(internal::Compile(CategoricalColumn{}).status(),
              InvalidWith("categorical_column is missing"));
}

TEST(Identity, RefusesBadArguments) {
  using Column = CategoricalColumnWithIdentity;
  EXPECT_THAT(internal::Compile(Column{.key = "x"}).status(),
              InvalidWith("\"x\": num_buckets is 0, expected at least 1"));
  EXPECT_THAT(internal::Compile(
                  Column{.key = "x", .num_buckets = 5, .default_value = 5})
                  .status(),
              InvalidWith("default_value 5 is not in [0, 5)"));
  EXPECT_THAT(internal::Compile(
                  Column{.key = "x", .num_buckets = 5, .default_value = -1})
                  .status(),
              InvalidWith("default_value -1 is not in [0, 5)"));
}

}  // namespace
}  // namespace rowhouse
