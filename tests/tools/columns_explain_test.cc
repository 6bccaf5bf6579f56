#include "tools/columns_explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/testing/temp_dir.h"
#include "tests/tools/run_tool.h"

namespace rowhouse::tools {
namespace {

using ::testing::HasSubstr;

constexpr char kSpec[] = R"(
columns { numeric_column {
  key: "age" default_value { values { integer: 7 } } } }
columns { embedding_column {
  categorical_column { categorical_column_with_hash_bucket {
    key: "video" hash_bucket_size: 1000 } }
  dimension: 8
} }
columns { indicator_column { categorical_column {
  categorical_column_with_identity { key: "day" num_buckets: 7 } } } }
columns { bucketized_column {
  source_column { numeric_column { key: "age" default_value {
    values { integer: 7 } } } }
  boundaries: [18, 65]
} })";

class ColumnsExplainTest : public testing::Test {
 protected:
  std::string File(const std::string& text) {
    std::ofstream(dir_.File("spec")) << text;
    return dir_.File("spec");
  }

  TempDir dir_;
};

TEST_F(ColumnsExplainTest, SaysNamesShapesTablesAndWhatIsRead) {
  const ToolRun run = RunTool({"columns", "explain", File(kSpec)});
  EXPECT_EQ(run.code, 0) << run.talk;
  EXPECT_THAT(run.data, HasSubstr("video_embedding"));
  EXPECT_THAT(run.data, HasSubstr("mean of rows of 8 floats"));
  EXPECT_THAT(run.data, HasSubstr("1000 rows of 8 floats"));
  EXPECT_THAT(run.data, HasSubstr("\nvideo    any     string"));
}

TEST_F(ColumnsExplainTest, Json) {
  const auto json = RunForJson({"columns", "explain", File(kSpec)});
  ASSERT_EQ(json["columns"].size(), 4u);
  EXPECT_EQ(json["columns"][0]["names"][0], "age");
  EXPECT_EQ(json["columns"][1]["names"][0], "video_embedding");
  EXPECT_EQ(json["columns"][1]["table"]["name"], "video_embedding");
  EXPECT_EQ(json["columns"][1]["shape"][0], 8);
  EXPECT_EQ(json["columns"][2]["num_buckets"], 7);
  EXPECT_EQ(json["columns"][3]["names"][0], "age_bucketized");
  EXPECT_EQ(json["columns"][3]["num_buckets"], 3);
  const auto& reads = json["parse_example_spec"];
  EXPECT_EQ(reads["video"]["varlen"]["dtype"], "string");
  EXPECT_EQ(reads["age"]["fixed"]["default_value"][0], 7);
}

TEST_F(ColumnsExplainTest, WhatMakesNoSenseIsUsage) {
  const ToolRun unknown =
      RunTool({"columns", "explain", File("columns { dense_column {} }")});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.talk, HasSubstr("dense_column"));
  const ToolRun refused =
      RunTool({"columns", "explain", File(R"(columns { embedding_column {
         categorical_column { categorical_column_with_identity {
           key: "k" num_buckets: 3 } } } })")});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.talk, HasSubstr("dimension"));
  EXPECT_EQ(RunTool({"columns", "explain", dir_.File("absent")}).code, 1);
}

TEST_F(ColumnsExplainTest, ColumnsThatReadAKeyInTwoWaysAreUsage) {
  const ToolRun run = RunTool({"columns", "explain", File(R"(
      columns { numeric_column { key: "k" } }
      columns { categorical_column_with_identity {
        key: "k" num_buckets: 3 } })")});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.talk, HasSubstr("k"));
}

}  // namespace
}  // namespace rowhouse::tools
