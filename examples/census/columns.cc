#include "examples/census/columns.h"

#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace rowhouse::census {
namespace {

// Gradients are summed over a batch, so these rates are for sums.
const FtrlSpec kWideOptimizer{.learning_rate = 0.02f, .l1 = 1.0f, .l2 = 1.0f};
const AdagradSpec kDeepOptimizer{.learning_rate = 0.05f};

CategoricalColumn Words(Category column, VocabularyList words) {
  return CategoricalColumnWithVocabularyList{
      .key = std::string(kCategoryNames[column]),
      .vocabulary_list = std::move(words)};
}

CategoricalColumn Hashed(Category column, std::int64_t buckets) {
  return CategoricalColumnWithHashBucket{
      .key = std::string(kCategoryNames[column]), .hash_bucket_size = buckets};
}

// Amounts are ids as they are: the same few hundred values come again and
// again, and each means something of its own.
CategoricalColumn Amount(Number column, std::int64_t buckets) {
  return CategoricalColumnWithIdentity{.key = std::string(kNumberNames[column]),
                                       .num_buckets = buckets};
}

CategoricalColumn OccupationColumn() { return Hashed(kOccupation, 100); }

// The categories that both halves of the model use.
std::vector<CategoricalColumn> SharedColumns() {
  return {Words(kWorkclass, {"?", "Federal-gov", "Local-gov", "Never-worked",
                             "Private", "Self-emp-inc", "Self-emp-not-inc",
                             "State-gov", "Without-pay"}),
          Words(kEducation,
                {"10th", "11th", "12th", "1st-4th", "5th-6th", "7th-8th", "9th",
                 "Assoc-acdm", "Assoc-voc", "Bachelors", "Doctorate", "HS-grad",
                 "Masters", "Preschool", "Prof-school", "Some-college"}),
          Words(kMaritalStatus, {"Divorced", "Married-AF-spouse",
                                 "Married-civ-spouse", "Married-spouse-absent",
                                 "Never-married", "Separated", "Widowed"}),
          Words(kRelationship, {"Husband", "Not-in-family", "Other-relative",
                                "Own-child", "Unmarried", "Wife"}),
          Words(kRace, {"Amer-Indian-Eskimo", "Asian-Pac-Islander", "Black",
                        "Other", "White"}),
          Words(kSex, {"Female", "Male"}),
          OccupationColumn(),
          Hashed(kNativeCountry, 1000),
          Amount(kCapitalGain, 100000),
          Amount(kCapitalLoss, 5000)};
}

// What only the wide half uses.
std::vector<CategoricalColumn> WideOnlyColumns() {
  const BucketizedColumn age{
      .source_column = {.key = std::string(kNumberNames[kAge])},
      .boundaries = {18, 25, 30, 35, 40, 45, 50, 55, 60, 65}};
  return {age,
          CrossedColumn{.keys = {"education", "occupation"},
                        .hash_bucket_size = 1000},
          CrossedColumn{.keys = {age, "education", "occupation"},
                        .hash_bucket_size = 10000},
          CrossedColumn{.keys = {"native-country", "occupation"},
                        .hash_bucket_size = 2000}};
}

EmbeddingColumn Wide(const CategoricalColumn& column) {
  return {.categorical_column = column,
          .dimension = 1,
          .combiner = Combiner::kSum,
          .initializer = ConstantInitializer{},
          .table_name = absl::StrCat("wide/", ColumnName(column)),
          .table = {.optimizer = kWideOptimizer}};
}

EmbeddingColumn Deep(const CategoricalColumn& column, std::uint64_t seed) {
  return {.categorical_column = column,
          .dimension = kDeepDimension,
          .combiner = Combiner::kSum,
          .initializer = NormalInitializer{.stddev = 0.1f, .truncated = true},
          .table_name = absl::StrCat("deep/", ColumnName(column)),
          .table = {.optimizer = kDeepOptimizer, .seed = seed}};
}

// To mean 0 and deviation 1 over the values of `train`.
NumericColumn Scaled(const Dataset& train, Number column) {
  const bool logarithm = column == kCapitalGain || column == kCapitalLoss;
  const auto map = [logarithm](double x) {
    return logarithm ? std::log1p(x) : x;
  };
  double sum = 0;
  double squares = 0;
  for (const std::int64_t value : train.numbers[column]) {
    const double x = map(static_cast<double>(value));
    sum += x;
    squares += x * x;
  }
  const auto rows = static_cast<double>(train.rows());
  const double mean = sum / rows;
  const double variance = squares / rows - mean * mean;
  const double scale = variance > 0 ? 1 / std::sqrt(variance) : 0;
  return {.key = std::string(kNumberNames[column]),
          .normalizer_fn = [=](float x) {
            return static_cast<float>((map(x) - mean) * scale);
          }};
}

}  // namespace

absl::StatusOr<FeaturePlan> MakePlan(const Dataset& train, std::uint64_t seed) {
  std::vector<PlanColumn> columns;
  for (const CategoricalColumn& column : SharedColumns()) {
    columns.emplace_back(Wide(column));
  }
  for (const CategoricalColumn& column : WideOnlyColumns()) {
    columns.emplace_back(Wide(column));
  }
  for (const CategoricalColumn& column : SharedColumns()) {
    columns.emplace_back(Deep(column, seed));
  }
  for (int column = 0; column < kNumbers; ++column) {
    columns.emplace_back(Scaled(train, static_cast<Number>(column)));
  }
  return FeaturePlan::Compile(std::move(columns));
}

absl::StatusOr<FeaturePlan> MakeOccupationPlan() {
  return FeaturePlan::Compile({Deep(OccupationColumn(), 0)});
}

}  // namespace rowhouse::census
