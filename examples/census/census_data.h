// Census Income: the rows of adult.data and adult.test, by column.
#ifndef ROWHOUSE_EXAMPLES_CENSUS_CENSUS_DATA_H_
#define ROWHOUSE_EXAMPLES_CENSUS_CENSUS_DATA_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <istream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "rowhouse/features.h"

namespace rowhouse::census {

enum Category {
  kWorkclass,
  kEducation,
  kMaritalStatus,
  kOccupation,
  kRelationship,
  kRace,
  kSex,
  kNativeCountry,
  kCategories
};
enum Number {
  kAge,
  kEducationNum,
  kCapitalGain,
  kCapitalLoss,
  kHoursPerWeek,
  kNumbers
};

// Names of the columns, also the keys of their features.
inline constexpr std::array<absl::string_view, kCategories> kCategoryNames = {
    "workclass", "education", "marital-status", "occupation", "relationship",
    "race",      "sex",       "native-country"};
inline constexpr std::array<absl::string_view, kNumbers> kNumberNames = {
    "age", "education-num", "capital-gain", "capital-loss", "hours-per-week"};

struct Dataset {
  std::array<std::vector<std::string>, kCategories> categories;
  std::array<std::vector<std::int64_t>, kNumbers> numbers;
  std::vector<float> labels;  // 1: earns more than 50K

  std::size_t rows() const { return labels.size(); }
};

struct Census {
  Dataset train;
  Dataset test;
};

// Reads `directory`/adult.data and adult.test, with or without a line of
// column names, as well as the original archive's files. NOT_FOUND without a
// file; INVALID_ARGUMENT, with file and line, for what is malformed.
absl::StatusOr<Census> ReadCensus(const std::string& directory);

// One file of it. `name` is for messages.
absl::StatusOr<Dataset> ReadDataset(std::istream& input,
                                    absl::string_view name);

// Rows of a Dataset, gathered for one step.
class Batch {
 public:
  // Forgets the rows before. `data` must live until the next Gather.
  void Gather(const Dataset& data, absl::Span<const std::uint32_t> rows);

  const Features& features() const { return features_; }
  absl::Span<const float> labels() const { return labels_; }
  std::size_t rows() const { return labels_.size(); }

 private:
  std::array<std::vector<absl::string_view>, kCategories> categories_;
  std::array<std::vector<std::int64_t>, kNumbers> numbers_;
  std::vector<float> labels_;
  Features features_;
};

}  // namespace rowhouse::census

#endif  // ROWHOUSE_EXAMPLES_CENSUS_CENSUS_DATA_H_
