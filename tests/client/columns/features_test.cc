#include "rowhouse/features.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rowhouse {
namespace {

using ::testing::ElementsAre;

TEST(Features, HoldViewsOfTheirData) {
  std::vector<std::int64_t> values = {4, 5, 6};
  Features features;
  features.Set("x", values);
  values[1] = 7;
  const Features::Tensor* tensor = features.Find("x");
  ASSERT_NE(tensor, nullptr);
  EXPECT_FALSE(tensor->sparse);
  EXPECT_THAT(tensor->shape, ElementsAre(3));
  EXPECT_THAT(std::get<absl::Span<const std::int64_t>>(tensor->values),
              ElementsAre(4, 7, 6));
}

TEST(Features, ReplaceATensorOfTheSameKey) {
  const std::vector<float> dense = {1, 2};
  const std::vector<std::string> values = {"a"};
  const std::vector<std::int64_t> indices = {0, 1};
  Features features;
  features.Set("x", dense);
  features.SetSparse("x", indices, values, {1, 3});
  const Features::Tensor* tensor = features.Find("x");
  ASSERT_NE(tensor, nullptr);
  EXPECT_TRUE(tensor->sparse);
  EXPECT_THAT(tensor->shape, ElementsAre(1, 3));
  EXPECT_THAT(tensor->indices, ElementsAre(0, 1));
  EXPECT_EQ(features.Find("y"), nullptr);
}

TEST(Features, KnowTheTypeOfTheirValues) {
  const std::vector<std::string> strings;
  const std::vector<absl::string_view> views;
  const std::vector<std::int64_t> integers;
  const std::vector<float> floats;
  EXPECT_EQ(DTypeName(DTypeOf(strings)), "string");
  EXPECT_EQ(DTypeName(DTypeOf(views)), "string");
  EXPECT_EQ(DTypeName(DTypeOf(integers)), "int64");
  EXPECT_EQ(DTypeName(DTypeOf(floats)), "float32");
}

}  // namespace
}  // namespace rowhouse
