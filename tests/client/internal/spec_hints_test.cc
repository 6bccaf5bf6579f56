#include "client/internal/spec_hints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "rowhouse/feature_spec.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

auto InvalidWith(const std::string& text) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(text));
}

std::string JsonOf(const std::string& table) {
  return absl::StrCat(R"({"columns": [{"embedding_column": {"table": )", table,
                      R"(, "dimension": 4, "categorical_column": {)"
                      R"("categorical_column_with_identity": {)"
                      R"("key": "a", "num_buckets": 5}}}}]})");
}

absl::Status Json(const std::string& table) {
  return ColumnsFromJson(JsonOf(table)).status();
}

absl::Status Text(const std::string& table) {
  return ColumnsFromText(absl::StrCat(
                             R"(columns { embedding_column { dimension: 4
      categorical_column { categorical_column_with_identity {
        key: "a" num_buckets: 5 } } table { )",
                             table, "} } }"))
      .status();
}

TEST(SpecHints, AMisspelledFieldListsTheKnownOnes) {
  EXPECT_THAT(Json(R"({"adamm": {}})"),
              InvalidWith("adamm: Cannot find field.; known there: name, "));
  EXPECT_THAT(Json(R"({"adam": {"lr": 1}})"),
              AllOf(InvalidWith("known there: generation, learning_rate, "),
                    Not(InvalidWith("sgd"))));
  EXPECT_THAT(Text("adamm { }"),
              InvalidWith("\"adamm\".; known there: name, "));
  EXPECT_THAT(ColumnsFromJson(R"({"colums": []})"),
              InvalidWith("; known there: columns"));
  EXPECT_THAT(
      ColumnsFromJson(R"({"columns": [{"embeddingColumn": {"dim": 3}}]})"),
      InvalidWith("; known there: categorical_column, dimension, "));
}

TEST(SpecHints, TheFormOfTableCreateIsToldThisOne) {
  EXPECT_THAT(Json(R"({"optimizer": {"type": "adam"}})"),
              InvalidWith("; say which one instead: sgd, adagrad, "));
  EXPECT_THAT(Text("optimizer { }"),
              InvalidWith("; say which one instead: sgd, adagrad, "));
}

TEST(SpecHints, AMisspelledGenerationListsTheKnownOnes) {
  const std::string known =
      "known there: GENERATION_TF1, GENERATION_KERAS_LEGACY, GENERATION_KERAS, "
      "GENERATION_TPU";
  EXPECT_THAT(Json(R"({"adam": {"generation": "keras"}})"), InvalidWith(known));
  EXPECT_THAT(Text("adam { generation: keras }"), InvalidWith(known));
}

// The path was "table.spec.adam", which no such file has.
TEST(SpecHints, WhatATableLacksIsNamedByItsPathInTheFile) {
  EXPECT_THAT(Json(R"({"adam": {}})"),
              InvalidWith("columns[0].embedding_column.table.adam."
                          "learning_rate: missing; it has no default"));
}

TEST(SpecHints, OtherErrorsHaveNone) {
  for (const char* error :
       {"", "Cannot find field.", ": Cannot find field.x",
        "(columns[0].nowhere) x: Cannot find field.",
        "(columns: Cannot find field.", "(a.b): invalid value \"x\" for type y",
        "(a.b): invalid value \"x\" for type a/b.C",
        "Message type \"a.b\" has no field named \"x\".",
        "Unknown enumeration value of \"x\" for field \"y\".",
        "1:1: Expected identifier, got: "}) {
    EXPECT_EQ(KnownThere(error), "") << error;
  }
}

}  // namespace
}  // namespace rowhouse::internal
