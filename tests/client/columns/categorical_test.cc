// Runs the cases of categorical.json: features and ids recorded from
// TensorFlow.
#include "client/columns/categorical.h"

#include <memory>
#include <string>
#include <vector>

#include "tests/client/columns/column_cases.h"
#include "tests/client/columns/column_testing.h"

namespace rowhouse {
namespace {

float Number(const Json& value) {
  return value.is_string() ? std::stof(value.get<std::string>())
                           : value.get<float>();
}

// Owns the data that the Features borrow.
struct Tensor {
  std::vector<std::string> strings;
  std::vector<std::int64_t> integers;
  std::vector<float> floats;
  std::vector<std::int64_t> indices;
  Features::Shape shape;
};

FeatureValues ReadValues(const Json& json, Tensor& tensor) {
  const std::string dtype = json.at("dtype");
  for (const Json& value : json.at("values")) {
    if (dtype == "string") {
      tensor.strings.push_back(Text(value));
    } else if (dtype == "float32") {
      tensor.floats.push_back(Number(value));
    } else {
      tensor.integers.push_back(value.get<std::int64_t>());
    }
  }
  if (dtype == "string") return tensor.strings;
  if (dtype == "float32") return tensor.floats;
  return tensor.integers;
}

void AddFeature(const std::string& key, const Json& json, Tensor& tensor,
                Features& features) {
  if (json.contains("dense")) {
    const Json& dense = json.at("dense");
    for (const Json& size : dense.at("shape")) tensor.shape.push_back(size);
    features.Set(key, ReadValues(dense, tensor), tensor.shape);
    return;
  }
  const Json& sparse = json.at("sparse");
  for (const Json& size : sparse.at("dense_shape"))
    tensor.shape.push_back(size);
  for (const Json& at : sparse.at("indices")) {
    for (const Json& i : at) tensor.indices.push_back(i.get<std::int64_t>());
  }
  const FeatureValues values = ReadValues(sparse, tensor);
  features.SetSparse(key, tensor.indices, values, tensor.shape);
}

void ExpectIds(const Json& expected, const internal::SparseIds& got) {
  EXPECT_EQ(Json(got.dense_shape), expected.at("dense_shape"));
  EXPECT_EQ(Json(got.values), expected.at("values"));
  Json indices = Json::array();
  for (std::size_t row = 0; row + 1 < got.row_splits.size(); ++row) {
    for (std::size_t i = got.row_splits[row]; i < got.row_splits[row + 1];
         ++i) {
      indices.push_back({row, got.positions[i]});
    }
  }
  EXPECT_EQ(indices, expected.at("indices"));
}

void RunCase(const Json& test) {
  Features features;
  std::vector<std::unique_ptr<Tensor>> tensors;
  for (const auto& [key, json] : test.at("features").items()) {
    tensors.push_back(std::make_unique<Tensor>());
    AddFeature(key, json, *tensors.back(), features);
  }
  const Json& expect = test.at("expect");
  auto column = internal::Compile(ColumnOf(test.at("spec")));
  ASSERT_TRUE(column.ok()) << column.status();
  auto ids = (*column)->Transform(features);
  if (expect.contains("error")) {
    const bool cast = expect.at("error").at("type") == "Unimplemented";
    EXPECT_EQ(ids.status().code(), cast ? absl::StatusCode::kUnimplemented
                                        : absl::StatusCode::kInvalidArgument);
    return;
  }
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_EQ((*column)->name(), expect.at("name"));
  EXPECT_EQ((*column)->num_buckets(), expect.at("num_buckets"));
  ExpectIds(expect.at("ids").at("sparse"), *ids);
}

TEST(Categorical, EqualsWhatTensorFlowRecorded) {
  const Json cases = ReadCases(ROWHOUSE_CATEGORICAL_CASES);
  ASSERT_EQ(cases.size(), 125u);
  for (const Json& test : cases) {
    SCOPED_TRACE(test.at("name").get<std::string>());
    RunCase(test);
  }
}

TEST(Categorical, NamesNestedColumnsAsTensorFlow) {
  const CrossedColumn inner{.keys = {"q", "m"}, .hash_bucket_size = 3};
  const CrossedColumn outer{
      .keys = {inner, "B",
               BucketizedColumn{.source_column = {.key = "age"},
                                .boundaries = {1}}},
      .hash_bucket_size = 9};
  EXPECT_EQ(ColumnName(outer), "B_X_age_bucketized_X_m_X_q");
}

}  // namespace
}  // namespace rowhouse
