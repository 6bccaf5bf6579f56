#include "tests/sim/plan.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/limits.h"

namespace rowhouse::sim {
namespace {

constexpr Id kIds = 24;

// Of a lane where row memory is bounded: from three rows of most tables to
// about as many as it has.
constexpr std::uint64_t kLaneBytesMin = 128;
constexpr std::uint64_t kLaneBytesMax = 1024;

SimTable Table(std::uint64_t number, TableSpec spec) {
  SimTable table;
  spec.name = absl::StrCat("t", number);
  spec.seed = number;
  table.spec = std::move(spec);
  table.incarnation = TableIncarnation(100 + number);
  for (Id id = 0; id < kIds; ++id) table.ids.push_back(id);
  return table;
}

// Tables whose rows rest without a gradient, at one level each.
std::vector<TableSpec> RestingSpecs() {
  std::vector<TableSpec> specs;
  // Every push adds its gradient.
  specs.push_back({.dim = 2,
                   .optimizer = SgdSpec{.learning_rate = -1.0f},
                   .durability = Durability::kProcess});
  specs.push_back(
      {.dim = 3,
       .initializer = UniformInitializer{.low = -1.0f, .high = 1.0f},
       .optimizer = AdagradSpec{.learning_rate = 0.1f},
       .durability = Durability::kPower});
  specs.push_back({.dim = 1,
                   .optimizer = SgdSpec{.learning_rate = -1.0f},
                   .durability = Durability::kMemory});
  // Records of several sectors.
  specs.push_back({.dim = 96,
                   .initializer = NormalInitializer{},
                   .optimizer = MomentumSpec{.learning_rate = 0.1f},
                   .durability = Durability::kProcess});
  return specs;
}

// Tables of which every row moves at every step.
std::vector<TableSpec> SteppedSpecs(Durability durability) {
  std::vector<TableSpec> specs;
  specs.push_back({.dim = 2,
                   .initializer = UniformInitializer{},
                   .optimizer = MomentumSpec{.generation = Generation::kKeras,
                                             .learning_rate = 0.1f},
                   .durability = durability});
  specs.push_back({.dim = 2,
                   .rows = kIds,
                   .initializer = UniformInitializer{.low = 0.5f, .high = 1.0f},
                   .optimizer = AdagradSpec{.learning_rate = 0.1f},
                   .durability = durability});
  specs.back().update.weight_decay = {.rows = DecayedRows::kEveryRow,
                                      .factor = 0.01f};
  return specs;
}

}  // namespace

Plan PlanOf(std::uint64_t seed) {
  Random random(seed ^ 0x5eed);
  Plan plan;
  plan.switch_one_in = std::uint64_t{1} << random.Below(6);
  plan.shards =
      random.OneIn(2) ? 1 : static_cast<std::uint32_t>(random.Between(2, 4));
  plan.lanes = std::uint32_t{1} << random.Below(3);
  plan.trainers = random.Between(1, 3);
  plan.clients = random.OneIn(2) ? random.Between(1, 2) : 0;
  plan.pushes = random.Between(8, 60);
  plan.in_flight_max = random.OneIn(3) ? 1 : random.Between(2, 8);
  plan.restart_one_in = random.OneIn(3) ? random.Between(5, 20) : 0;
  plan.segment_bytes = random.Between(512, 4096);
  plan.unsettled_bytes = random.Between(512, 16384);
  plan.maintain_period = absl::Microseconds(random.Between(500, 20000));
  if (!random.OneIn(6)) {
    plan.weather = {
        .lose_one_in = random.OneIn(3) ? 0 : random.Between(4, 30),
        .double_one_in = random.OneIn(3) ? 0 : random.Between(3, 20),
        .late_one_in = random.OneIn(3) ? 0 : random.Between(3, 30)};
  }
  plan.faults = random.OneIn(8) ? 0 : random.Between(1, 20);
  plan.faults_apart_max = absl::Milliseconds(random.Between(1, 20));
  plan.kills = random.OneIn(2);
  plan.power_cuts = !plan.kills || random.OneIn(2);
  plan.disk_errors = random.OneIn(4);
  plan.full_disks = random.OneIn(4);
  plan.partitions = random.OneIn(3);
  plan.blackouts = plan.power_cuts && random.OneIn(4);
  plan.other_tables = random.OneIn(2) ? random.Between(2, 10) : 0;
  plan.checkpoints = random.OneIn(3) ? random.Between(1, 3) : 0;
  // Parts with different tables are no checkpoint.
  if (plan.checkpoints > 0 && plan.shards > 1) plan.other_tables = 0;
  plan.restores = random.OneIn(2) ? plan.checkpoints : 0;
  plan.session_lease = absl::Milliseconds(random.Between(5, 60));
  // Below POWER a power cut may take a step from one shard and not from
  // another, which stops such a table; a failing disk ends in a power cut, too.
  const bool power_only = plan.power_cuts || plan.disk_errors;
  std::vector<TableSpec> specs = RestingSpecs();
  for (TableSpec& spec :
       SteppedSpecs(power_only ? Durability::kPower : Durability::kProcess)) {
    specs.push_back(std::move(spec));
  }
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (i > 0 && random.OneIn(2)) continue;
    plan.tables.push_back(Table(i, specs[i]));
  }
  // A trainer whose session ends between two shards leaves a step that one of
  // them lacks. The product's client makes it up; the other is left alone.
  if (plan.clients == 0 && std::any_of(plan.tables.begin(), plan.tables.end(),
                                       [](const SimTable& table) {
                                         return MovesEveryRow(table.spec);
                                       })) {
    plan.session_lease = absl::Seconds(kSessionLeaseSeconds);
  }
  if (random.OneIn(3)) {
    plan.row_memory_bytes =
        plan.lanes * random.Between(kLaneBytesMin, kLaneBytesMax);
    plan.row_memory_wait = absl::Milliseconds(random.Below(10));
  }
  return plan;
}

std::string Describe(const Plan& plan) {
  std::string text = absl::StrCat(
      plan.shards, " shards of ", plan.lanes, " lanes, ", plan.trainers,
      " trainers and ", plan.clients, " clients with ", plan.pushes,
      " pushes, ", plan.in_flight_max, " in flight, ", plan.tables.size(),
      " tables, ", plan.faults, " faults");
  const std::pair<bool, const char*> kinds[] = {
      {plan.kills, "kills"},
      {plan.power_cuts, "power cuts"},
      {plan.disk_errors, "disk errors"},
      {plan.full_disks, "full disks"},
      {plan.partitions, "partitions"},
      {plan.blackouts, "blackouts"},
      {plan.other_tables > 0, "other tables"},
      {plan.row_memory_bytes > 0, "bounded row memory"},
      {plan.weather.lose_one_in > 0, "loss"},
      {plan.weather.double_one_in > 0, "doubles"},
      {plan.weather.late_one_in > 0, "late copies"},
      {plan.checkpoints > 0, "checkpoints"},
      {plan.restores > 0, "restores"}};
  for (const auto& [on, name] : kinds) {
    if (on) absl::StrAppend(&text, ", ", name);
  }
  return text;
}

}  // namespace rowhouse::sim
