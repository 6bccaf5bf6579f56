#include "tests/golden/arguments.h"

#include "absl/strings/str_cat.h"

namespace rowhouse::golden {

Arguments::Arguments(absl::string_view call, const Json& json)
    : call_(call), json_(json) {
  if (!json.is_object()) {
    status_ = absl::InvalidArgumentError(
        absl::StrCat(call_, ": arguments are no object"));
  }
}

Arguments& Arguments::Required(const char* name, float& value) {
  if (Find(name) == nullptr) Refuse(name, "is missing");
  return Optional(name, value);
}

Arguments& Arguments::Required(const char* name, std::vector<float>& values) {
  const Json* json = Find(name);
  if (json == nullptr || !json->is_array()) {
    Refuse(name, json == nullptr ? "is missing" : "is no list");
    return *this;
  }
  values.clear();
  for (const Json& item : *json) {
    const auto number = ReadNumber(item);
    if (!number.ok()) Refuse(name, "is no list of numbers");
    values.push_back(static_cast<float>(number.value_or(0)));
  }
  return *this;
}

Arguments& Arguments::Optional(const char* name, float& value) {
  double wide = value;
  Optional(name, wide);
  value = static_cast<float>(wide);
  return *this;
}

Arguments& Arguments::Optional(const char* name, double& value) {
  const Json* json = Find(name);
  if (json == nullptr) return *this;
  const auto number = ReadNumber(*json);
  if (number.ok()) {
    value = *number;
  } else {
    Refuse(name, "is no number");
  }
  return *this;
}

Arguments& Arguments::Optional(const char* name, bool& value) {
  const Json* json = Find(name);
  if (json == nullptr) return *this;
  if (json->is_boolean()) {
    value = json->get<bool>();
  } else {
    Refuse(name, "is not true or false");
  }
  return *this;
}

Arguments& Arguments::Optional(const char* name, std::string& value) {
  const Json* json = Find(name);
  if (json == nullptr) return *this;
  if (json->is_string()) {
    value = json->get<std::string>();
  } else {
    Refuse(name, "is no string");
  }
  return *this;
}

Arguments& Arguments::Optional(const char* name, std::optional<float>& value) {
  const Json* json = Find(name);
  if (json == nullptr) return *this;
  if (json->is_null()) {
    value.reset();
    return *this;
  }
  return Optional(name, value.emplace());
}

absl::Status Arguments::Finish() {
  if (!status_.ok() || !json_.is_object()) return status_;
  for (const auto& item : json_.items()) {
    if (known_.count(item.key()) > 0) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(call_, " has no argument '", item.key(), "'"));
  }
  return absl::OkStatus();
}

const Json* Arguments::Find(const char* name) {
  known_.insert(name);
  if (!json_.is_object()) return nullptr;
  const auto at = json_.find(name);
  return at == json_.end() ? nullptr : &*at;
}

void Arguments::Refuse(const char* name, absl::string_view problem) {
  status_.Update(absl::InvalidArgumentError(
      absl::StrCat(call_, ": argument '", name, "' ", problem)));
}

}  // namespace rowhouse::golden
