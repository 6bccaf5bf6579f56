#include "client/columns/numeric.h"

#include <limits>
#include <string>
#include <vector>

#include "client/columns/dense.h"
#include "tests/client/columns/column_testing.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<DenseTensor> Values(const NumericColumn& column,
                                   const Features& features) {
  auto compiled = CompileDense(column);
  if (!compiled.ok()) return compiled.status();
  return (*compiled)->Transform(features);
}

TEST(Numeric, CastsThenNormalizes) {
  const std::vector<std::int64_t> values = {-1, 0, 16777217};
  Features features;
  features.Set("x", values);
  auto plain = Values({.key = "x"}, features);
  ASSERT_TRUE(plain.ok()) << plain.status();
  EXPECT_THAT(plain->values, ElementsAre(-1.0f, 0.0f, 16777216.0f));
  EXPECT_THAT(plain->shape, ElementsAre(3, 1));
  auto halved =
      Values({.key = "x", .normalizer_fn = [](float x) { return (x - 2) / 2; }},
             features);
  ASSERT_TRUE(halved.ok());
  EXPECT_THAT(halved->values, ElementsAre(-1.5f, -1.0f, 8388607.0f));
}

template <typename Value>
void ExpectCast(const std::vector<Value>& values, float first, float second) {
  Features features;
  features.Set("x", values);
  // The declared type is not compared.
  auto numbers = Values({.key = "x", .dtype = DType::kInt8}, features);
  ASSERT_TRUE(numbers.ok()) << numbers.status();
  EXPECT_THAT(numbers->values, ElementsAre(first, second));
  EXPECT_EQ(numbers->dtype, DType::kFloat32);
}

TEST(Numeric, TakesEveryNumberAndBool) {
  const bool flags[] = {true, false};
  Features features;
  features.Set("x", absl::MakeConstSpan(flags));
  auto numbers = Values({.key = "x"}, features);
  ASSERT_TRUE(numbers.ok()) << numbers.status();
  EXPECT_THAT(numbers->values, ElementsAre(1, 0));
  ExpectCast<std::int8_t>({-128, 5}, -128, 5);
  ExpectCast<std::int16_t>({-300, 5}, -300, 5);
  ExpectCast<std::int32_t>({-70000, 5}, -70000, 5);
  ExpectCast<std::uint8_t>({255, 5}, 255, 5);
  ExpectCast<std::uint16_t>({65535, 5}, 65535, 5);
  ExpectCast<std::uint32_t>({4294967295u, 5}, 4294967296.0f, 5);
  ExpectCast<std::uint64_t>({std::numeric_limits<std::uint64_t>::max(), 3},
                            18446744073709551616.0f, 3);
  ExpectCast<Float16>({Float16::From(-0.5f), Float16::From(5)}, -0.5f, 5);
  ExpectCast<Bfloat16>({Bfloat16::From(-0.5f), Bfloat16::From(5)}, -0.5f, 5);
  ExpectCast<double>({0.1, 1e300}, 0.1f,
                     std::numeric_limits<float>::infinity());
}

// A layer compares it, when it reshapes.
TEST(Numeric, KeepsTheShapeOfTheFeature) {
  const std::vector<float> values = {1, 2, 3, 4, 5, 6};
  Features features;
  features.Set("x", values, {1, 3, 2});
  auto six = Values({.key = "x", .shape = {5}}, features);
  ASSERT_TRUE(six.ok()) << six.status();
  EXPECT_THAT(six->shape, ElementsAre(1, 3, 2));
  EXPECT_THAT(six->values, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT((*CompileDense(NumericColumn{.key = "x", .shape = {5}}))
                  ->variable_shape(),
              ElementsAre(5));
}

TEST(Numeric, RefusesWhatIsNoDenseNumber) {
  const std::vector<std::string> strings = {"1"};
  const std::vector<float> values = {1};
  const std::vector<std::int64_t> indices = {0, 0};
  const std::vector<std::int64_t> splits = {0, 1};
  Features features;
  features.Set("s", strings);
  features.SetSparse("sparse", indices, values, {1, 1});
  features.SetRagged("ragged", {splits}, values);
  EXPECT_THAT(Values({.key = "s"}, features).status(),
              StatusIs(absl::StatusCode::kUnimplemented,
                       HasSubstr("strings are not cast")));
  EXPECT_THAT(Values({.key = "sparse"}, features).status(),
              InvalidWith("the feature is sparse"));
  EXPECT_THAT(Values({.key = "ragged"}, features).status(),
              InvalidWith("ragged, expected dense or sparse"));
  EXPECT_THAT(Values({.key = "none"}, features).status(),
              InvalidWith("\"none\" is absent"));
}

TEST(Numeric, RefusesBadArguments) {
  const auto error = [](const NumericColumn& column) {
    return CheckNumeric(column);
  };
  EXPECT_THAT(error({.key = "x", .shape = {2, 0}}),
              InvalidWith("dimension 0, expected at least 1"));
  EXPECT_THAT(error({.key = "x", .shape = {-1}}), InvalidWith("dimension -1"));
  EXPECT_THAT(error({.key = "x", .shape = {1 << 20, 1 << 20, 1 << 30}}),
              InvalidWith("more than 67108864 values"));
  EXPECT_THAT(error({.key = "x", .dtype = DType::kBool}),
              InvalidWith("dtype is bool, expected a number"));
  EXPECT_THAT(error({.key = "x", .dtype = DType::kString}),
              InvalidWith("dtype is string"));
  EXPECT_TRUE(error({.key = "x", .shape = {}}).ok());
}

TEST(Numeric, ChecksTheDefaultValue) {
  const auto error = [](NumericDefault value, DType dtype) {
    return CheckNumeric({.key = "x",
                         .shape = {2},
                         .default_value = std::move(value),
                         .dtype = dtype});
  };
  const std::vector<Number> two = {Number(1.5), Number(std::int64_t{2})};
  EXPECT_TRUE(error(1, DType::kInt64).ok());
  EXPECT_TRUE(error(1, DType::kFloat32).ok());
  EXPECT_TRUE(error(1.5, DType::kBfloat16).ok());
  EXPECT_TRUE(error(NumericDefault(two, {2}), DType::kFloat64).ok());
  EXPECT_THAT(error(1.0, DType::kInt64),
              InvalidWith("default_value 1 is not of type int64"));
  EXPECT_THAT(error(NumericDefault(two, {2}), DType::kUint8),
              InvalidWith("default_value 1.5 is not of type uint8"));
  EXPECT_THAT(error(NumericDefault(two, {2, 1}), DType::kFloat32),
              InvalidWith("default_value has shape [2, 1], expected [2]"));
  EXPECT_THAT(error(NumericDefault({two[0]}, {2}), DType::kFloat32),
              InvalidWith("default_value has 1 values, expected 2"));
}

}  // namespace
}  // namespace rowhouse::internal
