#include "tests/golden/value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/testing/status_matchers.h"

namespace rowhouse::golden {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

auto InvalidWith(const char* text) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(text));
}

TEST(ReadTensor, KeepsIntegersOf64Bits) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const Tensor tensor,
      ReadTensor(Json::parse(R"({"dense": {"dtype": "uint64", "shape": [2],
          "values": [18446744073709551615, 9007199254740993]}})")));
  EXPECT_THAT(std::get<std::vector<std::uint64_t>>(tensor.values),
              ElementsAre(18446744073709551615u, 9007199254740993u));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const Tensor low,
      ReadTensor(Json::parse(R"({"dense": {"dtype": "int64", "shape": [1],
          "values": [-9223372036854775808]}})")));
  EXPECT_THAT(IntegersOf(low),
              IsOkAndHolds(ElementsAre(std::int64_t{1} << 63)));
}

TEST(ReadTensor, RoundsFloatsOnceToTheirWidth) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const Tensor tensor,
      ReadTensor(Json::parse(R"({"dense": {"dtype": "float32", "shape": [4],
          "values": [0.1, "nan", "inf", "-inf"]}})")));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto floats, FloatsOf(tensor));
  ASSERT_THAT(floats, SizeIs(4));
  EXPECT_EQ(floats[0], 0.1f);
  EXPECT_TRUE(std::isnan(floats[1]));
  EXPECT_EQ(floats[2], INFINITY);
  EXPECT_EQ(floats[3], -INFINITY);
}

TEST(ReadTensor, ReadsSparseAndRagged) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const Tensor sparse,
      ReadTensor(Json::parse(R"({"sparse": {"dtype": "string",
          "indices": [[0, 1], [2, 0]], "values": ["a", {"b64": "/w=="}],
          "dense_shape": [3, 2]}})")));
  EXPECT_EQ(sparse.layout, Tensor::Layout::kSparse);
  EXPECT_THAT(sparse.indices, ElementsAre(0, 1, 2, 0));
  EXPECT_THAT(std::get<std::vector<std::string>>(sparse.values),
              ElementsAre("a", "\xff"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const Tensor ragged,
      ReadTensor(Json::parse(R"({"ragged": {"dtype": "int32",
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
    EXPECT_THAT(ReadTensor(Json::parse(json)), InvalidWith(message)) << json;
  }
}

TEST(ReadRowGradient, KeepsRepeatedIds) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const RowGradient gradient,
      ReadRowGradient(Json::parse(
          R"({"rows": {"ids": [3, 3], "dim": 1, "values": [1, "nan"]}})")));
  EXPECT_THAT(gradient.ids, ElementsAre(3, 3));
  EXPECT_TRUE(std::isnan(gradient.values[1]));
  EXPECT_THAT(ReadRowGradient(Json::parse(
                  R"({"rows": {"ids": [3], "dim": 2, "values": [1]}})")),
              InvalidWith("1 ids of 2 values, but 1 are given"));
}

TEST(ToJson, IsTheWayBack) {
  EXPECT_EQ(NumberToJson(-INFINITY), Json("-inf"));
  EXPECT_EQ(NumberToJson(NAN), Json("nan"));
  EXPECT_EQ(NumberToJson(1.5), Json(1.5));
  EXPECT_EQ(BytesToJson("\xc3\xa4"), Json("\xc3\xa4"));
  EXPECT_EQ(BytesToJson("\xff"), Json::parse(R"({"b64": "/w=="})"));
}

}  // namespace
}  // namespace rowhouse::golden
