#include "tests/integration/faults/training.h"

#include <cstring>
#include <numeric>
#include <vector>

#include "absl/strings/str_cat.h"
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

absl::StatusOr<Rows> ReadTrained(Client& client, std::uint64_t seed) {
  std::vector<Id> ids(kRows);
  std::iota(ids.begin(), ids.end(), Id{0});
  return client.ReadRows(TrainedTable(seed).name, ids);
}

absl::StatusOr<std::uint64_t> UnequalRows(const Rows& a, const Rows& b) {
  if (a.slot_floats != b.slot_floats) {
    return absl::InternalError("the tables have other slots");
  }
  const std::size_t slots = a.slot_floats;
  std::uint64_t unequal = 0;
  for (std::size_t i = 0; i < kRows; ++i) {
    if (a.stored[i] != b.stored[i] ||
        !SameBits(&a.weights[i * kDim], &b.weights[i * kDim], kDim) ||
        !SameBits(&a.slots[i * slots], &b.slots[i * slots], slots)) {
      ++unequal;
    }
  }
  return unequal;
}

absl::StatusOr<std::uint64_t> UnequalRows(Client& a, Client& b,
                                          std::uint64_t seed) {
  ROWHOUSE_ASSIGN_OR_RETURN(const Rows of_a, ReadTrained(a, seed));
  ROWHOUSE_ASSIGN_OR_RETURN(const Rows of_b, ReadTrained(b, seed));
  return UnequalRows(of_a, of_b);
}

absl::StatusOr<Client> UndisturbedRun(const std::string& directory,
                                      std::uint64_t seed, std::uint64_t steps) {
  ROWHOUSE_ASSIGN_OR_RETURN(
      Client client, Client::Connect(absl::StrCat("embedded:", directory)));
  ROWHOUSE_RETURN_IF_ERROR(client.CreateTable(TrainedTable(seed)));
  const std::atomic<bool> never{false};
  for (std::uint64_t step = 0; step < steps; ++step) {
    ROWHOUSE_RETURN_IF_ERROR(TrainStep(client, seed, step, never));
  }
  return client;
}

}  // namespace rowhouse::faults
