#include "tools/columns_apply.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/json_depth.h"
#include "base/json_error.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/columns/categorical.h"
#include "client/columns/dense.h"
#include "rowhouse/dense_tensor.h"
#include "rowhouse/feature_plan.h"
#include "storage/disk.h"
#include "tools/columns_file.h"
#include "tools/feature_batch.h"

namespace rowhouse::tools {
namespace {

// The coordinates of a row of the leading axes: the last of them fastest.
std::vector<std::int64_t> CoordinatesOf(std::int64_t row,
                                        const Features::Shape& shape) {
  std::vector<std::int64_t> at(shape.size() - 1);
  for (std::size_t axis = at.size(); axis-- > 0;) {
    at[axis] = row % shape[axis];
    row /= shape[axis];
  }
  return at;
}

template <typename Value>
Json SparseToJson(const internal::SparseRows<Value>& rows, DType dtype) {
  Json indices = Json::array();
  for (std::int64_t row = 0; row < rows.rows(); ++row) {
    for (std::size_t i = rows.row_splits[row]; i < rows.row_splits[row + 1];
         ++i) {
      auto at = CoordinatesOf(row, rows.dense_shape);
      at.push_back(rows.positions[i]);
      indices.push_back(at);
    }
  }
  Json values = Json::array();
  for (const Value value : rows.values) {
    if constexpr (std::is_same_v<Value, float>) {
      values.push_back(FloatToJson(value));
    } else {
      values.push_back(value);
    }
  }
  Json json;
  json["sparse"]["dtype"] = std::string(DTypeName(dtype));
  json["sparse"]["indices"] = indices;
  json["sparse"]["values"] = values;
  json["sparse"]["dense_shape"] = std::vector<std::int64_t>(
      rows.dense_shape.begin(), rows.dense_shape.end());
  return json;
}

Json DenseToJson(const DenseTensor& tensor) {
  Json json;
  json["dense"]["dtype"] = std::string(DTypeName(tensor.dtype));
  json["dense"]["shape"] = tensor.shape;
  json["dense"]["values"] = IsInteger(tensor.dtype)
                                ? Json(tensor.integers)
                                : FloatsToJson(tensor.values);
  return json;
}

// Appends what a column makes of the features to a list.
class Applied {
 public:
  explicit Applied(const Features& features) : features_(features) {}

  const Json& columns() const { return columns_; }

  absl::Status Add(const CategoricalColumn& column) {
    if (const auto* bucketized = std::get_if<BucketizedColumn>(&column)) {
      ROWHOUSE_ASSIGN_OR_RETURN(const auto dense,
                                internal::CompileDense(*bucketized));
      ROWHOUSE_ASSIGN_OR_RETURN(const DenseTensor output,
                                dense->Transform(features_));
      Json& json = Begin(dense->name());
      json["output"] = DenseToJson(output);
      return absl::OkStatus();
    }
    return AddIds(column);
  }
  absl::Status Add(const NumericColumn& column) { return AddDense(column); }
  absl::Status Add(const IndicatorColumn& column) {
    if (internal::IsSequence(column.categorical_column)) {
      return AddSequence(column);
    }
    return AddDense(column);
  }
  absl::Status Add(const SequenceNumericColumn& column) {
    return AddSequence(column);
  }
  // Columns with tables: their ids. One categorical column, or shared ones.
  template <typename Column>
  requires requires(const Column& column) { column.categorical_column; }
  absl::Status Add(const Column& column) {
    ROWHOUSE_RETURN_IF_ERROR(
        CheckCombiner(column.combiner, column.categorical_column));
    return AddIds(column.categorical_column);
  }
  template <typename Columns>
  requires requires(const Columns& columns) { columns.categorical_columns; }
  absl::Status Add(const Columns& columns) {
    for (const CategoricalColumn& column : columns.categorical_columns) {
      ROWHOUSE_RETURN_IF_ERROR(CheckCombiner(columns.combiner, column));
      ROWHOUSE_RETURN_IF_ERROR(AddIds(column));
    }
    return absl::OkStatus();
  }

 private:
  // The lookup would refuse it, after the ids.
  static absl::Status CheckCombiner(Combiner combiner,
                                    const CategoricalColumn& column) {
    if (combiner != Combiner::kNone) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(
        "embedding of \"", ColumnName(column),
        "\": the combiner is none of sum, mean and sqrtn, so every lookup is "
        "refused"));
  }

  Json& Begin(const std::string& name) {
    columns_.push_back(Json{{"name", name}});
    return columns_.back();
  }

  absl::Status AddIds(const CategoricalColumn& column) {
    ROWHOUSE_ASSIGN_OR_RETURN(const auto compiled, internal::Compile(column));
    ROWHOUSE_ASSIGN_OR_RETURN(const internal::SparseIds ids,
                              compiled->Transform(features_));
    Json& json = Begin(compiled->name());
    json["num_buckets"] = compiled->num_buckets();
    json["ids"] = SparseToJson(ids, DType::kInt64);
    if (ids.weights.has_value()) {
      json["weights"] = SparseToJson(*ids.weights, ids.weights->dtype);
    }
    if (internal::IsSequence(column)) {
      json["sequence_length"] = internal::SequenceLengths(ids);
    }
    return absl::OkStatus();
  }

  template <typename Column>
  absl::Status AddDense(const Column& column) {
    ROWHOUSE_ASSIGN_OR_RETURN(const auto compiled,
                              internal::CompileDense(column));
    ROWHOUSE_ASSIGN_OR_RETURN(const DenseTensor output,
                              compiled->Transform(features_));
    Begin(compiled->name())["output"] = DenseToJson(output);
    return absl::OkStatus();
  }

  template <typename Column>
  absl::Status AddSequence(const Column& column) {
    ROWHOUSE_ASSIGN_OR_RETURN(const auto compiled,
                              internal::CompileSequence(column));
    ROWHOUSE_ASSIGN_OR_RETURN(const SequenceTensor output,
                              compiled->Transform(features_));
    Json& json = Begin(compiled->name());
    json["output"] = DenseToJson(output.dense);
    json["sequence_length"] = output.lengths;
    return absl::OkStatus();
  }

  const Features& features_;
  Json columns_ = Json::array();
};

// One line per value that a sparse tensor has, or per row of a dense one.
void PrintTensor(const Json& tensor, std::ostream& out) {
  if (tensor.contains("sparse")) {
    const Json& sparse = tensor["sparse"];
    for (std::size_t i = 0; i < sparse["values"].size(); ++i) {
      out << "    " << sparse["indices"][i].dump() << "  "
          << sparse["values"][i].dump() << '\n';
    }
    return;
  }
  const Json& dense = tensor["dense"];
  const std::size_t rows = dense["shape"][0].get<std::size_t>();
  const std::size_t width = rows == 0 ? 0 : dense["values"].size() / rows;
  for (std::size_t row = 0; row < rows; ++row) {
    out << "    [" << row << "] ";
    for (std::size_t i = 0; i < width; ++i) {
      out << ' ' << dense["values"][row * width + i].dump();
    }
    out << '\n';
  }
}

void PrintText(const Json& columns, std::ostream& out) {
  for (const Json& column : columns) {
    out << Printable(column["name"].get<std::string>()) << '\n';
    for (const auto& [key, value] : column.items()) {
      if (key == "name") continue;
      if (!value.is_object()) {
        out << "  " << key << "  " << value.dump() << '\n';
        continue;
      }
      const Json& shape = value.contains("sparse")
                              ? value["sparse"]["dense_shape"]
                              : value["dense"]["shape"];
      out << "  " << key << "  " << shape.dump() << '\n';
      PrintTensor(value, out);
    }
  }
}

// Brackets inside one another in a file of features: the coordinates of a
// tensor's values are five deep. What prints JSON calls itself as deep.
constexpr std::size_t kFeaturesDepthMax = 16;

absl::StatusOr<FeatureBatch> ReadFeatures(const std::string& path) {
  ROWHOUSE_ASSIGN_OR_RETURN(const std::string text,
                            storage::PosixDisk().Read(path, kMessageBytesMax));
  if (JsonDepth(text) > kFeaturesDepthMax) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": nested deeper than ", kFeaturesDepthMax));
  }
  const TensorJson json = TensorJson::parse(text, nullptr, false);
  if (json.is_discarded()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": not JSON: ", JsonError(text)));
  }
  return FeatureBatch::Read(json);
}

// What the columns of the file make of the features of the other.
absl::StatusOr<Json> Apply(const ColumnsApplyVerb& verb) {
  ROWHOUSE_ASSIGN_OR_RETURN(const auto columns, ReadColumnsFile(verb.spec));
  ROWHOUSE_ASSIGN_OR_RETURN(const FeatureBatch batch,
                            ReadFeatures(verb.features));
  Applied applied(batch.features());
  for (const PlanColumn& column : columns) {
    ROWHOUSE_RETURN_IF_ERROR(std::visit(
        [&](const auto& kind) { return applied.Add(kind); }, column));
  }
  return applied.columns();
}

}  // namespace

absl::StatusOr<ExitCode> Run(const ColumnsApplyVerb& verb,
                             const Target& /*target*/, const Output& output) {
  const auto columns = Apply(verb);
  if (absl::IsInvalidArgument(columns.status())) {
    output.talk << "rowhouse: " << Printable(columns.status().message())
                << '\n';
    return ExitCode::kUsage;
  }
  if (!columns.ok()) return columns.status();
  if (output.json) {
    Print(output.data, Json{{"columns", *columns}});
  } else {
    PrintText(*columns, output.data);
  }
  return ExitCode::kOk;
}

}  // namespace rowhouse::tools
