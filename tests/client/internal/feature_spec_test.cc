#include "rowhouse/feature_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

auto InvalidWith(const std::string& text) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(text));
}

constexpr char kJson[] = R"({"columns": [
  {"numeric_column": {"key": "age", "default_value":
      {"values": [{"integer": "9007199254740993"}]}}},
  {"embedding_column": {
    "categorical_column": {"categorical_column_with_vocabulary_list": {
      "key": "word", "vocabulary_list": {"strings": ["{[", "\"}"]}}},
    "dimension": 8, "combiner": "sum", "max_norm": 1.5}}]})";

constexpr char kText[] = R"(
columns {
  numeric_column {
    key: "age"
    default_value { values { integer: 9007199254740993 } }
  }
}
columns {
  embedding_column {
    categorical_column {
      categorical_column_with_vocabulary_list {
        key: "word"
        vocabulary_list { strings: "{[" strings: "\"}" }
      }
    }
    dimension: 8
    combiner: "sum"
    max_norm: 1.5
  }
})";

TEST(FeatureSpec, JsonAndTextSayTheSame) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto from_json, ColumnsFromJson(kJson));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto from_text, ColumnsFromText(kText));
  ASSERT_THAT(from_json, SizeIs(2));
  EXPECT_EQ(std::get<EmbeddingColumn>(from_json[1]).dimension, 8);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const std::string text,
                                ColumnsToText(from_json));
  EXPECT_THAT(ColumnsToText(from_text), IsOkAndHolds(text));
}

TEST(FeatureSpec, WhatIsWrittenIsReadAgain) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto columns, ColumnsFromJson(kJson));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const std::string json, ColumnsToJson(columns));
  EXPECT_THAT(json, HasSubstr("\"embedding_column\""));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto again, ColumnsFromJson(json));
  EXPECT_THAT(ColumnsToJson(again), IsOkAndHolds(json));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const std::string text, ColumnsToText(columns));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto from_text, ColumnsFromText(text));
  EXPECT_THAT(ColumnsToText(from_text), IsOkAndHolds(text));
}

TEST(FeatureSpec, RefusesWhatIsNotOfTheFormat) {
  EXPECT_THAT(ColumnsFromJson(""), InvalidWith(""));
  EXPECT_THAT(ColumnsFromJson("{"), InvalidWith(""));
  EXPECT_THAT(ColumnsFromJson(R"({"colums": []})"), InvalidWith("colums"));
  EXPECT_THAT(ColumnsFromJson(R"({"columns": [{"numeric_column":
                  {"key": 5}}]})"),
              InvalidWith("key"));
  EXPECT_THAT(ColumnsFromJson(R"({"columns": [{"numeric_column":
                  {"key": "a", "normalizer_fn": "abs"}}]})"),
              InvalidWith("normalizer_fn"));
  EXPECT_THAT(ColumnsFromJson("{\"columns\": [{\"numeric_column\": "
                              "{\"key\": \"\xff\"}}]}"),
              InvalidWith(""));
  EXPECT_THAT(ColumnsFromText("columns { numeric_column { kay: 1 } }"),
              InvalidWith("1:31: "));
  EXPECT_THAT(ColumnsFromText("columns {"), InvalidWith("1:"));
  EXPECT_THAT(ColumnsFromJson(R"({"columns": [{}]})"),
              InvalidWith("columns[0].column: missing"));
}

TEST(FeatureSpec, EmptyIsNoColumns) {
  EXPECT_THAT(ColumnsFromJson("{}"), IsOkAndHolds(SizeIs(0)));
  EXPECT_THAT(ColumnsFromText("# nothing"), IsOkAndHolds(SizeIs(0)));
}

TEST(FeatureSpec, BoundsSizeAndDepth) {
  const std::string large(kFeatureSpecBytesMax + 1, ' ');
  EXPECT_THAT(ColumnsFromJson(large), InvalidWith("bytes, at most"));
  EXPECT_THAT(ColumnsFromText(large), InvalidWith("bytes, at most"));
  const auto nested = [](int crosses, const std::string& open,
                         const std::string& inner, const std::string& close) {
    std::string text;
    for (int i = 0; i < crosses; ++i) text += open;
    text += inner;
    for (int i = 0; i < crosses; ++i) text += close;
    return text;
  };
  const auto json = [&](int crosses) {
    return absl::StrCat(
        R"({"columns": [{"crossed_column": {"keys": [)",
        nested(crosses, R"({"column": {"crossed_column": {"keys": [)",
               R"({"feature": "a"})", "]}}}"),
        "]}}]}");
  };
  const auto text = [&](int crosses) {
    return absl::StrCat("columns { crossed_column { keys { ",
                        nested(crosses, "column { crossed_column { keys { ",
                               R"(feature: "a")", " } } }"),
                        " } } }");
  };
  ROWHOUSE_EXPECT_OK(ColumnsFromJson(json(10)));
  EXPECT_THAT(ColumnsFromJson(json(20)), InvalidWith("deeper than 64"));
  EXPECT_THAT(ColumnsFromJson(json(100000)), InvalidWith("deeper than 64"));
  ROWHOUSE_EXPECT_OK(ColumnsFromText(text(10)));
  EXPECT_THAT(ColumnsFromText(text(30)), InvalidWith("too deep"));
}

// Columns of such a key could not be said again.
TEST(FeatureSpec, TextThatIsNotUtf8IsRefused) {
  EXPECT_THAT(ColumnsFromText(R"(columns { numeric_column { key: "\202" } })"),
              InvalidWith("key: not UTF-8"));
  EXPECT_THAT(ColumnsFromText("columns { numeric_column { key: \"\xff\" } }"),
              InvalidWith("key: not UTF-8"));
  EXPECT_THAT(ColumnsFromText(
                  R"(columns { indicator_column { categorical_column {
               categorical_column_with_vocabulary_list {
                 key: "k" vocabulary_list { strings: "a" strings: "\377" }
               } } } })"),
              InvalidWith("strings: not UTF-8"));
}

// Protobuf's parser takes strings in single quotes too.
TEST(FeatureSpec, QuotesOfTheOtherKindHideNoDepth) {
  const std::string deep = std::string(65, '[') + std::string(65, ']');
  EXPECT_THAT(ColumnsFromJson(absl::StrCat("{'\"': ", deep, "}")),
              InvalidWith("deeper than 64"));
  ROWHOUSE_EXPECT_OK(ColumnsFromJson(absl::StrCat(
      "{'columns': [{'numeric_column': {'key': '", deep, "'}}]}")));
}

}  // namespace
}  // namespace rowhouse
