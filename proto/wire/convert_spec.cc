#include "proto/wire/convert_spec.h"

#include <google/protobuf/message.h>

#include <concepts>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/spec_fields.h"
#include "base/status_macros.h"

namespace rowhouse::wire {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// The field called `key`. The .proto has every key of the lists: a test sends
// all of them there and back.
const FieldDescriptor* Field(const Message& message, absl::string_view key) {
  return message.GetDescriptor()->FindFieldByName(std::string(key));
}

// The arguments that TensorFlow gives no default, and the rate.
bool IsRequired(absl::string_view key) {
  return key == "learning_rate" || HasNoDefault(key);
}

// Sets fields of one message.
class MessageWriter {
 public:
  explicit MessageWriter(Message& message)
      : message_(message), reflection_(*message.GetReflection()) {}

  template <typename T>
  void operator()(const char* key, const T& field) {
    Write(Field(message_, key), field);
  }

  // Sets the field that is called as the alternative.
  template <typename... Ts>
  void WriteAlternative(const std::variant<Ts...>& variant) {
    std::visit(
        [&](auto part) {
          MessageWriter writer(*reflection_.MutableMessage(
              &message_, Field(message_, TypeName(variant))));
          Fields(part, writer);
        },
        variant);
  }

 private:
  void Write(const FieldDescriptor* to, float value) {
    reflection_.SetFloat(&message_, to, value);
  }
  void Write(const FieldDescriptor* to, double value) {
    reflection_.SetDouble(&message_, to, value);
  }
  void Write(const FieldDescriptor* to, bool value) {
    reflection_.SetBool(&message_, to, value);
  }
  void Write(const FieldDescriptor* to, std::uint64_t value) {
    reflection_.SetUInt64(&message_, to, value);
  }
  template <typename Enum>
  requires std::is_enum_v<Enum>
  void Write(const FieldDescriptor* to, Enum value) {
    reflection_.SetEnumValue(&message_, to, static_cast<int>(value));
  }
  void Write(const FieldDescriptor* to, const std::vector<float>& values) {
    for (const float value : values) {
      reflection_.AddFloat(&message_, to, value);
    }
  }
  void Write(const FieldDescriptor* to,
             const std::vector<std::int64_t>& values) {
    for (const std::int64_t value : values) {
      reflection_.AddInt64(&message_, to, value);
    }
  }
  template <typename T>
  void Write(const FieldDescriptor* to, const std::optional<T>& value) {
    if (!value.has_value()) return;
    if constexpr (std::is_class_v<T>) {
      WriteStruct(to, *value);
    } else {
      Write(to, *value);
    }
  }
  template <typename... Ts>
  void Write(const FieldDescriptor* to, const std::variant<Ts...>& variant) {
    if (TypeName(variant).empty()) return;
    MessageWriter(*reflection_.MutableMessage(&message_, to))
        .WriteAlternative(variant);
  }
  template <typename Struct>
  requires std::is_class_v<Struct>
  void Write(const FieldDescriptor* to, const Struct& part) {
    if (!(part == Struct())) WriteStruct(to, part);
  }
  template <typename Struct>
  void WriteStruct(const FieldDescriptor* to, Struct part) {
    MessageWriter writer(*reflection_.MutableMessage(&message_, to));
    Fields(part, writer);
  }

  Message& message_;
  const Reflection& reflection_;
};

// Reads fields of one message. Keeps the first complaint.
class MessageReader {
 public:
  // `path` names the message in complaints.
  MessageReader(const Message& message, std::string path)
      : message_(message),
        reflection_(*message.GetReflection()),
        path_(std::move(path)) {}

  template <typename T>
  void operator()(const char* key, T& field) {
    const FieldDescriptor* from = Field(message_, key);
    if (from->is_repeated() || !from->has_presence() ||
        reflection_.HasField(message_, from)) {
      Read(from, field);
    } else if (IsRequired(key)) {
      Missing(key);
    }
  }

  // Reads the field of the oneof that is set, by its name. Nothing is set:
  // `variant` is left alone, and the result is false.
  template <typename... Ts>
  bool ReadAlternative(const char* oneof, std::variant<Ts...>& variant) {
    const FieldDescriptor* from = reflection_.GetOneofFieldDescriptor(
        message_, message_.GetDescriptor()->FindOneofByName(oneof));
    if (from == nullptr) return false;
    SetType(from->name(), variant);
    std::visit([&](auto& part) { ReadStruct(from, part); }, variant);
    return true;
  }

  void Missing(absl::string_view key) {
    Complain(absl::StrCat(path_, ".", key, ": missing; it has no default"));
  }
  const absl::Status& status() const { return status_; }

 private:
  void Read(const FieldDescriptor* from, float& field) {
    field = reflection_.GetFloat(message_, from);
  }
  void Read(const FieldDescriptor* from, double& field) {
    field = reflection_.GetDouble(message_, from);
  }
  void Read(const FieldDescriptor* from, bool& field) {
    field = reflection_.GetBool(message_, from);
  }
  void Read(const FieldDescriptor* from, std::uint64_t& field) {
    field = reflection_.GetUInt64(message_, from);
  }
  // 0 is "unspecified": the default.
  template <typename Enum>
  requires std::is_enum_v<Enum>
  void Read(const FieldDescriptor* from, Enum& field) {
    const int number = reflection_.GetEnumValue(message_, from);
    if (from->enum_type()->FindValueByNumber(number) == nullptr) {
      Complain(absl::StrCat(PathOf(from), ": ", number, " is unknown"));
    } else if (number != 0) {
      field = static_cast<Enum>(number);
    }
  }
  void Read(const FieldDescriptor* from, std::vector<float>& field) {
    for (int i = 0; i < reflection_.FieldSize(message_, from); ++i) {
      field.push_back(reflection_.GetRepeatedFloat(message_, from, i));
    }
  }
  void Read(const FieldDescriptor* from, std::vector<std::int64_t>& field) {
    for (int i = 0; i < reflection_.FieldSize(message_, from); ++i) {
      field.push_back(reflection_.GetRepeatedInt64(message_, from, i));
    }
  }
  template <typename T>
  void Read(const FieldDescriptor* from, std::optional<T>& field) {
    Read(from, field.emplace());
  }
  template <typename... Ts>
  void Read(const FieldDescriptor* from, std::variant<Ts...>& variant) {
    MessageReader reader(reflection_.GetMessage(message_, from), PathOf(from));
    if (!reader.ReadAlternative(from->name().c_str(), variant)) {
      reader.Missing(from->name());
    }
    Complain(reader.status());
  }
  template <typename Struct>
  requires std::is_class_v<Struct>
  void Read(const FieldDescriptor* from, Struct& part) {
    ReadStruct(from, part);
  }
  template <typename Struct>
  void ReadStruct(const FieldDescriptor* from, Struct& part) {
    MessageReader reader(reflection_.GetMessage(message_, from), PathOf(from));
    Fields(part, reader);
    Complain(reader.status());
  }

  std::string PathOf(const FieldDescriptor* field) const {
    return absl::StrCat(path_, ".", field->name());
  }
  void Complain(const absl::Status& status) { status_.Update(status); }
  void Complain(absl::string_view complaint) {
    status_.Update(absl::InvalidArgumentError(complaint));
  }

  const Message& message_;
  const Reflection& reflection_;
  const std::string path_;
  absl::Status status_;
};

}  // namespace

void SpecPartsToProto(const TableSpec& spec, v1::TableSpec& message) {
  MessageWriter writer(message);
  writer.WriteAlternative(spec.initializer);
  writer.WriteAlternative(spec.optimizer);
  writer("update", spec.update);
}

absl::Status SpecPartsFromProto(const v1::TableSpec& message, TableSpec& spec) {
  MessageReader reader(message, "spec");
  reader.ReadAlternative("initializer", spec.initializer);
  if (!reader.ReadAlternative("optimizer", spec.optimizer)) {
    reader.Missing("optimizer");
  }
  reader("update", spec.update);
  return reader.status();
}

}  // namespace rowhouse::wire
