// Categorical columns give what the rules say, for columns and features that
// nobody thought of.
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/status_macros.h"
#include "client/columns/categorical.h"
#include "tests/golden/column_spec.h"
#include "tests/golden/compare.h"
#include "tests/golden/feature_batch.h"
#include "tests/golden/kinds/column_json.h"
#include "tests/property/draw.h"
#include "tests/property/reference_columns.h"

namespace rowhouse::property {
namespace {

constexpr std::uint64_t kSeed = 20261126;
constexpr int kCases = 10000;

// What a library column gave: all of ReferenceColumn but the weights.
struct Given {
  Json json;
  std::optional<internal::SparseWeights> weights;
};

absl::StatusOr<Given> LibraryColumn(const Json& spec, const Json& features) {
  ROWHOUSE_ASSIGN_OR_RETURN(const PlanColumn read,
                            golden::ReadColumn(spec, ""));
  const auto& column = std::get<CategoricalColumn>(read);
  ROWHOUSE_ASSIGN_OR_RETURN(const auto batch,
                            golden::FeatureBatch::Read(features));
  ROWHOUSE_ASSIGN_OR_RETURN(const auto compiled, internal::Compile(column));
  ROWHOUSE_ASSIGN_OR_RETURN(auto ids, compiled->Transform(batch.features()));
  Given given{{{"name", compiled->name()},
               {"num_buckets", compiled->num_buckets()},
               {"ids", golden::IdsToJson(ids)}},
              std::move(ids.weights)};
  if (internal::IsSequence(column)) {
    given.json["sequence_length"] = internal::SequenceLengths(ids);
  }
  return given;
}

absl::Status Compare(const Given& got, Json expected) {
  const Json weights = expected.value("weights", Json());
  expected.erase("weights");
  ROWHOUSE_RETURN_IF_ERROR(
      golden::CompareExactly("column", got.json, expected));
  if (weights.is_null() != !got.weights.has_value()) {
    return absl::InternalError("weights: only one has them");
  }
  if (weights.is_null()) return absl::OkStatus();
  return golden::CompareWeights(*got.weights, weights, 0);
}

// "" when both agree.
std::string Difference(const Json& spec, const Json& features) {
  const auto expected = ReferenceColumn(spec, features);
  const auto got = LibraryColumn(spec, features);
  if (!expected.ok() && !got.ok()) return "";
  if (!expected.ok()) {
    return "expected an error (" + expected.status().ToString() + "), got " +
           got->json.dump();
  }
  if (!got.ok()) return "got " + got.status().ToString();
  const absl::Status same = Compare(*got, *expected);
  return same.ok() ? "" : std::string(same.message());
}

TEST(ColumnsProperty, GiveWhatTheRulesSay) {
  int refused = 0;
  for (int i = 0; i < kCases; ++i) {
    Draw draw(kSeed + static_cast<std::uint64_t>(i));
    const Json drawn = DrawCategorical(draw);
    const std::string difference =
        Difference(drawn.at("spec"), drawn.at("features"));
    ASSERT_EQ(difference, "") << "seed " << kSeed + i << ": " << drawn.dump();
    refused +=
        ReferenceColumn(drawn.at("spec"), drawn.at("features")).ok() ? 0 : 1;
  }
  // A generator of nothing but refusals, or of none, would show little.
  EXPECT_GT(refused, kCases / 50);
  EXPECT_LT(refused, kCases / 2);
}

}  // namespace
}  // namespace rowhouse::property
