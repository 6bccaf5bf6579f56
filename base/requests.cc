#include "base/requests.h"

#include "absl/strings/str_cat.h"

namespace rowhouse {

absl::Status Validate(const BagsView& bags, absl::string_view table) {
  if (!bags.weights.empty() && bags.weights.size() != bags.ids.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("table '", table, "': ", bags.weights.size(),
                     " weights for ", bags.ids.size(), " ids"));
  }
  if (bags.row_splits.empty()) return absl::OkStatus();
  if (bags.row_splits.front() != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("table '", table, "': row_splits begin at ",
                     bags.row_splits.front(), ", not 0"));
  }
  if (bags.row_splits.back() != bags.ids.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "table '", table, "': row_splits end at ", bags.row_splits.back(),
        " but there are ", bags.ids.size(), " ids"));
  }
  for (std::size_t i = 1; i < bags.row_splits.size(); ++i) {
    if (bags.row_splits[i] < bags.row_splits[i - 1]) {
      return absl::InvalidArgumentError(absl::StrCat(
          "table '", table, "': row_splits fall from ", bags.row_splits[i - 1],
          " to ", bags.row_splits[i], " at ", i));
    }
  }
  return absl::OkStatus();
}

}  // namespace rowhouse
