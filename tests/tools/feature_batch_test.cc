#include "tools/feature_batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "tests/testing/status_matchers.h"

namespace rowhouse::tools {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(FeatureBatch, OwnsWhatItsFeaturesBorrow) {
  auto read = FeatureBatch::Read(TensorJson::parse(
      R"({"a": {"dense": {"dtype": "string", "shape": [1, 2],
                          "values": ["x", ""]}},
          "b": {"sparse": {"dtype": "int64", "indices": [[1, 0]],
                           "values": [7], "dense_shape": [2, 1]}},
          "c": {"dense": {"dtype": "float32", "shape": [1],
                          "values": ["-inf"]}}})"));
  ROWHOUSE_ASSERT_OK(read);
  const FeatureBatch batch = std::move(*read);
  const auto* a = batch.features().Find("a");
  ASSERT_NE(a, nullptr);
  EXPECT_THAT(a->shape, ElementsAre(1, 2));
  EXPECT_THAT(std::get<absl::Span<const std::string>>(a->values),
              ElementsAre("x", ""));
  const auto* b = batch.features().Find("b");
  ASSERT_NE(b, nullptr);
  EXPECT_THAT(b->indices, ElementsAre(1, 0));
  EXPECT_THAT(std::get<absl::Span<const std::int64_t>>(b->values),
              ElementsAre(7));
  EXPECT_NE(batch.features().Find("c"), nullptr);
}

TEST(FeatureBatch, NamesTheFeatureThatIsWrong) {
  EXPECT_THAT(
      FeatureBatch::Read(TensorJson::parse(R"({"a": {"dense": 1}})")).status(),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("feature \"a\"")));
  EXPECT_THAT(FeatureBatch::Read(TensorJson::parse("[]")).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace rowhouse::tools
