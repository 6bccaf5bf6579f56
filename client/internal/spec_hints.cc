#include "client/internal/spec_hints.h"

#include <set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"
#include "rowhouse/v1/feature_spec.pb.h"

namespace rowhouse::internal {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::OneofDescriptor;

// The message at "columns[0].embedding_column.table"; null where there is none.
const Descriptor* MessageAt(absl::string_view path) {
  const Descriptor* message = v1::FeatureSpec::descriptor();
  for (absl::string_view step : absl::StrSplit(path, '.', absl::SkipEmpty())) {
    const std::string name(step.substr(0, step.find('[')));
    const FieldDescriptor* field = message->FindFieldByName(name);
    if (field == nullptr) field = message->FindFieldByCamelcaseName(name);
    if (field == nullptr) return nullptr;
    message = field->message_type();
    if (message == nullptr) return nullptr;
  }
  return message;
}

// The enumeration of the first field called `name` in `message` or below it.
const EnumDescriptor* EnumOf(const Descriptor* message, const std::string& name,
                             std::set<const Descriptor*>& seen) {
  if (!seen.insert(message).second) return nullptr;
  const FieldDescriptor* field = message->FindFieldByName(name);
  if (field != nullptr && field->enum_type() != nullptr) {
    return field->enum_type();
  }
  for (int i = 0; i < message->field_count(); ++i) {
    const Descriptor* inner = message->field(i)->message_type();
    if (inner == nullptr) continue;
    const EnumDescriptor* found = EnumOf(inner, name, seen);
    if (found != nullptr) return found;
  }
  return nullptr;
}

// Some name of a choice between fields (table create says "optimizer"): the
// fields. Else those of the whole message.
std::string FieldsOf(const Descriptor* message, absl::string_view unknown) {
  if (message == nullptr) return "";
  std::vector<std::string> names;
  const OneofDescriptor* choice =
      message->FindOneofByName(std::string(unknown));
  const int count =
      choice != nullptr ? choice->field_count() : message->field_count();
  for (int i = 0; i < count; ++i) {
    names.push_back(
        (choice != nullptr ? choice->field(i) : message->field(i))->name());
  }
  return absl::StrCat(
      choice != nullptr ? "; say which one instead: " : "; known there: ",
      absl::StrJoin(names, ", "));
}

std::string ValuesOf(const EnumDescriptor* type) {
  if (type == nullptr) return "";
  std::vector<std::string> names;
  for (int i = 0; i < type->value_count(); ++i) {
    // 0 is what nobody said.
    if (type->value(i)->number() != 0) names.push_back(type->value(i)->name());
  }
  return absl::StrCat("; known there: ", absl::StrJoin(names, ", "));
}

// The text between the first `before` and the next `after` behind it.
absl::string_view Between(absl::string_view text, absl::string_view before,
                          absl::string_view after) {
  const std::size_t begin = text.find(before);
  if (begin == text.npos) return "";
  text.remove_prefix(begin + before.size());
  return text.substr(0, text.find(after));
}

}  // namespace

std::string KnownThere(absl::string_view error) {
  // (columns[0].embedding_column.table) adamm: Cannot find field.
  if (absl::string_view name = error;
      absl::ConsumeSuffix(&name, ": Cannot find field.")) {
    absl::string_view path;
    if (absl::ConsumePrefix(&name, "(")) {
      const std::size_t end = name.find(") ");
      if (end == name.npos) return "";
      path = name.substr(0, end);
      name.remove_prefix(end + 2);
    }
    return FieldsOf(MessageAt(path), name);
  }
  const auto* const pool = v1::FeatureSpec::descriptor()->file()->pool();
  // (...generation): invalid value "keras" for type
  // type.googleapis.com/rowhouse.v1.Generation
  if (absl::StrContains(error, "): invalid value ")) {
    const std::size_t slash = error.rfind('/');
    if (slash == error.npos) return "";
    return ValuesOf(
        pool->FindEnumTypeByName(std::string(error.substr(slash + 1))));
  }
  // Message type "rowhouse.v1.TableSpec" has no field named "adamm".
  if (absl::StrContains(error, "\" has no field named \"")) {
    return FieldsOf(pool->FindMessageTypeByName(
                        std::string(Between(error, "Message type \"", "\""))),
                    Between(error, "has no field named \"", "\""));
  }
  // Unknown enumeration value of "keras" for field "generation".
  if (absl::StrContains(error, "Unknown enumeration value of \"")) {
    std::set<const Descriptor*> seen;
    return ValuesOf(EnumOf(v1::FeatureSpec::descriptor(),
                           std::string(Between(error, "\" for field \"", "\"")),
                           seen));
  }
  return "";
}

}  // namespace rowhouse::internal
