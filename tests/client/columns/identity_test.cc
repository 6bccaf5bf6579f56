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
