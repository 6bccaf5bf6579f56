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
  EXPECT_EQ(tensor->layout, Features::Layout::kDense);
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
  EXPECT_EQ(tensor->layout, Features::Layout::kSparse);
  EXPECT_THAT(tensor->shape, ElementsAre(1, 3));
  EXPECT_THAT(tensor->indices, ElementsAre(0, 1));
  EXPECT_EQ(features.Find("y"), nullptr);
}

TEST(Features, HoldRaggedTensors) {
  const std::vector<std::int64_t> outer = {0, 2, 3};
  const std::vector<std::int64_t> inner = {0, 1, 1, 3};
  const std::vector<double> values = {1, 2, 3, 4, 5, 6};
  Features features;
  features.SetRagged("x", {outer, inner}, values, {2});
  const Features::Tensor* tensor = features.Find("x");
  ASSERT_NE(tensor, nullptr);
  EXPECT_EQ(tensor->layout, Features::Layout::kRagged);
  EXPECT_THAT(tensor->row_splits[1], ElementsAre(0, 1, 1, 3));
  EXPECT_THAT(tensor->shape, ElementsAre(2));
  EXPECT_EQ(CountOf(tensor->values), 6u);
}

template <typename Value>
absl::string_view NameOf() {
  return DTypeName(DTypeOf(absl::Span<const Value>()));
}

TEST(Features, KnowTheTypeOfTheirValues) {
  EXPECT_EQ(NameOf<std::string>(), "string");
  EXPECT_EQ(NameOf<absl::string_view>(), "string");
  EXPECT_EQ(NameOf<bool>(), "bool");
  EXPECT_EQ(NameOf<std::int8_t>(), "int8");
  EXPECT_EQ(NameOf<std::int16_t>(), "int16");
  EXPECT_EQ(NameOf<std::int32_t>(), "int32");
  EXPECT_EQ(NameOf<std::int64_t>(), "int64");
  EXPECT_EQ(NameOf<std::uint8_t>(), "uint8");
  EXPECT_EQ(NameOf<std::uint16_t>(), "uint16");
  EXPECT_EQ(NameOf<std::uint32_t>(), "uint32");
  EXPECT_EQ(NameOf<std::uint64_t>(), "uint64");
  EXPECT_EQ(NameOf<Float16>(), "float16");
  EXPECT_EQ(NameOf<Bfloat16>(), "bfloat16");
  EXPECT_EQ(NameOf<float>(), "float32");
  EXPECT_EQ(NameOf<double>(), "float64");
}

}  // namespace
}  // namespace rowhouse
