#include "tests/golden/kinds/column_json.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/status_macros.h"
#include "tests/golden/compare.h"

namespace rowhouse::golden {
namespace {

// Coordinates of every value, the leading ones from its flattened row.
template <typename Value>
Json IndicesOf(const internal::SparseRows<Value>& rows) {
  const std::size_t rank = rows.dense_shape.size();
  Json indices = Json::array();
  for (std::size_t row = 0; row + 1 < rows.row_splits.size(); ++row) {
    std::vector<std::int64_t> at(rank);
    auto rest = static_cast<std::int64_t>(row);
    for (std::size_t axis = rank - 1; axis-- > 0;) {
      at[axis] = rest % rows.dense_shape[axis];
      rest /= rows.dense_shape[axis];
    }
    for (std::size_t i = rows.row_splits[row]; i < rows.row_splits[row + 1];
         ++i) {
      at.back() = rows.positions[i];
      indices.push_back(at);
    }
  }
  return indices;
}

struct FeatureToJson {
  Json operator()(const VarLenFeature& feature) const {
    return {{"varlen", {{"dtype", std::string(DTypeName(feature.dtype))}}}};
  }
  Json operator()(const FixedLenFeature& feature) const {
    Json fixed = {{"dtype", std::string(DTypeName(feature.dtype))},
                  {"shape", feature.shape}};
    if (feature.default_value.has_value()) {
      Json& values = fixed["default_value"] = Json::array();
      for (const Number& number : *feature.default_value) {
        std::visit([&](auto value) { values.push_back(value); }, number);
      }
    }
    return {{"fixed", fixed}};
  }
};

}  // namespace

Json IdsToJson(const internal::SparseIds& ids) {
  return {
      {"sparse",
       {{"dtype", "int64"},
        {"indices", IndicesOf(ids)},
        {"values", ids.values},
        {"dense_shape", std::vector<std::int64_t>(ids.dense_shape.begin(),
                                                  ids.dense_shape.end())}}}};
}

absl::Status CompareWeights(const internal::SparseWeights& got,
                            const Json& expected, double tolerance) {
  Json places = expected.at("sparse");
  std::vector<float> values;
  for (const Json& value : places.at("values")) {
    ROWHOUSE_ASSIGN_OR_RETURN(const double number, ReadNumber(value));
    values.push_back(static_cast<float>(number));
  }
  places.erase("values");
  ROWHOUSE_RETURN_IF_ERROR(CompareExactly(
      "weights",
      {{"dtype", std::string(DTypeName(got.dtype))},
       {"indices", IndicesOf(got)},
       {"dense_shape", std::vector<std::int64_t>(got.dense_shape.begin(),
                                                 got.dense_shape.end())}},
      places));
  return CompareRows("weights", got.values, values, 1, tolerance);
}

Json ParseExampleSpecToJson(const ParseExampleSpec& spec) {
  Json json = Json::object();
  for (const auto& [key, feature] : spec) {
    json[key] = std::visit(FeatureToJson(), feature);
  }
  return json;
}

}  // namespace rowhouse::golden
