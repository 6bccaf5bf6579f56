#include "tests/integration/faults/training.h"

#include <cstring>
#include <numeric>
#include <vector>

#include "base/hash.h"
#include "base/status_macros.h"
#include "tests/integration/faults/pushing.h"

namespace rowhouse::faults {
namespace {

constexpr std::uint32_t kDim = 16;
constexpr std::uint64_t kRows = 2000;
constexpr std::size_t kIds = 64;

bool SameBits(const float* a, const float* b, std::size_t count) {
  return std::memcmp(a, b, count * sizeof(float)) == 0;
}

}  // namespace

TableSpec TrainedTable(std::uint64_t seed) {
  TableSpec spec;
  spec.name = "trained";
  spec.dim = kDim;
  spec.rows = kRows;
  spec.seed = seed;
  spec.initializer = NormalInitializer{.stddev = 0.1f};
  spec.optimizer = AdagradSpec{.learning_rate = 0.05f};
  return spec;
}

absl::Status TrainStep(Client& client, std::uint64_t seed, std::uint64_t step,
                       const std::atomic<bool>& abandoned) {
  FeatureIds feature;
  feature.table = TrainedTable(seed).name;
  feature.dim = kDim;
  feature.combiner = Combiner::kNone;
  for (std::size_t i = 0; i < kIds; ++i) {
    feature.batch.ids.push_back(Mix64(Mix64(seed) + step * kIds + i) % kRows);
  }
  return PushUntilKnown(
      client, feature,
      [&](const Activation& found) {
        std::vector<float> gradients = found.values;
        for (std::size_t i = 0; i < gradients.size(); ++i) {
          const auto noise =
              static_cast<float>(Mix64(step + i) % 1024) / 1024.0f;
          gradients[i] = gradients[i] * 0.5f + noise - 0.5f;
        }
        return gradients;
      },
      step, abandoned);
}

absl::StatusOr<std::uint64_t> UnequalRows(Client& a, Client& b,
                                          std::uint64_t seed) {
  const std::string table = TrainedTable(seed).name;
  std::vector<Id> ids(kRows);
  std::iota(ids.begin(), ids.end(), Id{0});
  ROWHOUSE_ASSIGN_OR_RETURN(const Rows rows_a, a.ReadRows(table, ids));
  ROWHOUSE_ASSIGN_OR_RETURN(const Rows rows_b, b.ReadRows(table, ids));
  if (rows_a.slot_floats != rows_b.slot_floats) {
    return absl::InternalError("the tables have other slots");
  }
  const std::size_t slots = rows_a.slot_floats;
  std::uint64_t unequal = 0;
  for (std::size_t i = 0; i < kRows; ++i) {
    if (rows_a.stored[i] != rows_b.stored[i] ||
        !SameBits(&rows_a.weights[i * kDim], &rows_b.weights[i * kDim], kDim) ||
        !SameBits(&rows_a.slots[i * slots], &rows_b.slots[i * slots], slots)) {
      ++unequal;
    }
  }
  return unequal;
}

}  // namespace rowhouse::faults
