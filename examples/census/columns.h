// The columns of the wide and deep model, and the order of their outputs.
#ifndef ROWHOUSE_EXAMPLES_CENSUS_COLUMNS_H_
#define ROWHOUSE_EXAMPLES_CENSUS_COLUMNS_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "examples/census/census_data.h"
#include "rowhouse/feature_plan.h"

namespace rowhouse::census {

// Outputs 0 .. kWideColumns - 1 of the plan are one weight each and are added
// to the logit; the kDeepColumns behind them are embeddings for the network.
inline constexpr std::size_t kWideColumns = 14;
inline constexpr std::size_t kDeepColumns = 10;
inline constexpr std::size_t kDeepDimension = 8;
inline constexpr std::size_t kDenseColumns = 5;
inline constexpr std::size_t kNetworkInputs =
    kDeepColumns * kDeepDimension + kDenseColumns;  // 85

// Numbers are scaled by mean and deviation of `train`; the capital-* ones after
// log(1 + x). `seed` decides the first embeddings.
absl::StatusOr<FeaturePlan> MakePlan(const Dataset& train, std::uint64_t seed);

// Looks up occupations alone, in the table that the deep half trains.
absl::StatusOr<FeaturePlan> MakeOccupationPlan();

}  // namespace rowhouse::census

#endif  // ROWHOUSE_EXAMPLES_CENSUS_COLUMNS_H_
