#include "tests/golden/column_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>

#include "tests/testing/status_matchers.h"

namespace rowhouse::golden {
namespace {

using ::testing::HasSubstr;

Json SpecOf(const std::string& column) {
  const auto spec = FeatureSpecOf(Json::array({Json::parse(column)}), "dir");
  return spec.ok() ? spec->at("columns").at(0) : Json(spec.status().ToString());
}

TEST(FeatureSpecOf, KeepsTensorFlowsNames) {
  EXPECT_EQ(
      SpecOf(R"({"type": "embedding_column", "dimension": 2, "combiner": null,
                 "max_norm": "inf", "trainable": false,
                 "ckpt_to_load_from": "c", "tensor_name_in_ckpt": "t",
                 "categorical_column": {
                   "type": "categorical_column_with_identity",
                   "key": "k", "num_buckets": 3}})"),
      Json::parse(R"({"embedding_column": {"dimension": 2,
                 "max_norm": "Infinity", "trainable": false,
                 "ckpt_to_load_from": "dir/c", "tensor_name_in_ckpt": "t",
                 "categorical_column": {"categorical_column_with_identity": {
                   "key": "k", "num_buckets": 3}}}})"));
}

TEST(FeatureSpecOf, SaysWhatPythonWritesInItsOwnWay) {
  EXPECT_EQ(SpecOf(R"({"type": "crossed_column", "hash_bucket_size": 3,
                       "keys": ["a", {"type": "crossed_column"}]})"),
            Json::parse(R"({"crossed_column": {"hash_bucket_size": 3,
                "keys": [{"feature": "a"},
                         {"column": {"crossed_column": {}}}]}})"));
  EXPECT_EQ(SpecOf(R"({"type": "crossed_column", "hash_key": -1})"),
            Json::parse(R"({"crossed_column": {
                "hash_key": 18446744073709551615}})"));
  EXPECT_EQ(SpecOf(R"({"type": "numeric_column", "key": "n", "shape": 2,
                       "default_value": [[1, 2.5], [3, 4]]})"),
            Json::parse(R"({"numeric_column": {"key": "n", "shape": [2],
                "default_value": {"shape": [2, 2], "values": [{"integer": 1},
                  {"real": 2.5}, {"integer": 3}, {"integer": 4}]}}})"));
  EXPECT_EQ(SpecOf(R"({"type": "categorical_column_with_vocabulary_list",
                 "vocabulary_list": ["a", 1], "dtype": null})"),
            Json::parse(R"({"categorical_column_with_vocabulary_list": {
                 "vocabulary_list": {"strings": ["a", "1"]}}})"));
  EXPECT_EQ(SpecOf(R"({"type": "categorical_column_with_vocabulary_list",
                 "vocabulary_list": ["a", {"b64": "/w=="}]})"),
            Json::parse(R"({"categorical_column_with_vocabulary_list": {
                 "vocabulary_list": {"byte_strings": ["YQ==", "/w=="]}}})"));
}

TEST(FeatureSpecOf, SaysTpuColumns) {
  EXPECT_EQ(SpecOf(R"({"type": "tpu_shared_embedding_columns", "dimension": 2,
                 "categorical_columns": [{"type": "crossed_column"}],
                 "max_sequence_lengths": [0], "learning_rate_fn": "callable",
                 "embedding_lookup_device": null,
                 "tensor_core_shape": [null, 3]})"),
            Json::parse(R"({"tpu_shared_embedding_columns": {"dimension": 2,
                 "categorical_columns": [{"crossed_column": {}}],
                 "max_sequence_lengths": [0], "tensor_core_shape": [-1, 3]}})"));
}

TEST(ReadColumn, RefusesWhatPythonRefuses) {
  const std::string kWrong[] = {
      R"("x")",
      R"({"type": "numeric_column", "key": 5})",
      R"({"type": "numeric_column", "key": "n", "shape": [1.5]})",
      R"({"type": "numeric_column", "key": "n", "shape": "2"})",
      R"({"type": "numeric_column", "key": "n", "default_value": "a"})",
      R"({"type": "numeric_column", "key": "n", "default_value": [[1], 2]})",
      R"({"type": "numeric_column", "key": "n", "default_value": [[1], [2, 3]]})",
      R"({"type": "numeric_column", "key": "n", "normalizer_fn": "abs"})",
      R"({"type": "bucketized_column", "source_column": "n",
          "boundaries": [1]})",
      R"({"type": "bucketized_column", "boundaries": 1,
          "source_column": {"type": "numeric_column", "key": "n"}})",
      R"({"type": "categorical_column_with_identity", "key": "n",
          "num_buckets": "4"})",
      R"({"type": "categorical_column_with_hash_bucket", "key": "n",
          "hash_bucket_size": 4, "dtype": null})",
      R"({"type": "categorical_column_with_vocabulary_list", "key": "n",
          "vocabulary_list": [true]})",
      R"({"type": "categorical_column_with_vocabulary_list", "key": "n",
          "vocabulary_list": [0.5]})",
      R"({"type": "numeric_column", "key": "n", "dimension": 2})",
      R"({"type": "tpu_embedding_column", "learning_rate_fn": 0.1})",
      R"({"type": "tpu_embedding_column", "max_norm": 1.0})",
      R"({"type": "tpu_embedding_column", "embedding_lookup_device": "gpu",
          "categorical_column": {"type": "categorical_column_with_identity",
                                 "key": "k", "num_buckets": 3}})",
      R"({"type": "tpu_shared_embedding_columns",
          "categorical_columns": ["b"]})",
      R"({"type": "embedding_column", "dimension": 2, "initializer": "zeros",
          "categorical_column": {"type": "categorical_column_with_identity",
                                 "key": "k", "num_buckets": 3}})",
  };
  for (const std::string& spec : kWrong) {
    EXPECT_THAT(ReadColumn(Json::parse(spec), "").status(),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << spec;
  }
}

TEST(ReadColumn, WhatItDoesNotKnowIsNoErrorOfTensorFlows) {
  EXPECT_THAT(
      ReadColumn(Json::parse(R"({"type": "quantum_column"})"), ""),
      StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("quantum_column")));
  EXPECT_THAT(
      ReadColumn(Json::parse(R"({"type": "numeric_column", "speed": 1})"), ""),
      StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("speed")));
}

TEST(ReadColumn, GivesAColumn) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const PlanColumn column,
      ReadColumn(Json::parse(R"({"type": "categorical_column_with_identity",
                                 "key": "k", "num_buckets": 3})"),
                 ""));
  EXPECT_EQ(ColumnName(std::get<CategoricalColumn>(column)), "k");
}

}  // namespace
}  // namespace rowhouse::golden
