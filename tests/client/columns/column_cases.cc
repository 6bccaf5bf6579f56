#include "tests/client/columns/column_cases.h"

#include <fstream>
#include <utility>

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"

namespace rowhouse {
namespace {

CrossedColumn CrossOf(const Json& spec) {
  CrossedColumn column{.hash_bucket_size = spec.at("hash_bucket_size"),
                       .hash_key = spec.value("hash_key", std::uint64_t{0})};
  for (const Json& key : spec.at("keys")) {
    if (key.is_string()) {
      column.keys.emplace_back(key.get<std::string>());
    } else {
      column.keys.emplace_back(ColumnOf(key));
    }
  }
  return column;
}

VocabularyList VocabularyOf(const Json& list) {
  if (list.empty()) return {};
  if (list.at(0).is_number()) return list.get<std::vector<std::int64_t>>();
  std::vector<std::string> tokens;
  for (const Json& token : list) tokens.push_back(Text(token));
  return tokens;
}

Combiner CombinerOf(const Json& spec) {
  const std::string name = spec.value("combiner", "mean");
  if (name == "sum") return Combiner::kSum;
  return name == "mean" ? Combiner::kMean : Combiner::kSqrtn;
}

}  // namespace

Json ReadCases(const char* path) {
  std::ifstream file(path);
  return Json::parse(file).at("cases");
}

std::string Text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  std::string bytes;
  absl::Base64Unescape(value.at("b64").get<std::string>(), &bytes);
  return bytes;
}

NumericColumn NumericOf(const Json& spec) {
  NumericColumn column{.key = spec.at("key")};
  if (spec.contains("shape")) {
    column.shape = spec.at("shape").get<std::vector<std::int64_t>>();
  }
  return column;
}

CategoricalColumn ColumnOf(const Json& spec) {
  const std::string type = spec.at("type");
  if (type == "crossed_column") return CrossOf(spec);
  if (type == "bucketized_column") {
    return BucketizedColumn{
        .source_column = NumericOf(spec.at("source_column")),
        .boundaries = spec.at("boundaries").get<std::vector<double>>()};
  }
  const std::string key = spec.at("key");
  if (type == "categorical_column_with_identity") {
    CategoricalColumnWithIdentity column{.key = key,
                                         .num_buckets = spec.at("num_buckets")};
    if (spec.contains("default_value")) {
      column.default_value = spec.at("default_value").get<std::int64_t>();
    }
    return column;
  }
  if (type == "categorical_column_with_vocabulary_list") {
    return CategoricalColumnWithVocabularyList{
        .key = key,
        .vocabulary_list = VocabularyOf(spec.at("vocabulary_list")),
        .num_oov_buckets = spec.value("num_oov_buckets", std::int64_t{0}),
        .default_value = spec.value("default_value", std::int64_t{-1})};
  }
  EXPECT_EQ(type, "categorical_column_with_hash_bucket");
  const std::string dtype = spec.value("dtype", "string");
  return CategoricalColumnWithHashBucket{
      .key = key,
      .hash_bucket_size = spec.at("hash_bucket_size"),
      .dtype = dtype == "string"    ? DType::kString
               : dtype == "float32" ? DType::kFloat32
                                    : DType::kInt64};
}

EmbeddingColumn EmbeddingOf(const Json& spec) {
  return {.categorical_column = ColumnOf(spec.at("categorical_column")),
          .dimension = spec.at("dimension"),
          .combiner = CombinerOf(spec)};
}

SharedEmbeddings SharedOf(const Json& spec) {
  SharedEmbeddings columns{.dimension = spec.at("dimension"),
                           .combiner = CombinerOf(spec),
                           .shared_embedding_collection_name = spec.value(
                               "shared_embedding_collection_name", "")};
  for (const Json& column : spec.at("categorical_columns")) {
    columns.categorical_columns.push_back(ColumnOf(column));
  }
  return columns;
}

}  // namespace rowhouse
