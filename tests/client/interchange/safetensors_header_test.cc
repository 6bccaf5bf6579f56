#include "client/interchange/safetensors_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::interchange {
namespace {

using ::testing::HasSubstr;

auto DamageWith(const std::string& text) {
  return StatusIs(absl::StatusCode::kDataLoss, HasSubstr(text));
}

std::string Repeated(int times, const std::string& text) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(SafetensorsHeaderTest, TensorsByName) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const SafetensorsEntries entries,
      ParseSafetensorsHeader(
          R"({"b":{"shape":[2,1],"dtype":"F32","data_offsets":[1,9]},)"
          R"("":{"data_offsets":[0,1],"dtype":"U8","shape":[]}}  )",
          9));
  ASSERT_EQ(entries.size(), 2);
  EXPECT_EQ(entries.at("b").info, (TensorInfo{Dtype::kFloat32, {2, 1}}));
  EXPECT_EQ(entries.at("b").begin, 1);
  EXPECT_EQ(entries.at("b").end, 9);
  EXPECT_EQ(entries.at("").info, (TensorInfo{Dtype::kUint8, {}}));
}

TEST(SafetensorsHeaderTest, MetadataAreTextsByKey) {
  for (const char* metadata : {R"({})", R"({"format":"pt","dtype":"x"})",
                               R"(null)", R"({"shape":"[1]"})"}) {
    ROWHOUSE_EXPECT_OK(ParseSafetensorsHeader(
        absl::StrCat(R"({"__metadata__":)", metadata, "}"), 0))
        << metadata;
  }
  for (const char* metadata :
       {R"("pt")", R"([])", R"(1)", R"({"a":1})", R"({"a":["b"]})",
        R"({"a":{}})", R"({"a":null})", R"({"a":"b","a":"b"})"}) {
    EXPECT_THAT(ParseSafetensorsHeader(
                    absl::StrCat(R"({"__metadata__":)", metadata, "}"), 0),
                DamageWith("__metadata__: not texts by key"))
        << metadata;
  }
  EXPECT_THAT(
      ParseSafetensorsHeader(R"({"__metadata__":{},"__metadata__":{}})", 0),
      DamageWith("__metadata__: is there twice"));
}

TEST(SafetensorsHeaderTest, ValuesOutOfPlace) {
  for (const char* header :
       {"1", "[]", "[{}]", "null", R"("a")", "-1", "1.5"}) {
    EXPECT_THAT(ParseSafetensorsHeader(header, 4), DamageWith("no JSON object"))
        << header;
  }
  for (const char* tensor :
       {R"({"dtype":"U8","shape":[4],"data_offsets":[0,4],"dtype":"U8"})",
        R"({"dtype":"U8","shape":[4],"shape":[4],"data_offsets":[0,4]})",
        R"({"dtype":"U8","shape":[[4]],"data_offsets":[0,4]})",
        R"({"dtype":["U8"],"shape":[4],"data_offsets":[0,4]})",
        R"({"dtype":"U8","shape":["dtype"],"data_offsets":[0,4]})",
        R"({"dtype":"U8","shape":{"4":4},"data_offsets":[0,4]})",
        R"({"dtype":"U8","shape":[true],"data_offsets":[0,4]})",
        R"({"dtype":"U8","shape":[4],"data_offsets":[-0,4]})", R"("U8")",
        R"([])", R"(4)", R"(null)"}) {
    EXPECT_THAT(
        ParseSafetensorsHeader(absl::StrCat(R"({"a":)", tensor, "}"), 4),
        DamageWith("a: not {dtype, shape, data_offsets}"))
        << tensor;
  }
  EXPECT_THAT(ParseSafetensorsHeader("{\"a\":", 4), DamageWith("no JSON at"));
}

// A tree of them would be copied, or printed, by a function that calls itself.
TEST(SafetensorsHeaderTest, BracketsWithoutEndAreNoHeader) {
  for (const std::string& front :
       {std::string(), std::string(R"({"a":)"),
        std::string(R"({"__metadata__":{"a":)"),
        std::string(R"({"a":{"dtype":"U8","shape":)")}) {
    EXPECT_THAT(
        ParseSafetensorsHeader(absl::StrCat(front, std::string(100000, '['),
                                            std::string(100000, ']')),
                               0),
        StatusIs(absl::StatusCode::kDataLoss))
        << front;
    EXPECT_THAT(ParseSafetensorsHeader(
                    absl::StrCat(front, Repeated(100000, R"({"a":)")), 0),
                StatusIs(absl::StatusCode::kDataLoss))
        << front;
  }
}

TEST(SafetensorsHeaderTest, AShapeOfTooManyAxes) {
  const auto header = [](int axes) {
    return absl::StrCat(R"({"a":{"dtype":"U8","shape":[1)",
                        Repeated(axes - 1, ",1"),
                        R"(],"data_offsets":[0,1]}})");
  };
  ROWHOUSE_EXPECT_OK(ParseSafetensorsHeader(header(254), 1));
  EXPECT_THAT(ParseSafetensorsHeader(header(255), 1), DamageWith("255 axes"));
  EXPECT_THAT(ParseSafetensorsHeader(header(100000), 1), DamageWith("a: not"));
}

// Each is looked up among those before it.
TEST(SafetensorsHeaderTest, ManyTensors) {
  std::string header = "{";
  for (int i = 0; i < 200000; ++i) {
    absl::StrAppend(&header, i == 0 ? "" : ",", "\"", i,
                    R"(":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})");
  }
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SafetensorsEntries entries,
                                ParseSafetensorsHeader(header + "}", 0));
  EXPECT_EQ(entries.size(), 200000);
}

}  // namespace
}  // namespace rowhouse::interchange
