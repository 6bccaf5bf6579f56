#include "tools/columns_apply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/testing/temp_dir.h"
#include "tests/tools/run_tool.h"

namespace rowhouse::tools {
namespace {

using nlohmann::ordered_json;
using ::testing::HasSubstr;

constexpr char kSpec[] = R"(
columns { embedding_column { dimension: 8 categorical_column {
  weighted_categorical_column { weight_feature_key: "w" categorical_column {
    categorical_column_with_vocabulary_list {
      key: "word" vocabulary_list { strings: ["a", "b"] } } } } } } }
columns { indicator_column { categorical_column {
  categorical_column_with_identity { key: "day" num_buckets: 2 } } } }
columns { sequence_numeric_column { key: "price" } }
columns { shared_embeddings { dimension: 2 categorical_columns {
  sequence_categorical_column_with_identity {
    key: "watched" num_buckets: 9 } } } })";

constexpr char kFeatures[] = R"({
  "word": {"dense": {"dtype": "string", "shape": [2, 2],
                     "values": ["b", "", "x", "a"]}},
  "w": {"sparse": {"dtype": "float32", "indices": [[0, 0], [1, 0], [1, 1]],
                   "values": [0.5, 2, 3], "dense_shape": [2, 2]}},
  "day": {"dense": {"dtype": "int8", "shape": [2, 1], "values": [1, 0]}},
  "price": {"sparse": {"dtype": "float64", "indices": [[0, 0], [0, 1]],
                       "values": [0.25, 4], "dense_shape": [2, 2]}},
  "watched": {"dense": {"dtype": "uint8", "shape": [2, 2],
                        "values": [3, 255, 4, 5]}}})";

class ColumnsApplyTest : public testing::Test {
 protected:
  std::vector<std::string> Words(const std::string& spec,
                                 const std::string& features) {
    std::ofstream(dir_.File("spec")) << spec;
    std::ofstream(dir_.File("features")) << features;
    return {"columns", "apply", dir_.File("spec"), dir_.File("features")};
  }

  TempDir dir_;
};

TEST_F(ColumnsApplyTest, Json) {
  const auto columns = RunForJson(Words(kSpec, kFeatures))["columns"];
  ASSERT_EQ(columns.size(), 4u);
  EXPECT_EQ(columns[0]["name"], "word_weighted_by_w");
  EXPECT_EQ(columns[0]["ids"]["sparse"]["values"],
            ordered_json::parse("[1, -1, 0]"));
  EXPECT_EQ(columns[0]["ids"]["sparse"]["indices"],
            ordered_json::parse("[[0, 0], [1, 0], [1, 1]]"));
  EXPECT_EQ(columns[0]["weights"]["sparse"]["values"],
            ordered_json::parse("[0.5, 2.0, 3.0]"));
  EXPECT_EQ(columns[1]["output"]["dense"]["values"],
            ordered_json::parse("[0.0, 1.0, 1.0, 0.0]"));
  EXPECT_EQ(columns[2]["sequence_length"], ordered_json::parse("[2, 0]"));
  EXPECT_EQ(columns[3]["ids"]["sparse"]["indices"],
            ordered_json::parse("[[0, 0, 0], [1, 0, 0], [1, 1, 0]]"));
  EXPECT_EQ(columns[3]["sequence_length"], ordered_json::parse("[1, 2]"));
}

TEST_F(ColumnsApplyTest, TextHasALinePerValue) {
  const ToolRun run = RunTool(Words(kSpec, kFeatures));
  EXPECT_EQ(run.code, 0) << run.talk;
  EXPECT_THAT(run.data, HasSubstr("word_weighted_by_w\n"));
  EXPECT_THAT(run.data, HasSubstr("\n    [1,1]  0\n"));
  EXPECT_THAT(run.data, HasSubstr("\n    [0]  0.0 1.0\n"));
}

TEST_F(ColumnsApplyTest, WhatMakesNoSenseIsUsage) {
  const ToolRun absent = RunTool(Words(kSpec, "{}"));
  EXPECT_EQ(absent.code, 2);
  EXPECT_THAT(absent.talk, HasSubstr("is absent"));
  const ToolRun broken = RunTool(Words(kSpec, R"({"word": {},})"));
  EXPECT_EQ(broken.code, 2);
  EXPECT_THAT(broken.talk, HasSubstr("not JSON: line 1, column 13: "));
  EXPECT_EQ(RunTool(Words("{", kFeatures)).code, 2);
}

// Ids were printed that no lookup would take.
TEST_F(ColumnsApplyTest, ACombinerThatIsNoneIsRefused) {
  for (const char* spec :
       {R"(columns { embedding_column { dimension: 2 combiner: "max"
             categorical_column { categorical_column_with_identity {
               key: "day" num_buckets: 2 } } } })",
        R"(columns { shared_embeddings { dimension: 2 combiner: "max"
             categorical_columns { categorical_column_with_identity {
               key: "day" num_buckets: 2 } } } })"}) {
    const ToolRun run = RunTool(Words(spec, kFeatures));
    EXPECT_EQ(run.code, 2);
    EXPECT_EQ(run.data, "");
    EXPECT_THAT(run.talk, HasSubstr("of \"day\": the combiner is none of sum"));
  }
}

TEST_F(ColumnsApplyTest, BracketsWithoutEndAreUsage) {
  const ToolRun run = RunTool(
      Words(kSpec, absl::StrCat(R"({"word": )", std::string(200000, '['),
                                std::string(200000, ']'), "}")));
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.talk, HasSubstr("nested deeper than 16"));
}

TEST_F(ColumnsApplyTest, AShapeThatNoValuesBackIsUsage) {
  const ToolRun sequence = RunTool(Words(
      R"(columns { indicator_column { categorical_column {
           sequence_categorical_column_with_identity {
             key: "watched" num_buckets: 9 } } } })",
      R"({"watched": {"sparse": {"dtype": "int64", "indices": [], "values": [],
           "dense_shape": [1099511627776, 0, 1]}}})"));
  EXPECT_EQ(sequence.code, 2);
  EXPECT_THAT(sequence.talk, HasSubstr("more than 16777216 rows"));
  // A line for each of 2^60 rows.
  const ToolRun numbers =
      RunTool(Words(R"(columns { numeric_column { key: "x" } })",
                    R"({"x": {"dense": {"dtype": "float32", "values": [],
           "shape": [1152921504606846976, 0, 1]}}})"));
  EXPECT_EQ(numbers.code, 2);
  EXPECT_THAT(numbers.talk, HasSubstr("more than 16777216 rows"));
}

}  // namespace
}  // namespace rowhouse::tools
