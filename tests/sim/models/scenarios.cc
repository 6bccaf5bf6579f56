#include "tests/sim/models/scenarios.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/sim/choices.h"

namespace rowhouse::sim {
namespace {

// One segment holds one record.
constexpr std::uint64_t kTinySegment = 128;

SimTable Counter(std::uint64_t number, std::vector<Id> ids,
                 std::uint32_t dim = 1) {
  SimTable table;
  table.spec.name = absl::StrCat("t", number);
  table.spec.dim = dim;
  table.spec.optimizer = SgdSpec{.learning_rate = -1.0f};
  table.incarnation = TableIncarnation(100 + number);
  table.ids = std::move(ids);
  return table;
}

// Every row moves at every step, also those that nobody touched.
SimTable Decaying(std::vector<Id> ids) {
  SimTable table = Counter(9, std::move(ids));
  table.spec.rows = 8;
  table.spec.initializer = ConstantInitializer{.value = 1.0f};
  table.spec.update.weight_decay = {.rows = DecayedRows::kEveryRow,
                                    .factor = 0.25f};
  return table;
}

constexpr Durability kProcess = Durability::kProcess;
constexpr Durability kPower = Durability::kPower;

// What a shard knows of sessions and pushes.
void AddSessions(std::vector<Scenario>& all) {
  // Sessions begin while shards crash; the parts of one push go to two shards.
  all.push_back(
      {.name = "sessions",
       .shards = 2,
       .tables = {Counter(1, {1, 2, 3, 4}), Counter(2, {1, 2, 3, 4})},
       .scripts = {{{kProcess, {{0, 1}, {0}}}}, {{kPower, {{0}, {}}}}},
       .connected = false,
       .answers_lost = 1,
       .crashes = 1,
       .power_cuts = 1});
  // Copies come late, when the window has moved on.
  all.push_back(
      {.name = "window",
       .tables = {Counter(1, {1})},
       .scripts = {{{kProcess, {{0}}}, {kPower, {{0}}}, {kProcess, {{0}}}}},
       .in_flight_max = 2,
       .answers_lost = 2,
       .late_copies = 2,
       .crashes = 1,
       .power_cuts = 1});
}

// What it writes beside the journal.
void AddFiles(std::vector<Scenario>& all) {
  // Watermarks and the removal of segments, with a crash at every step of it.
  all.push_back({.name = "recycle",
                 .tables = {Counter(1, {1, 2}), Counter(2, {1})},
                 .scripts = {{{kProcess, {{0, 1}}}, {kPower, {{0}}}},
                             {{kProcess, {{1}}}}},
                 .late_copies = 1,
                 .write_backs = 2,
                 .crashes = 1,
                 .power_cuts = 1,
                 .dying_steps = 4,
                 .segment_bytes = kTinySegment});
  // What is known of sessions is saved and the journal forgotten.
  all.push_back({.name = "forget",
                 .tables = {Counter(1, {1})},
                 .scripts = {{{kProcess, {{0}}}}, {{kPower, {{0}}}}},
                 .connected = false,
                 .late_copies = 1,
                 .write_backs = 2,
                 .crashes = 2,
                 .power_cuts = 1,
                 .segment_bytes = kTinySegment});
  // A table is made, which writes the same file.
  all.push_back({.name = "tables",
                 .tables = {Counter(1, {1})},
                 .scripts = {{{kProcess, {{0}}}, {kProcess, {{0}}}}},
                 .late_copies = 1,
                 .write_backs = 1,
                 .crashes = 1,
                 .power_cuts = 3,
                 .dying_steps = 4,
                 .creates = 1,
                 .segment_bytes = kTinySegment});
  // What a killed process had not synced is gone when the next one comes down.
  all.push_back({.name = "twice",
                 .tables = {Counter(1, {1})},
                 .scripts = {{{kProcess, {{0}}}}},
                 .write_backs = 1,
                 .crashes = 2,
                 .power_cuts = 1,
                 .dying_steps = 3,
                 .creates = 1,
                 .drops = 1,
                 .segment_bytes = kTinySegment});
}

// What a crash leaves of the journal.
void AddTails(std::vector<Scenario>& all) {
  // Records of several sectors, torn in many ways.
  all.push_back(
      {.name = "torn",
       .tables = {Counter(1, {1, 2}, /*dim=*/300)},
       .scripts = {{{kPower, {{0}}}, {kProcess, {{0}}}, {kProcess, {{0}}}}},
       .in_flight_max = 3,
       .late_copies = 1,
       .crashes = 2,
       .kills = false,
       .power_cuts = 12});
  // A crash, and another at every step of the recovery from it.
  all.push_back({.name = "recovery",
                 .tables = {Counter(1, {1, 2, 3})},
                 .scripts = {{{kProcess, {{0}}}, {kPower, {{0}}}}},
                 .answers_lost = 1,
                 .write_backs = 1,
                 .crashes = 2,
                 .power_cuts = 2,
                 .opening_steps = 12,
                 .segment_bytes = kTinySegment});
}

// What goes over several shards.
void AddClusters(std::vector<Scenario>& all) {
  // Pushes from before a restore come after it.
  all.push_back({.name = "restore",
                 .shards = 2,
                 .tables = {Counter(1, {1, 2, 3, 4})},
                 .scripts = {{{kProcess, {{0}, {0}}}, {kProcess, {{0}, {0}}}}},
                 .late_copies = 1,
                 .checkpoints = 1,
                 .closings = 1,
                 .restores = 1});
  // A checkpoint is made among the pushes of clients that do not move together,
  // and given up where a shard crashes.
  all.push_back({.name = "cut",
                 .shards = 2,
                 .tables = {Counter(1, {1, 2, 3, 4})},
                 .scripts = {{{kProcess, {{0}, {}}}}, {{kProcess, {{0}, {0}}}}},
                 .crashes = 1,
                 .checkpoints = 1,
                 .closings = 2,
                 .restores = 1});
  // Steps of a table that moves every row, on two shards.
  all.push_back({.name = "lazy",
                 .shards = 2,
                 .tables = {Decaying({0, 1, 2, 3, 4, 5, 6, 7})},
                 .scripts = {{{kPower, {{0}, {0}}},
                              {kPower, {{0}, {0}}},
                              {kPower, {{0}, {0}}}}},
                 .late_copies = 1,
                 .write_backs = 1,
                 .crashes = 1,
                 .power_cuts = 1,
                 .segment_bytes = kTinySegment});
}

}  // namespace

const std::vector<Scenario>& Scenarios() {
  static const auto* const scenarios = [] {
    auto* const all = new std::vector<Scenario>();
    AddSessions(*all);
    AddFiles(*all);
    AddTails(*all);
    AddClusters(*all);
    return all;
  }();
  return *scenarios;
}

const Scenario& ScenarioOf(const std::string& name) {
  return *std::find_if(
      Scenarios().begin(), Scenarios().end(),
      [&](const Scenario& scenario) { return scenario.name == name; });
}

Exploration Explore(const Scenario& scenario, std::uint64_t states_max) {
  RandomChoices choices(1, 1);
  Scheduler scheduler(choices, std::numeric_limits<std::uint64_t>::max());
  Exploration result;
  scheduler.Spawn(scenario.name, [&] {
    result = Explore(
        [&] { return std::make_unique<ShardModel>(scenario, scheduler); },
        states_max);
  });
  const absl::Status status = scheduler.Run();
  if (!status.ok()) result.violation = std::string(status.message());
  return result;
}

}  // namespace rowhouse::sim
