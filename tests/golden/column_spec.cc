#include "tests/golden/column_spec.h"

#include <google/protobuf/descriptor.h>

#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "rowhouse/feature_spec.h"
#include "rowhouse/tpu_columns.h"
#include "rowhouse/v1/feature_spec.pb.h"

namespace rowhouse::golden {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

absl::Status Refused(absl::string_view what, const Json& value) {
  return absl::InvalidArgumentError(
      absl::StrCat(what, " is needed, not ", value.dump().substr(0, 200)));
}

// Arguments whose default is not None: None is a value of the wrong type there.
// (That a combiner may be None is TensorFlow's own exception.)
bool TakesNone(const FieldDescriptor& field) {
  static const auto* const others = new std::set<std::string>{
      "rowhouse.v1.CategoricalColumnWithHashBucket.dtype",
      "rowhouse.v1.CategoricalColumnWithVocabularyFile.dtype",
      "rowhouse.v1.CategoricalColumnWithVocabularyFile.num_oov_buckets",
      "rowhouse.v1.CategoricalColumnWithVocabularyList.default_value",
      "rowhouse.v1.CategoricalColumnWithVocabularyList.num_oov_buckets",
      "rowhouse.v1.EmbeddingColumn.trainable",
      "rowhouse.v1.EmbeddingColumn.use_safe_embedding_lookup",
      "rowhouse.v1.NumericColumn.dtype",
      "rowhouse.v1.NumericColumn.shape",
      "rowhouse.v1.SequenceNumericColumn.default_value",
      "rowhouse.v1.SequenceNumericColumn.dtype",
      "rowhouse.v1.SequenceNumericColumn.shape",
      "rowhouse.v1.SharedEmbeddings.trainable",
      "rowhouse.v1.SharedEmbeddings.use_safe_embedding_lookup",
      "rowhouse.v1.TpuEmbeddingColumn.max_sequence_length",
      "rowhouse.v1.TpuEmbeddingColumn.use_safe_embedding_lookup",
      "rowhouse.v1.TpuSharedEmbeddingColumns.use_safe_embedding_lookup",
      "rowhouse.v1.WeightedCategoricalColumn.dtype",
  };
  return others->count(field.full_name()) == 0;
}

// Of any column: what Python knows, and refuses where it does not belong.
bool IsArgument(const std::string& name) {
  const Descriptor& columns = *v1::Column::descriptor();
  for (int i = 0; i < columns.field_count(); ++i) {
    const Descriptor& column = *columns.field(i)->message_type();
    if (column.FindFieldByName(name) != nullptr) return true;
  }
  return false;
}

absl::StatusOr<Json> NumberOf(const Json& value) {
  if (value.is_number_integer()) return Json{{"integer", value}};
  if (value.is_number_float()) return Json{{"real", value}};
  // As protobuf spells them.
  if (value == "nan") return Json{{"real", "NaN"}};
  if (value == "inf") return Json{{"real", "Infinity"}};
  if (value == "-inf") return Json{{"real", "-Infinity"}};
  return Refused("a number", value);
}

// Nested lists of one depth, row-major: appends their numbers to `values` and
// checks their sizes against `shape`, which the first of each depth makes.
absl::Status Flatten(const Json& value, std::size_t depth, Json& values,
                     std::vector<std::int64_t>& shape, bool first) {
  if (!value.is_array()) {
    if (depth != shape.size()) return Refused("a list", value);
    ROWHOUSE_ASSIGN_OR_RETURN(values.emplace_back(), NumberOf(value));
    return absl::OkStatus();
  }
  if (first) shape.push_back(static_cast<std::int64_t>(value.size()));
  if (depth >= shape.size() ||
      shape[depth] != static_cast<std::int64_t>(value.size())) {
    return Refused("a list as long as its neighbours", value);
  }
  for (const Json& item : value) {
    ROWHOUSE_RETURN_IF_ERROR(Flatten(item, depth + 1, values, shape, first));
    first = false;
  }
  return absl::OkStatus();
}

absl::StatusOr<Json> NumericDefaultOf(const Json& value) {
  Json values = Json::array();
  std::vector<std::int64_t> shape;
  ROWHOUSE_RETURN_IF_ERROR(Flatten(value, 0, values, shape, true));
  Json out = {{"values", values}};
  if (!shape.empty()) out["shape"] = shape;
  return out;
}

// Python makes strings of the numbers in a list that has strings.
absl::StatusOr<Json> VocabularyOf(const Json& value) {
  if (!value.is_array()) return Refused("a list", value);
  bool strings = false;
  for (const Json& token : value) strings |= !token.is_number();
  Json out = Json::array();
  bool readable = true;
  std::vector<std::string> bytes;
  for (const Json& token : value) {
    if (!strings) {
      if (!token.is_number_integer()) return Refused("an integer", token);
      continue;
    }
    if (token.is_number()) {
      bytes.push_back(token.dump());
      continue;
    }
    ROWHOUSE_ASSIGN_OR_RETURN(bytes.emplace_back(), ReadBytes(token));
    readable &= token.is_string();
  }
  if (!strings) return Json{{"integers", value}};
  for (const std::string& token : bytes) {
    out.push_back(readable ? Json(token) : Json(absl::Base64Escape(token)));
  }
  return Json{{readable ? "strings" : "byte_strings", out}};
}

class Converter {
 public:
  explicit Converter(const std::string& folder) : folder_(folder) {}

  // A column as the message Column says it.
  absl::StatusOr<Json> Column(const Json& spec) const {
    if (!spec.is_object() || !spec.contains("type") ||
        !spec.at("type").is_string()) {
      return Refused("a column", spec);
    }
    const std::string type = spec.at("type");
    const FieldDescriptor* const kind =
        v1::Column::descriptor()->FindFieldByName(type);
    if (kind == nullptr) {
      return absl::UnimplementedError(
          absl::StrCat("there is no type of column '", type, "'"));
    }
    Json arguments = Json::object();
    for (const auto& item : spec.items()) {
      if (item.key() == "type") continue;
      const absl::Status read =
          Argument(*kind->message_type(), item.key(), item.value(), arguments);
      if (read.ok()) continue;
      return absl::Status(read.code(), absl::StrCat(type, ".", item.key(), ": ",
                                                    read.message()));
    }
    return Json{{type, arguments}};
  }

 private:
  absl::Status Argument(const Descriptor& message, const std::string& name,
                        const Json& value, Json& arguments) const {
    // A function is not said as data; there is nothing to call in JSON.
    if (name == "normalizer_fn") {
      return value.is_null() ? absl::OkStatus() : Refused("a callable", value);
    }
    if (name == "learning_rate_fn" && absl::StartsWith(message.name(), "Tpu")) {
      return value.is_null() || value == "callable"
                 ? absl::OkStatus()
                 : Refused("a callable", value);
    }
    const FieldDescriptor* const field = message.FindFieldByName(name);
    if (name == "table" || (field == nullptr && !IsArgument(name))) {
      return absl::UnimplementedError("there is no such argument");
    }
    if (field == nullptr) return Refused("another argument", value);
    if (value.is_null()) {
      return TakesNone(*field) ? absl::OkStatus() : Refused("a value", value);
    }
    if (name == "initializer") {
      return value == "callable" ? absl::OkStatus()
                                 : Refused("a callable", value);
    }
    if (!field->is_repeated()) {
      ROWHOUSE_ASSIGN_OR_RETURN(arguments[name], Value(*field, value));
      return absl::OkStatus();
    }
    const bool bare_size = name == "shape" && value.is_number_integer();
    const Json list = bare_size ? Json::array({value}) : value;
    if (!list.is_array()) return Refused("a list", value);
    if (name == "shape" && list.empty()) {
      return absl::UnimplementedError("a shape without sizes");
    }
    Json& out = arguments[name] = Json::array();
    for (const Json& item : list) {
      if (name == "tensor_core_shape" && item.is_null()) {
        out.push_back(kUnknownSize);
        continue;
      }
      ROWHOUSE_ASSIGN_OR_RETURN(out.emplace_back(), Value(*field, item));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Json> Value(const FieldDescriptor& field,
                             const Json& value) const {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Message(*field.message_type(), value);
      case FieldDescriptor::CPPTYPE_STRING:
        if (!value.is_string()) return Refused("a string", value);
        return Path(field, value);
      case FieldDescriptor::CPPTYPE_BOOL:
        if (!value.is_boolean()) return Refused("a boolean", value);
        return value;
      case FieldDescriptor::CPPTYPE_FLOAT:
      case FieldDescriptor::CPPTYPE_DOUBLE:
        if (!ReadNumber(value).ok()) return Refused("a number", value);
        return value.is_number() ? value : InProtoJson(value);
      default:
        if (!value.is_number_integer()) return Refused("an integer", value);
        // A hash_key is 64 bits, whatever sign Python gives them.
        if (field.cpp_type() == FieldDescriptor::CPPTYPE_UINT64) {
          return value.get<std::uint64_t>();
        }
        return value;
    }
  }

  absl::StatusOr<Json> Message(const Descriptor& type,
                               const Json& value) const {
    if (&type == v1::NumericDefault::descriptor()) {
      return NumericDefaultOf(value);
    }
    if (&type == v1::Number::descriptor()) return NumberOf(value);
    if (&type == v1::VocabularyList::descriptor()) return VocabularyOf(value);
    if (&type != v1::CrossedKey::descriptor()) return Column(value);
    if (value.is_string()) return Json{{"feature", value}};
    ROWHOUSE_ASSIGN_OR_RETURN(const Json column, Column(value));
    return Json{{"column", column}};
  }

  // Files lie beside the cases.
  Json Path(const FieldDescriptor& field, const Json& value) const {
    const bool path = field.name() == "vocabulary_file" ||
                      field.name() == "ckpt_to_load_from";
    const auto& text = value.get_ref<const std::string&>();
    if (!path || text.empty() || absl::StartsWith(text, "/")) return value;
    return absl::StrCat(folder_, "/", text);
  }

  // "nan" and infinities as protobuf's JSON mapping spells them.
  static Json InProtoJson(const Json& value) {
    if (value == "nan") return "NaN";
    return value == "inf" ? "Infinity" : "-Infinity";
  }

  const std::string& folder_;
};

}  // namespace

absl::StatusOr<Json> FeatureSpecOf(const Json& specs,
                                   const std::string& folder) {
  const Converter converter(folder);
  Json columns = Json::array();
  for (const Json& spec : specs) {
    ROWHOUSE_ASSIGN_OR_RETURN(columns.emplace_back(), converter.Column(spec));
  }
  return Json{{"columns", columns}};
}

absl::StatusOr<std::vector<PlanColumn>> ReadColumns(const Json& specs,
                                                    const std::string& folder) {
  ROWHOUSE_ASSIGN_OR_RETURN(const Json spec, FeatureSpecOf(specs, folder));
  return ColumnsFromJson(spec.dump());
}

absl::StatusOr<PlanColumn> ReadColumn(const Json& spec,
                                      const std::string& folder) {
  ROWHOUSE_ASSIGN_OR_RETURN(auto columns,
                            ReadColumns(Json::array({spec}), folder));
  return std::move(columns.front());
}

}  // namespace rowhouse::golden
