#include "examples/census/census_data.h"

#include <fstream>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"

namespace rowhouse::census {
namespace {

constexpr std::size_t kFields = 15;
constexpr std::size_t kLabelField = 14;

// Where the columns stand in a line; field 2 (fnlwgt) is not used.
constexpr std::array<std::size_t, kCategories> kCategoryFields = {1, 3, 5, 6,
                                                                  7, 8, 9, 13};
constexpr std::array<std::size_t, kNumbers> kNumberFields = {0, 4, 10, 11, 12};
// Greatest value that each number may have: the tables of capital-gain and
// capital-loss have one row per dollar.
constexpr std::array<std::int64_t, kNumbers> kNumberMax = {150, 16, 99999, 4999,
                                                           168};

absl::Status AppendNumber(absl::string_view text, Number column,
                          Dataset& data) {
  std::int64_t value = 0;
  if (!absl::SimpleAtoi(text, &value) || value < 0 ||
      value > kNumberMax[column]) {
    return absl::InvalidArgumentError(
        absl::StrCat(kNumberNames[column], " is \"", text,
                     "\", expected a number from 0 to ", kNumberMax[column]));
  }
  data.numbers[column].push_back(value);
  return absl::OkStatus();
}

absl::Status AppendLine(absl::string_view line, Dataset& data) {
  std::vector<absl::string_view> fields = absl::StrSplit(line, ',');
  if (fields.size() != kFields) {
    return absl::InvalidArgumentError(
        absl::StrCat(fields.size(), " fields, expected ", kFields));
  }
  for (absl::string_view& field : fields) {
    field = absl::StripAsciiWhitespace(field);
  }
  for (int column = 0; column < kNumbers; ++column) {
    ROWHOUSE_RETURN_IF_ERROR(AppendNumber(fields[kNumberFields[column]],
                                          static_cast<Number>(column), data));
  }
  for (int column = 0; column < kCategories; ++column) {
    const absl::string_view value = fields[kCategoryFields[column]];
    if (value.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(kCategoryNames[column], " is empty"));
    }
    data.categories[column].emplace_back(value);
  }
  const absl::string_view label = absl::StripSuffix(fields[kLabelField], ".");
  if (label != "<=50K" && label != ">50K") {
    return absl::InvalidArgumentError(
        absl::StrCat("the class is \"", label, "\", expected <=50K or >50K"));
  }
  data.labels.push_back(label == ">50K" ? 1.0f : 0.0f);
  return absl::OkStatus();
}

// The original archive has blank lines and, in adult.test, one that begins
// with a bar.
bool IsRow(absl::string_view line, int number) {
  if (absl::StripAsciiWhitespace(line).empty()) return false;
  if (number > 1) return true;
  return !absl::StartsWith(line, "age,") && !absl::StartsWith(line, "|");
}

absl::StatusOr<Dataset> ReadFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  return ReadDataset(file, path);
}

}  // namespace

absl::StatusOr<Dataset> ReadDataset(std::istream& input,
                                    absl::string_view name) {
  Dataset data;
  std::string line;
  for (int number = 1; std::getline(input, line); ++number) {
    if (!IsRow(line, number)) continue;
    const absl::Status status = AppendLine(line, data);
    if (!status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, ":", number, ": ", status.message()));
    }
  }
  if (data.rows() == 0) {
    return absl::InvalidArgumentError(absl::StrCat(name, ": no rows"));
  }
  return data;
}

absl::StatusOr<Census> ReadCensus(const std::string& directory) {
  Census census;
  ROWHOUSE_ASSIGN_OR_RETURN(census.train,
                            ReadFile(absl::StrCat(directory, "/adult.data")));
  ROWHOUSE_ASSIGN_OR_RETURN(census.test,
                            ReadFile(absl::StrCat(directory, "/adult.test")));
  return census;
}

void Batch::Gather(const Dataset& data, absl::Span<const std::uint32_t> rows) {
  for (int column = 0; column < kCategories; ++column) {
    categories_[column].clear();
    for (const std::uint32_t row : rows) {
      categories_[column].push_back(data.categories[column][row]);
    }
    features_.Set(kCategoryNames[column], categories_[column]);
  }
  for (int column = 0; column < kNumbers; ++column) {
    numbers_[column].clear();
    for (const std::uint32_t row : rows) {
      numbers_[column].push_back(data.numbers[column][row]);
    }
    features_.Set(kNumberNames[column], numbers_[column]);
  }
  labels_.clear();
  for (const std::uint32_t row : rows) labels_.push_back(data.labels[row]);
}

}  // namespace rowhouse::census
