// Parts of a TableSpec as JSON, both ways, by the lists of spec_fields.h. A
// struct is an object, absent where all of it is default; a variant is one with
// "type", absent where it holds nothing; an optional is absent where it is not
// set, and there otherwise, whatever it holds. Absent keys keep the default, if
// they have one (HasNoDefault).
#ifndef ROWHOUSE_BASE_SPEC_JSON_H_
#define ROWHOUSE_BASE_SPEC_JSON_H_

#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "base/spec_fields.h"

namespace rowhouse {

using SpecJson = nlohmann::ordered_json;

template <typename Enum>
struct EnumName {
  Enum value;
  absl::string_view name;
};

// Every value of an enumeration, by its name. The argument picks the list.
inline absl::Span<const EnumName<Generation>> NamesOf(Generation) {
  using G = Generation;
  static const EnumName<Generation> kNames[] = {
      {G::kTf1, GenerationName(G::kTf1)},
      {G::kKerasLegacy, GenerationName(G::kKerasLegacy)},
      {G::kKeras, GenerationName(G::kKeras)},
      {G::kTpu, GenerationName(G::kTpu)}};
  return kNames;
}
inline absl::Span<const EnumName<DecayedRows>> NamesOf(DecayedRows) {
  static constexpr EnumName<DecayedRows> kNames[] = {
      {DecayedRows::kNone, "none"},
      {DecayedRows::kEveryRow, "every_row"},
      {DecayedRows::kTouchedRows, "touched_rows"}};
  return kNames;
}
inline absl::Span<const EnumName<NanPolicy>> NamesOf(NanPolicy) {
  static constexpr EnumName<NanPolicy> kNames[] = {
      {NanPolicy::kReject, "reject"},
      {NanPolicy::kSkipRow, "skip_row"},
      {NanPolicy::kPropagate, "propagate"}};
  return kNames;
}
inline absl::Span<const EnumName<Durability>> NamesOf(Durability) {
  static constexpr EnumName<Durability> kNames[] = {
      {Durability::kMemory, "memory"},
      {Durability::kProcess, "process"},
      {Durability::kPower, "power"}};
  return kNames;
}
inline absl::Span<const EnumName<Placement>> NamesOf(Placement) {
  static constexpr EnumName<Placement> kNames[] = {
      {Placement::kHashed, "hashed"}, {Placement::kWhole, "whole"}};
  return kNames;
}

// Of every alternative of a variant, but one that holds nothing.
template <std::size_t kIndex = 0, typename... Ts>
std::vector<absl::string_view> TypeNames(const std::variant<Ts...>& variant) {
  if constexpr (kIndex == sizeof...(Ts)) {
    return {};
  } else {
    std::vector<absl::string_view> names = TypeNames<kIndex + 1>(variant);
    const absl::string_view name =
        TypeName(std::variant<Ts...>(std::in_place_index<kIndex>));
    if (!name.empty()) names.insert(names.begin(), name);
    return names;
  }
}

// A number that parses back to the same bits. JSON has no word for infinity and
// NaN, so those are strings.
inline SpecJson NumberToJson(double value) {
  if (value != value) return "nan";
  if (value == std::numeric_limits<double>::infinity()) return "inf";
  if (value == -std::numeric_limits<double>::infinity()) return "-inf";
  return value;
}

// Adds fields to one object.
class SpecWriter {
 public:
  explicit SpecWriter(SpecJson& json) : json_(json) {}

  template <typename T>
  void operator()(const char* key, T& field) {
    if constexpr (std::floating_point<T>) {
      json_[key] = NumberToJson(static_cast<double>(field));
    } else if constexpr (std::is_enum_v<T>) {
      for (const auto& entry : NamesOf(field)) {
        if (entry.value == field) json_[key] = std::string(entry.name);
      }
    } else if constexpr (std::is_class_v<T>) {
      WriteParts(key, field);
    } else {
      json_[key] = field;
    }
  }

 private:
  template <typename T>
  void WriteParts(const char* key, T& part) {
    if (!(part == T())) WriteStruct(key, part);
  }
  template <typename T>
  void WriteStruct(const char* key, T& part) {
    SpecJson object;
    SpecWriter writer(object);
    Fields(part, writer);
    json_[key] = std::move(object);
  }
  template <typename... Ts>
  void WriteParts(const char* key, std::variant<Ts...>& variant) {
    const absl::string_view type = TypeName(variant);
    if (type.empty()) return;
    SpecJson object;
    object["type"] = std::string(type);
    SpecWriter writer(object);
    std::visit([&](auto& part) { Fields(part, writer); }, variant);
    json_[key] = std::move(object);
  }
  template <typename T>
  void WriteParts(const char* key, std::optional<T>& field) {
    if (!field.has_value()) return;
    if constexpr (std::is_class_v<T>) {
      WriteStruct(key, *field);
    } else {
      (*this)(key, *field);
    }
  }
  template <typename T>
  void WriteParts(const char* key, std::vector<T>& values) {
    SpecJson array = SpecJson::array();
    for (const T value : values) {
      if constexpr (std::floating_point<T>) {
        array.push_back(NumberToJson(static_cast<double>(value)));
      } else {
        array.push_back(value);
      }
    }
    json_[key] = std::move(array);
  }
  void WriteParts(const char* key, std::string& text) { json_[key] = text; }

  SpecJson& json_;
};

// Reads fields of one object. Remembers which keys were asked for and the first
// thing that was wrong.
class SpecReader {
 public:
  // `what` names the object in messages.
  SpecReader(const SpecJson& json, absl::string_view what)
      : json_(json), what_(what) {}

  template <typename T>
  void operator()(const char* key, T& field) {
    known_.insert(key);
    const auto it = json_.find(key);
    if (it != json_.end()) {
      Read(*it, key, field);
    } else if (HasNoDefault(key)) {
      status_.Update(absl::InvalidArgumentError(
          absl::StrCat(what_, ": '", key, "' is missing; it has no default")));
    }
  }

  void Fail(absl::string_view key, absl::string_view expected) {
    status_.Update(absl::InvalidArgumentError(
        absl::StrCat(what_, ": '", key, "' is not ", expected)));
  }

  // The first complaint, unknown keys included.
  absl::Status Finish() {
    for (const auto& item : json_.items()) {
      if (!known_.contains(item.key())) {
        status_.Update(absl::InvalidArgumentError(
            absl::StrCat(what_, ": unknown key '", item.key(),
                         "'; known: ", absl::StrJoin(known_, ", "))));
      }
    }
    return status_;
  }

 private:
  template <std::floating_point T>
  void Read(const SpecJson& value, const char* key, T& field) {
    using Limits = std::numeric_limits<T>;
    if (value.is_number()) {
      const double number = value.get<double>();
      if (std::fabs(number) > static_cast<double>(Limits::max())) {
        return Fail(key, "in the range of a float");
      }
      field = static_cast<T>(number);
    } else if (value == "nan") {
      field = Limits::quiet_NaN();
    } else if (value == "inf") {
      field = Limits::infinity();
    } else if (value == "-inf") {
      field = -Limits::infinity();
    } else {
      Fail(key, "a number");
    }
  }
  void Read(const SpecJson& value, const char* key, bool& field) {
    if (!value.is_boolean()) return Fail(key, "true or false");
    field = value.get<bool>();
  }
  void Read(const SpecJson& value, const char* key, std::uint32_t& field) {
    std::uint64_t wide = 0;
    Read(value, key, wide);
    if (wide > std::numeric_limits<std::uint32_t>::max()) {
      return Fail(key, "in range");
    }
    field = static_cast<std::uint32_t>(wide);
  }
  void Read(const SpecJson& value, const char* key, std::uint64_t& field) {
    if (!value.is_number_unsigned()) return Fail(key, "an unsigned integer");
    field = value.get<std::uint64_t>();
  }
  void Read(const SpecJson& value, const char* key, std::int64_t& field) {
    const bool fits =
        value.is_number_integer() &&
        (!value.is_number_unsigned() ||
         value.get<std::uint64_t>() <=
             std::uint64_t{std::numeric_limits<std::int64_t>::max()});
    if (!fits) return Fail(key, "an integer");
    field = value.get<std::int64_t>();
  }
  void Read(const SpecJson& value, const char* key, std::string& field) {
    if (!value.is_string()) return Fail(key, "a string");
    field = value.get<std::string>();
  }
  template <typename Enum>
  requires std::is_enum_v<Enum>
  void Read(const SpecJson& value, const char* key, Enum& field) {
    for (const auto& entry : NamesOf(field)) {
      if (value == std::string(entry.name)) {
        field = entry.value;
        return;
      }
    }
    const auto append = [](std::string* out, const auto& entry) {
      absl::StrAppend(out, entry.name);
    };
    Fail(key,
         absl::StrCat("one of ", absl::StrJoin(NamesOf(field), ", ", append)));
  }
  template <typename T>
  void Read(const SpecJson& value, const char* key, std::optional<T>& field) {
    Read(value, key, field.emplace());
  }
  template <typename T>
  void Read(const SpecJson& value, const char* key, std::vector<T>& field) {
    if (!value.is_array()) return Fail(key, "an array");
    field.assign(value.size(), T{});
    for (std::size_t i = 0; i < field.size(); ++i) {
      Read(value[i], key, field[i]);
    }
  }
  template <typename... Ts>
  void Read(const SpecJson& value, const char* key,
            std::variant<Ts...>& field) {
    if (!value.is_object()) return Fail(key, "an object");
    const auto it = value.find("type");
    const std::string type =
        it != value.end() && it->is_string() ? it->get<std::string>() : "";
    if (type.empty() || !SetType(type, field)) {
      status_.Update(absl::InvalidArgumentError(
          absl::StrCat("unknown ", key, " '", type, "'; 'type' is one of ",
                       absl::StrJoin(TypeNames(field), ", "))));
      return;
    }
    SpecReader reader(value, type);
    reader.known_.insert("type");
    std::visit([&](auto& part) { Fields(part, reader); }, field);
    status_.Update(reader.Finish());
  }
  template <typename Struct>
  requires std::is_class_v<Struct>
  void Read(const SpecJson& value, const char* key, Struct& field) {
    if (!value.is_object()) return Fail(key, "an object");
    SpecReader reader(value, key);
    Fields(field, reader);
    status_.Update(reader.Finish());
  }

  const SpecJson& json_;
  const absl::string_view what_;
  std::set<std::string> known_;
  absl::Status status_;
};

}  // namespace rowhouse

#endif  // ROWHOUSE_BASE_SPEC_JSON_H_
