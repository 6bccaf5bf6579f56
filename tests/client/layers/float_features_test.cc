#include "client/layers/float_features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <variant>

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;

TEST(FloatFeatures, CastsFloatsOfOtherWidths) {
  const std::vector<double> doubles = {1.5, 1e-3};
  const std::vector<Float16> halves = {Float16::From(2.5f)};
  const std::vector<Bfloat16> brains = {Bfloat16::From(-4.0f)};
  const std::vector<std::int64_t> indices = {1, 0};
  const std::vector<std::int64_t> splits = {0, 1};
  const std::vector<std::int64_t> integers = {7};
  Features given;
  given.Set("doubles", doubles, {1, 2});
  given.SetSparse("halves", indices, halves, {2, 1});
  given.SetRagged("brains", {splits}, brains);
  given.Set("integers", integers);
  const FloatFeatures cast(given);
  const auto floats = [&](absl::string_view key) {
    return std::get<absl::Span<const float>>(cast.get().Find(key)->values);
  };
  EXPECT_THAT(floats("doubles"), ElementsAre(1.5f, 1e-3f));
  EXPECT_THAT(cast.get().Find("doubles")->shape, ElementsAre(1, 2));
  EXPECT_THAT(floats("halves"), ElementsAre(2.5f));
  EXPECT_EQ(cast.get().Find("halves")->layout, Features::Layout::kSparse);
  EXPECT_THAT(cast.get().Find("halves")->indices, ElementsAre(1, 0));
  EXPECT_THAT(floats("brains"), ElementsAre(-4));
  EXPECT_EQ(cast.get().Find("brains")->layout, Features::Layout::kRagged);
  EXPECT_EQ(DTypeOf(cast.get().Find("integers")->values), DType::kInt64);
  EXPECT_EQ(DTypeOf(given.Find("doubles")->values), DType::kFloat64);
}

TEST(FloatFeatures, CopiesNothingWithoutNeed) {
  const std::vector<float> floats = {1};
  Features given;
  given.Set("x", floats);
  EXPECT_EQ(&FloatFeatures(given).get(), &given);
}

}  // namespace
}  // namespace rowhouse::internal
