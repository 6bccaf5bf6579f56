#include "rowhouse/feature_spec.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/json_depth.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/internal/columns_from_proto.h"
#include "client/internal/columns_to_proto.h"
#include "client/internal/spec_hints.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/json_util.h"
#include "proto/wire/utf8.h"
#include "rowhouse/v1/feature_spec.pb.h"

namespace rowhouse {
namespace {

absl::Status CheckSize(absl::string_view text) {
  if (text.size() <= kFeatureSpecBytesMax) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("a feature spec of ", text.size(), " bytes, at most ",
                   kFeatureSpecBytesMax));
}

// Protobuf's JSON parser has a limit of its own, but takes none from outside.
absl::Status CheckJsonDepth(absl::string_view json) {
  if (JsonDepth(json) <= kFeatureSpecDepthMax) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("a feature spec nested deeper than ", kFeatureSpecDepthMax));
}

// The text parser takes any bytes for text, which nothing could say again.
absl::Status CheckTexts(const google::protobuf::Message& message) {
  const google::protobuf::Reflection& values = *message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  values.ListFields(message, &fields);
  for (const google::protobuf::FieldDescriptor* field : fields) {
    const bool repeated = field->is_repeated();
    const int count = repeated ? values.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() ==
          google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
        ROWHOUSE_RETURN_IF_ERROR(
            CheckTexts(repeated ? values.GetRepeatedMessage(message, field, i)
                                : values.GetMessage(message, field)));
      } else if (field->type() ==
                 google::protobuf::FieldDescriptor::TYPE_STRING) {
        const std::string text =
            repeated ? values.GetRepeatedString(message, field, i)
                     : values.GetString(message, field);
        if (wire::ValidUtf8Prefix(text) == text.size()) continue;
        return absl::InvalidArgumentError(
            absl::StrCat(field->name(), ": not UTF-8"));
      }
    }
  }
  return absl::OkStatus();
}

// Keeps the first error; the later ones follow from it.
class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (!status_.ok()) return;
    status_ = absl::InvalidArgumentError(
        absl::StrCat(line + 1, ":", column + 1, ": ", message,
                     internal::KnownThere(message)));
  }

  const absl::Status& status() const { return status_; }

 private:
  absl::Status status_;
};

}  // namespace

absl::StatusOr<std::vector<PlanColumn>> ColumnsFromJson(
    absl::string_view json) {
  ROWHOUSE_RETURN_IF_ERROR(CheckSize(json));
  ROWHOUSE_RETURN_IF_ERROR(CheckJsonDepth(json));
  v1::FeatureSpec spec;
  const auto parsed = google::protobuf::util::JsonStringToMessage(
      {json.data(), json.size()}, &spec);
  if (!parsed.ok()) {
    const std::string error = parsed.message().as_string();
    return absl::InvalidArgumentError(
        absl::StrCat(error, internal::KnownThere(error)));
  }
  return internal::ColumnsFromProto(spec);
}

absl::StatusOr<std::vector<PlanColumn>> ColumnsFromText(
    absl::string_view text) {
  ROWHOUSE_RETURN_IF_ERROR(CheckSize(text));
  FirstError error;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  parser.SetRecursionLimit(kFeatureSpecDepthMax);
  v1::FeatureSpec spec;
  if (!parser.ParseFromString(std::string(text), &spec)) {
    return error.status();
  }
  ROWHOUSE_RETURN_IF_ERROR(CheckTexts(spec));
  return internal::ColumnsFromProto(spec);
}

absl::StatusOr<std::string> ColumnsToJson(
    absl::Span<const PlanColumn> columns) {
  ROWHOUSE_ASSIGN_OR_RETURN(const v1::FeatureSpec spec,
                            internal::ColumnsToProto(columns));
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  std::string json;
  const auto printed =
      google::protobuf::util::MessageToJsonString(spec, &json, options);
  if (printed.ok()) return json;
  return absl::InvalidArgumentError(printed.message().as_string());
}

absl::StatusOr<std::string> ColumnsToText(
    absl::Span<const PlanColumn> columns) {
  ROWHOUSE_ASSIGN_OR_RETURN(const v1::FeatureSpec spec,
                            internal::ColumnsToProto(columns));
  std::string text;
  google::protobuf::TextFormat::PrintToString(spec, &text);
  return text;
}

}  // namespace rowhouse
