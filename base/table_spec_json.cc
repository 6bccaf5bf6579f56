// The JSON form of a TableSpec: stored in data directories, printed by tools.
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "rowhouse/table_spec.h"

namespace rowhouse {
namespace {

using Json = nlohmann::ordered_json;

template <typename Enum>
struct EnumName {
  Enum value;
  const char* name;
};

constexpr EnumName<NanPolicy> kNanPolicies[] = {
    {NanPolicy::kReject, "reject"},
    {NanPolicy::kSkipRow, "skip_row"},
    {NanPolicy::kPropagate, "propagate"}};
constexpr EnumName<Durability> kDurabilities[] = {
    {Durability::kMemory, "memory"},
    {Durability::kProcess, "process"},
    {Durability::kPower, "power"}};
constexpr EnumName<Placement> kPlacements[] = {{Placement::kHashed, "hashed"},
                                               {Placement::kWhole, "whole"}};

template <typename Enum, std::size_t N>
const char* NameOf(const EnumName<Enum> (&names)[N], Enum value) {
  for (const auto& entry : names) {
    if (entry.value == value) return entry.name;
  }
  return names[0].name;
}

// One list of fields per struct drives writing and reading: `visit(key,
// field)`.
template <typename V>
void Fields(SgdSpec& o, V&& visit) {
  visit("learning_rate", o.learning_rate);
}
template <typename V>
void Fields(AdagradSpec& o, V&& visit) {
  visit("learning_rate", o.learning_rate);
  visit("initial_accumulator", o.initial_accumulator);
  visit("epsilon", o.epsilon);
}
template <typename V>
void Fields(FtrlSpec& o, V&& visit) {
  visit("learning_rate", o.learning_rate);
  visit("learning_rate_power", o.learning_rate_power);
  visit("initial_accumulator", o.initial_accumulator);
  visit("l1", o.l1);
  visit("l2", o.l2);
  visit("l2_shrinkage", o.l2_shrinkage);
  visit("beta", o.beta);
}
template <typename V>
void Fields(ConstantInitializer& o, V&& visit) {
  visit("value", o.value);
}
template <typename V>
void Fields(UniformInitializer& o, V&& visit) {
  visit("low", o.low);
  visit("high", o.high);
}
template <typename V>
void Fields(NormalInitializer& o, V&& visit) {
  visit("mean", o.mean);
  visit("stddev", o.stddev);
  visit("truncated", o.truncated);
}

const char* InitializerName(const InitializerSpec& spec) {
  constexpr const char* kNames[] = {"constant", "uniform", "normal"};
  return kNames[spec.index()];
}

// A float as a JSON number that parses back to the same bits. JSON has no word
// for infinity and NaN, so those are strings.
Json FloatToJson(float value) {
  if (value != value) return "nan";
  if (value == std::numeric_limits<float>::infinity()) return "inf";
  if (value == -std::numeric_limits<float>::infinity()) return "-inf";
  return static_cast<double>(value);
}

template <typename Struct>
Json StructToJson(absl::string_view type, Struct fields) {
  Json json;
  json["type"] = std::string(type);
  Fields(fields, [&](const char* key, auto& field) {
    if constexpr (std::is_same_v<std::decay_t<decltype(field)>, bool>) {
      json[key] = field;
    } else {
      json[key] = FloatToJson(field);
    }
  });
  return json;
}

// Reads keys of one object and remembers which were known.
class Reader {
 public:
  Reader(const Json& json, absl::string_view what) : json_(json), what_(what) {}

  void Read(const char* key, float& field) {
    const Json* value = Find(key);
    if (value == nullptr) return;
    if (value->is_number()) {
      const double number = value->get<double>();
      if (std::fabs(number) > std::numeric_limits<float>::max()) {
        return Fail(key, "in the range of a float");
      }
      field = static_cast<float>(number);
    } else if (*value == "nan") {
      field = std::numeric_limits<float>::quiet_NaN();
    } else if (*value == "inf") {
      field = std::numeric_limits<float>::infinity();
    } else if (*value == "-inf") {
      field = -std::numeric_limits<float>::infinity();
    } else {
      Fail(key, "a number");
    }
  }
  void Read(const char* key, bool& field) {
    const Json* value = Find(key);
    if (value == nullptr) return;
    if (!value->is_boolean()) return Fail(key, "true or false");
    field = value->get<bool>();
  }
  void Read(const char* key, std::uint64_t& field) {
    const Json* value = Find(key);
    if (value == nullptr) return;
    if (!value->is_number_unsigned()) return Fail(key, "an unsigned integer");
    field = value->get<std::uint64_t>();
  }
  void Read(const char* key, std::string& field) {
    const Json* value = Find(key);
    if (value == nullptr) return;
    if (!value->is_string()) return Fail(key, "a string");
    field = value->get<std::string>();
  }
  template <typename Enum, std::size_t N>
  void Read(const char* key, const EnumName<Enum> (&names)[N], Enum& field) {
    const Json* value = Find(key);
    if (value == nullptr) return;
    for (const auto& entry : names) {
      if (*value == entry.name) {
        field = entry.value;
        return;
      }
    }
    Fail(key, "a known name");
  }
  // The object under `key`, or null.
  const Json* Object(const char* key) {
    const Json* value = Find(key);
    if (value == nullptr || value->is_object()) return value;
    Fail(key, "an object");
    return nullptr;
  }

  void Fail(absl::string_view key, absl::string_view expected) {
    status_.Update(absl::InvalidArgumentError(
        absl::StrCat(what_, ": '", key, "' is not ", expected)));
  }

  absl::Status Finish() {
    for (const auto& item : json_.items()) {
      if (!known_.contains(item.key())) {
        status_.Update(absl::InvalidArgumentError(
            absl::StrCat(what_, ": unknown key '", item.key(), "'")));
      }
    }
    return status_;
  }

 private:
  const Json* Find(const char* key) {
    known_.insert(key);
    const auto it = json_.find(key);
    return it == json_.end() ? nullptr : &*it;
  }

  const Json& json_;
  const absl::string_view what_;
  std::set<std::string> known_;
  absl::Status status_;
};

template <typename Struct, typename Variant>
absl::Status ReadInto(const Json& json, absl::string_view what, Variant& out) {
  Struct fields;
  Reader reader(json, what);
  std::string type;
  reader.Read("type", type);
  Fields(fields,
         [&](const char* key, auto& field) { reader.Read(key, field); });
  out = fields;
  return reader.Finish();
}

// The string under "type", or nothing.
std::string TypeOf(const Json& json) {
  const auto it = json.find("type");
  return it != json.end() && it->is_string() ? it->get<std::string>() : "";
}

absl::Status ReadOptimizer(const Json& json, OptimizerSpec& out) {
  const std::string type = TypeOf(json);
  if (type == "sgd") return ReadInto<SgdSpec>(json, "sgd", out);
  if (type == "adagrad") return ReadInto<AdagradSpec>(json, "adagrad", out);
  if (type == "ftrl") return ReadInto<FtrlSpec>(json, "ftrl", out);
  return absl::InvalidArgumentError(
      absl::StrCat("unknown optimizer '", type, "'"));
}

absl::Status ReadInitializer(const Json& json, InitializerSpec& out) {
  const std::string type = TypeOf(json);
  if (type == "constant") {
    return ReadInto<ConstantInitializer>(json, "constant", out);
  }
  if (type == "uniform") {
    return ReadInto<UniformInitializer>(json, "uniform", out);
  }
  if (type == "normal") return ReadInto<NormalInitializer>(json, "normal", out);
  return absl::InvalidArgumentError(
      absl::StrCat("unknown initializer '", type, "'"));
}

}  // namespace

std::string TableSpecToJson(const TableSpec& spec) {
  Json json;
  json["name"] = spec.name;
  json["dim"] = spec.dim;
  json["rows"] = spec.rows;
  json["seed"] = spec.seed;
  json["initializer"] = std::visit(
      [&](const auto& o) {
        return StructToJson(InitializerName(spec.initializer), o);
      },
      spec.initializer);
  json["optimizer"] = std::visit(
      [&](const auto& o) {
        return StructToJson(OptimizerName(spec.optimizer), o);
      },
      spec.optimizer);
  json["nan_policy"] = NameOf(kNanPolicies, spec.nan_policy);
  json["durability"] = NameOf(kDurabilities, spec.durability);
  json["placement"] = NameOf(kPlacements, spec.placement);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

absl::Status TableSpecFromJson(absl::string_view text, TableSpec& spec) {
  const Json json = Json::parse(text.begin(), text.end(), nullptr,
                                /*allow_exceptions=*/false);
  if (!json.is_object()) {
    return absl::InvalidArgumentError("table spec is not a JSON object");
  }
  TableSpec out;
  Reader reader(json, "table spec");
  std::uint64_t dim = 0;
  reader.Read("name", out.name);
  reader.Read("dim", dim);
  reader.Read("rows", out.rows);
  reader.Read("seed", out.seed);
  reader.Read("nan_policy", kNanPolicies, out.nan_policy);
  reader.Read("durability", kDurabilities, out.durability);
  reader.Read("placement", kPlacements, out.placement);
  if (dim > std::numeric_limits<std::uint32_t>::max()) {
    reader.Fail("dim", "in range");
  }
  out.dim = static_cast<std::uint32_t>(dim);
  if (const Json* initializer = reader.Object("initializer")) {
    ROWHOUSE_RETURN_IF_ERROR(ReadInitializer(*initializer, out.initializer));
  }
  if (const Json* optimizer = reader.Object("optimizer")) {
    ROWHOUSE_RETURN_IF_ERROR(ReadOptimizer(*optimizer, out.optimizer));
  }
  ROWHOUSE_RETURN_IF_ERROR(reader.Finish());
  ROWHOUSE_RETURN_IF_ERROR(Validate(out));
  spec = std::move(out);
  return absl::OkStatus();
}

}  // namespace rowhouse
