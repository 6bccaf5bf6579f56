#include "tests/golden/value.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace rowhouse::golden {

absl::StatusOr<RowGradient> ReadRowGradient(const Json& json) {
  if (!json.is_object() || json.size() != 1 || !json.contains("rows")) {
    return absl::InvalidArgumentError(
        absl::StrCat("a row gradient, not ", json.dump().substr(0, 200)));
  }
  const Json& body = json.at("rows");
  RowGradient gradient;
  for (const auto& item : body.items()) {
    if (item.key() == "ids") {
      gradient.ids = item.value().get<std::vector<std::int64_t>>();
    } else if (item.key() == "dim") {
      gradient.dim = item.value().get<std::uint32_t>();
    } else if (item.key() == "values") {
      for (const Json& value : item.value()) {
        ROWHOUSE_ASSIGN_OR_RETURN(const double number, ReadNumber(value));
        gradient.values.push_back(static_cast<float>(number));
      }
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("a row gradient has no '", item.key(), "'"));
    }
  }
  if (gradient.values.size() != gradient.ids.size() * gradient.dim) {
    return absl::InvalidArgumentError(
        absl::StrCat(gradient.ids.size(), " ids of ", gradient.dim,
                     " values, but ", gradient.values.size(), " are given"));
  }
  return gradient;
}

absl::StatusOr<std::vector<float>> FloatsOf(const Tensor& tensor) {
  if (tensor.layout != Tensor::Layout::kDense || tensor.dtype != "float32") {
    return absl::InvalidArgumentError(
        absl::StrCat("a dense float32 tensor is needed, not ", tensor.dtype));
  }
  const auto& wide = std::get<std::vector<double>>(tensor.values);
  return std::vector<float>(wide.begin(), wide.end());
}

absl::StatusOr<std::vector<std::int64_t>> IntegersOf(const Tensor& tensor) {
  if (const auto* integers =
          std::get_if<std::vector<std::int64_t>>(&tensor.values)) {
    return *integers;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("integers are needed, not ", tensor.dtype));
}

}  // namespace rowhouse::golden
