#include "tools/tensor_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <utility>

#include "tests/testing/status_matchers.h"

namespace rowhouse::tools {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

auto InvalidWith(const char* text) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(text));
}

TEST(ReadTensor, KeepsIntegersOf64Bits) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const Tensor tensor, ReadTensor(TensorJson::parse(
                               R"({"dense": {"dtype": "uint64", "shape": [2],
          "values": [18446744073709551615, 9007199254740993]}})")));
  EXPECT_THAT(std::get<std::vector<std::uint64_t>>(tensor.values),
              ElementsAre(18446744073709551615u, 9007199254740993u));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const Tensor low,
      ReadTensor(TensorJson::parse(R"({"dense": {"dtype": "int64", "shape": [1],
          "values": [-9223372036854775808]}})")));
  EXPECT_THAT(std::get<std::vector<std::int64_t>>(low.values),
              ElementsAre(std::numeric_limits<std::int64_t>::min()));
}

TEST(ReadTensor, RoundsFloatsOnceToTheirWidth) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const Tensor tensor, ReadTensor(TensorJson::parse(
                               R"({"dense": {"dtype": "float32", "shape": [4],
          "values": [0.1, "nan", "inf", "-inf"]}})")));
  const auto& floats = std::get<std::vector<double>>(tensor.values);
  ASSERT_THAT(floats, SizeIs(4));
  EXPECT_EQ(floats[0], double{0.1f});
  EXPECT_TRUE(std::isnan(floats[1]));
  EXPECT_EQ(floats[2], INFINITY);
  EXPECT_EQ(floats[3], -INFINITY);
}

TEST(ReadTensor, ReadsSparseAndRagged) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const Tensor sparse,
      ReadTensor(TensorJson::parse(R"({"sparse": {"dtype": "string",
          "indices": [[0, 1], [2, 0]], "values": ["a", {"b64": "/w=="}],
          "dense_shape": [3, 2]}})")));
  EXPECT_EQ(sparse.layout, Tensor::Layout::kSparse);
  EXPECT_THAT(sparse.indices, ElementsAre(0, 1, 2, 0));
  EXPECT_THAT(std::get<std::vector<std::string>>(sparse.values),
              ElementsAre("a", "\xff"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const Tensor ragged,
      ReadTensor(TensorJson::parse(R"({"ragged": {"dtype": "int32",
          "row_splits": [[0, 1], [0, 2]], "values": [7, 8]}})")));
  EXPECT_EQ(ragged.layout, Tensor::Layout::kRagged);
  EXPECT_THAT(ragged.row_splits,
              ElementsAre(ElementsAre(0, 1), ElementsAre(0, 2)));
}

TEST(ReadTensor, RefusesWhatIsNotOne) {
  const std::pair<const char*, const char*> kWrong[] = {
      {"[]", "one of dense, sparse, ragged"},
      {R"({"dence": {"dtype": "int64", "values": []}})", "one of dense"},
      {R"({"dense": {"shape": [0], "values": []}})", "needs 'dtype'"},
      {R"({"dense": {"dtype": "int65", "shape": [0], "values": []}})",
       "unknown dtype 'int65'"},
      {R"({"dense": {"dtype": "int64", "shape": [2], "values": [1]}})",
       "a shape of 2 values, but 1 are given"},
      {R"({"dense": {"dtype": "int64", "shape": [4294967296, 4294967296],
          "values": []}})",
       "a shape of 1.84467e+19 values, but 0 are given"},
      {R"({"dense": {"dtype": "int8", "shape": [1], "values": [128]}})",
       "an integer in [-128, 127]"},
      {R"({"dense": {"dtype": "int64", "shape": [1],
          "values": [9223372036854775808]}})",
       "an integer in"},
      {R"({"dense": {"dtype": "int64", "shape": [1], "values": [1.5]}})",
       "an integer"},
      {R"({"dense": {"dtype": "uint64", "shape": [1], "values": [-1]}})",
       "an unsigned integer"},
      {R"({"dense": {"dtype": "float32", "shape": [1], "values": ["0"]}})",
       "a number"},
      {R"({"dense": {"dtype": "string", "shape": [1], "values": [1]}})",
       "a string"},
      {R"({"dense": {"dtype": "int64", "shape": [0], "values": [], "x": 1}})",
       "unknown 'x'"},
      {R"({"sparse": {"dtype": "int64", "indices": [[0]], "values": [1],
          "dense_shape": [1, 1]}})",
       "2 coordinates"},
      {R"({"sparse": {"dtype": "int64", "indices": [], "values": [1],
          "dense_shape": [1, 1]}})",
       "1 coordinates"},
      {R"({"ragged": {"dtype": "int64", "row_splits": [], "values": []}})",
       "a list of row splits"},
  };
  for (const auto& [json, message] : kWrong) {
    EXPECT_THAT(ReadTensor(TensorJson::parse(json)), InvalidWith(message))
        << json;
  }
}

TEST(ToJson, IsTheWayBack) {
  EXPECT_EQ(NumberToJson(-INFINITY), TensorJson("-inf"));
  EXPECT_EQ(NumberToJson(NAN), TensorJson("nan"));
  EXPECT_EQ(NumberToJson(1.5), TensorJson(1.5));
  EXPECT_EQ(BytesToJson("\xc3\xa4"), TensorJson("\xc3\xa4"));
  EXPECT_EQ(BytesToJson("\xff"), TensorJson::parse(R"({"b64": "/w=="})"));
}

}  // namespace
}  // namespace rowhouse::tools
