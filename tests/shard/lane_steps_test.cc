// Tables whose rows move without a gradient (docs/adr/0012). The oracle works
// every row at every step, as TensorFlow does; the shard must show the same
// bits at every moment, through lookups, sweeps, write-back, crashes and
// restores.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "base/limits.h"
#include "kernels/initializer.h"
#include "kernels/optimizers/optimizer.h"
#include "kernels/schedule.h"
#include "shard/limits.h"
#include "shard/shard.h"
#include "storage/data_dir.h"
#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::HasSubstr;
constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

constexpr std::uint32_t kDim = 5;
constexpr std::uint64_t kRows = 150;

TableSpec Spec(OptimizerSpec optimizer, UpdateSpec update = {}) {
  TableSpec spec = AdagradTable("t", kDim);
  spec.rows = kRows;
  spec.optimizer = optimizer;
  spec.update = update;
  return spec;
}

// One of each way to move rows.
std::map<std::string, TableSpec> Specs() {
  UpdateSpec decay;
  decay.weight_decay = {DecayedRows::kEveryRow, 0.01f, true};
  decay.schedule = ExponentialDecay{
      .initial_learning_rate = 0.1f, .decay_steps = 20, .decay_rate = 0.9f};
  UpdateSpec average;
  average.moving_average =
      MovingAverage{.momentum = 0.9, .overwrite_frequency = 7};
  UpdateSpec constraint;
  constraint.constraint = MaxNorm{.max_value = 0.6f};
  UpdateSpec regularizer;
  regularizer.regularizer = {.l1 = 0.01f, .l2 = 0.02f};
  return {
      {"adam", Spec(AdamSpec{.learning_rate = 0.1f, .amsgrad = true})},
      {"momentum", Spec(MomentumSpec{.generation = Generation::kKeras})},
      {"ftrl", Spec(FtrlSpec{.learning_rate = 0.1f,
                             .l2_shrinkage = 0.01f,
                             .generation = Generation::kKeras})},
      {"nadam", Spec(NadamSpec{.learning_rate = 0.1f})},
      {"decay", Spec(AdamSpec{}, decay)},
      {"average", Spec(AdagradSpec{.learning_rate = 0.1f}, average)},
      {"constraint", Spec(SgdSpec{.learning_rate = 0.1f}, constraint)},
      {"regularizer", Spec(AdagradSpec{.learning_rate = 0.1f}, regularizer)},
  };
}

// Every row of the table, worked at every step.
class Oracle {
 public:
  explicit Oracle(const TableSpec& spec) : spec_(spec) {
    rows_.resize(kRows * Floats());
    for (Id id = 0; id < kRows; ++id) {
      kernels::InitialRow(spec.initializer, spec.seed, TableHash(spec.name), id,
                          kDim, Row(id));
      kernels::InitialSlots(spec, Row(id));
    }
  }
  void Step(const kernels::StepTerms& terms,
            const std::map<Id, std::vector<float>>& gradients) {
    for (Id id = 0; id < kRows; ++id) {
      float* const row[] = {Row(id)};
      const auto it = gradients.find(id);
      if (it == gradients.end()) {
        kernels::MissedStep(spec_, terms, row);
      } else {
        const float* const gradient[] = {it->second.data()};
        kernels::ApplyGradients(spec_, terms, row, gradient);
      }
    }
  }
  std::size_t Floats() const { return kDim + SlotFloats(spec_); }
  float* Row(Id id) { return rows_.data() + id * Floats(); }
  const std::vector<float>& rows() const { return rows_; }
  void GoBackTo(const std::vector<float>& rows) { rows_ = rows; }

 private:
  const TableSpec spec_;
  std::vector<float> rows_;
};

// A shard, its trainer and the oracle, in step.
class Training {
 public:
  explicit Training(const TableSpec& spec, std::uint64_t seed = 1,
                    Options options = Machine::OptionsOf())
      : spec_(spec),
        options_(std::move(options)),
        oracle_(spec),
        random_(seed) {}

  // Memory for some 40 of the rows.
  static Options WithLittleMemory() {
    Options options = Machine::OptionsOf();
    options.row_memory_bytes = 4096;
    options.row_memory_wait = absl::ZeroDuration();
    return options;
  }

  void Begin() {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start(options_));
    ROWHOUSE_ASSERT_OK(shard().CreateTable(spec_, TableIncarnation(5)));
    Connect();
  }
  void Connect() {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(trainer_, Trainer::Connect(shard()));
  }
  void KillAndStart() {
    machine_.Kill(process_);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start(options_));
  }
  Shard& shard() { return *process_.shard; }
  Machine& machine() { return machine_; }
  Process& process() { return process_; }
  Trainer& trainer() { return *trainer_; }
  std::uint64_t steps() const { return steps_; }
  Oracle& oracle() { return oracle_; }
  // After a restore of what was there at that step.
  void GoBackTo(std::uint64_t steps, const std::vector<float>& rows) {
    steps_ = steps;
    oracle_.GoBackTo(rows);
    Connect();
  }

  // One push of up to `most` ids, none now and then.
  void Step(std::size_t most = 4) {
    std::map<Id, std::vector<float>> gradients;
    const std::size_t count = random_() % (most + 1);
    std::uniform_real_distribution<float> value(-1, 1);
    while (gradients.size() < count) {
      auto& gradient = gradients[random_() % kRows];
      gradient.resize(kDim);
      for (float& g : gradient) g = value(random_);
    }
    std::vector<Id> ids;
    std::vector<float> values;
    for (const auto& [id, gradient] : gradients) {
      ids.push_back(id);
      values.insert(values.end(), gradient.begin(), gradient.end());
    }
    const std::uint64_t iteration = 2 * steps_;
    PushInput input{.table = "t",
                    .dim = kDim,
                    .bags = {.ids = ids},
                    .gradients = values,
                    .table_step = steps_};
    kernels::StepTerms terms{RateAt(iteration), iteration};
    if (steps_ % 5 == 3) input.learning_rate = terms.learning_rate = 0.05f;
    trainer().header().step = iteration;
    trainer().header().lowest_unacknowledged = trainer().header().sequence;
    absl::StatusOr<PushReply> reply = trainer().Push(shard(), {input});
    if (absl::IsResourceExhausted(reply.status())) {
      // Little memory, and all of it dirty.
      ROWHOUSE_ASSERT_OK(shard().WriteBack());
      reply = trainer().Push(shard(), {input});
    }
    ROWHOUSE_ASSERT_OK(reply);
    oracle_.Step(terms, gradients);
    ++steps_;
  }

  float RateAt(std::uint64_t iteration) const;

  // Every row, as ReadRows and as Lookup show it.
  void ExpectSame(const Shard& shard) {
    std::vector<Id> ids(kRows);
    for (Id id = 0; id < kRows; ++id) ids[id] = id;
    const RowsReply rows = ReadAll(shard, "t", ids);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        const std::vector<float> looked_up,
        LookupOne(shard, {.table = "t", .dim = kDim, .bags = {.ids = ids}}));
    const std::size_t slots = oracle_.Floats() - kDim;
    for (Id id = 0; id < kRows; ++id) {
      const float* const expected = oracle_.Row(id);
      const auto same = [&](const float* got, const float* want,
                            std::size_t count) {
        // Without slots there may be no pointer, which memcmp must not get.
        return count == 0 || std::memcmp(got, want, count * sizeof(float)) == 0;
      };
      ASSERT_TRUE(same(rows.weights.data() + id * kDim, expected, kDim))
          << "weights of " << id << " after " << steps_ << ": "
          << rows.weights[id * kDim] << ", expected " << expected[0];
      ASSERT_TRUE(same(rows.slots.data() + id * slots, expected + kDim, slots))
          << "slots of " << id << " after " << steps_;
      ASSERT_TRUE(same(looked_up.data() + id * kDim, expected, kDim)) << id;
    }
  }
  void ExpectSame() { ExpectSame(shard()); }

 private:
  const TableSpec spec_;
  const Options options_;
  Oracle oracle_;
  std::mt19937_64 random_;
  Machine machine_;
  Process process_;
  std::optional<Trainer> trainer_;
  std::uint64_t steps_ = 0;
};

float Training::RateAt(std::uint64_t iteration) const {
  if (const auto* decay =
          std::get_if<ExponentialDecay>(&spec_.update.schedule)) {
    return *kernels::LearningRate(*decay, 0, iteration);
  }
  return LearningRate(spec_.optimizer);
}

TEST(SteppedTest, EveryRowIsWhereAPassOverTheTableWouldHaveIt) {
  for (const auto& [name, spec] : Specs()) {
    SCOPED_TRACE(name);
    Training training(spec);
    training.Begin();
    training.ExpectSame();
    for (std::uint64_t i = 0; i < 3 * kStepsPerSweep + 5; ++i) {
      ASSERT_NO_FATAL_FAILURE(training.Step());
      if (i < 5 || i % 13 == 0) {
        ASSERT_NO_FATAL_FAILURE(training.ExpectSame());
      }
    }
    ASSERT_NO_FATAL_FAILURE(training.ExpectSame());
  }
}

// Whatever was written back, swept or lost with the process.
void ExpectCrashesToChangeNothing(const Options& options) {
  for (const auto& [name, spec] : Specs()) {
    SCOPED_TRACE(name);
    Training training(spec, /*seed=*/3, options);
    training.Begin();
    for (std::uint64_t i = 0; i < 4 * kStepsPerSweep; ++i) {
      ASSERT_NO_FATAL_FAILURE(training.Step());
      if (i % 29 == 3) {
        ROWHOUSE_ASSERT_OK(training.shard().WriteBack());
      }
      if (i % 37 == 5) {
        ROWHOUSE_ASSERT_OK(MakePart(training.shard(), absl::StrCat("c", i),
                                    {&training.trainer()}));
      }
      if (i % 17 != 11) continue;
      ASSERT_NO_FATAL_FAILURE(training.KillAndStart());
      ASSERT_NO_FATAL_FAILURE(training.ExpectSame());
    }
  }
}

TEST(SteppedTest, CrashesChangeNothing) {
  ExpectCrashesToChangeNothing(Machine::OptionsOf());
}

// Nor that most rows are in the row store alone, some steps behind.
TEST(SteppedTest, CrashesChangeNothingWhereFewRowsAreInMemory) {
  ExpectCrashesToChangeNothing(Training::WithLittleMemory());
}

// Rows that nobody touches lie in the row store and fall behind. The sweep over
// it comes round, or the log of steps would grow for ever.
TEST(SteppedTest, RowsThatAreNotInMemoryAreSweptToo) {
  Training training(Specs().at("adam"), /*seed=*/5,
                    Training::WithLittleMemory());
  training.Begin();
  for (int i = 0; i < 100; ++i) {
    ASSERT_NO_FATAL_FAILURE(training.Step(40));
  }
  const auto log_steps = [&] {
    const auto stored = storage::ReadWatermarks(training.machine().disk(),
                                                Machine::OptionsOf().data_dir);
    EXPECT_THAT(stored, IsOk());
    return stored->steps.at(TableIncarnation(5)).iterations.size();
  };
  std::size_t longest = 0;
  for (int i = 0; i < 5000; ++i) {
    ASSERT_NO_FATAL_FAILURE(training.Step(1));
    if (i % 10 != 9) continue;
    training.machine().clock().Advance(absl::Seconds(1));
    ROWHOUSE_ASSERT_OK(training.shard().Maintain());
    if (i % 500 != 499) continue;
    ASSERT_NO_FATAL_FAILURE(training.ExpectSame());
    // Settles.
    ROWHOUSE_ASSERT_OK(MakeCheckpoint(training.shard(), absl::StrCat("c", i),
                                      {&training.trainer()}));
    longest = std::max(longest, log_steps());
  }
  EXPECT_GT(longest, kStepsPerColdSweep) << "rows were cold";
  // A sweep begins after kStepsPerColdSweep steps and takes 640 here.
  EXPECT_LT(longest, 3 * kStepsPerColdSweep);
  ASSERT_NO_FATAL_FAILURE(training.KillAndStart());
  ASSERT_NO_FATAL_FAILURE(training.ExpectSame());
}

// The level POWER keeps every acknowledged step through power cuts.
TEST(SteppedTest, PowerCutsTakeNoAcknowledgedStep) {
  TableSpec spec = Specs().at("decay");
  spec.durability = Durability::kPower;
  Training training(spec, /*seed=*/4);
  training.Begin();
  for (std::uint64_t i = 0; i < 3 * kStepsPerSweep; ++i) {
    ASSERT_NO_FATAL_FAILURE(training.Step());
    if (i % 23 == 3) {
      ROWHOUSE_ASSERT_OK(training.shard().WriteBack());
    }
    if (i % 19 != 11) continue;
    training.machine().PowerCut(training.process(), i);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(training.process(),
                                  training.machine().Start());
    ASSERT_NO_FATAL_FAILURE(training.ExpectSame());
  }
}

void ExpectARestoreToGoOn(const Options& options) {
  for (const auto& [name, spec] : Specs()) {
    SCOPED_TRACE(name);
    Training training(spec, /*seed=*/5, options);
    training.Begin();
    for (std::uint64_t i = 0; i < kStepsPerSweep; ++i) {
      ASSERT_NO_FATAL_FAILURE(training.Step());
    }
    // Some steps are in the copied rows, some in the journal upon them.
    ROWHOUSE_ASSERT_OK(training.shard().OpenCheckpoint("day", 0));
    for (std::uint64_t i = 0; i < 40; ++i) {
      ASSERT_NO_FATAL_FAILURE(training.Step());
    }
    ROWHOUSE_ASSERT_OK(training.trainer().Move(training.shard(), 1));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ShardCheckpoint part,
                                  training.shard().CloseCheckpoint("day", 0));
    ROWHOUSE_ASSERT_OK(training.shard().CommitCheckpoint("day", 0, {part}));
    ROWHOUSE_ASSERT_OK(training.shard().BeginRestore({"day", 77, true}));
    ROWHOUSE_ASSERT_OK(training.shard().FinishRestore(77));
    ASSERT_NO_FATAL_FAILURE(training.ExpectSame());
    training.Connect();
    for (std::uint64_t i = 0; i < kStepsPerSweep; ++i) {
      ASSERT_NO_FATAL_FAILURE(training.Step());
    }
    ASSERT_NO_FATAL_FAILURE(training.ExpectSame());
  }
}

TEST(SteppedTest, ARestoreGoesOnWhereTheCheckpointWas) {
  ExpectARestoreToGoOn(Machine::OptionsOf());
}

// Of rows some of which were behind in the row store when they were copied.
TEST(SteppedTest, ARestoreGoesOnWhereFewRowsAreInMemory) {
  ExpectARestoreToGoOn(Training::WithLittleMemory());
}

// It would say of rows that came with the restore that they had been swept.
TEST(SteppedTest, ASweepUnderWayEndsWithARestore) {
  Training training(Specs().at("adam"), /*seed=*/6,
                    Training::WithLittleMemory());
  training.Begin();
  const auto train = [&](std::uint64_t until) {
    while (training.steps() < until) {
      ASSERT_NO_FATAL_FAILURE(training.Step(1));
      if (training.steps() % 10 != 0) continue;
      ROWHOUSE_ASSERT_OK(training.shard().Maintain());
    }
  };
  for (int i = 0; i < 100; ++i) {
    ASSERT_NO_FATAL_FAILURE(training.Step(40));
  }
  ASSERT_NO_FATAL_FAILURE(train(kStepsPerColdSweep - 24));
  ROWHOUSE_ASSERT_OK(
      MakeCheckpoint(training.shard(), "day", {&training.trainer()}));
  const std::uint64_t steps = training.steps();
  const std::vector<float> rows = training.oracle().rows();
  // Half of the sweep: 32 of kColdSweepParts.
  ASSERT_NO_FATAL_FAILURE(train(kStepsPerColdSweep + 320));
  ROWHOUSE_ASSERT_OK(training.shard().BeginRestore({"day", 77, true}));
  ROWHOUSE_ASSERT_OK(training.shard().FinishRestore(77));
  training.GoBackTo(steps, rows);
  ASSERT_NO_FATAL_FAILURE(training.ExpectSame());
  ASSERT_NO_FATAL_FAILURE(train(kStepsPerColdSweep + 400));
  ROWHOUSE_ASSERT_OK(
      MakeCheckpoint(training.shard(), "next", {&training.trainer()}));
  ASSERT_NO_FATAL_FAILURE(training.KillAndStart());
  ASSERT_NO_FATAL_FAILURE(training.ExpectSame());
}

class SteppedRefusalTest : public testing::Test {
 protected:
  void SetUp() override {
    training_.Begin();
    for (int i = 0; i < 3; ++i) training_.Step();
    training_.trainer().header().step = 100;
  }
  absl::Status Push(std::optional<std::uint64_t> step,
                    Trainer* trainer = nullptr) {
    if (trainer == nullptr) trainer = &training_.trainer();
    return trainer
        ->Push(training_.shard(), {{.table = "t",
                                    .dim = kDim,
                                    .bags = {},
                                    .gradients = {},
                                    .table_step = step}})
        .status();
  }

  Training training_{Specs().at("adam")};
};

TEST_F(SteppedRefusalTest, AStepThatIsNotTheNext) {
  EXPECT_THAT(Push(2), StatusIs(kPrecondition,
                                HasSubstr("step 2 of the table, but the next "
                                          "one of this shard is 3")));
  EXPECT_THAT(Push(4), StatusIs(kPrecondition, HasSubstr("is 3")));
  EXPECT_THAT(Push(std::nullopt), StatusIs(kInvalid, HasSubstr("table_step")));
  training_.ExpectSame();
  ROWHOUSE_EXPECT_OK(Push(3));
}

TEST_F(SteppedRefusalTest, ATrainersStepThatDoesNotRise) {
  training_.trainer().header().step = 4;
  EXPECT_THAT(Push(3), StatusIs(kPrecondition, HasSubstr("has had step 4")));
  training_.trainer().header().step = 5;
  ROWHOUSE_EXPECT_OK(Push(3));
}

// A trainer that was started again goes on; the one it replaced is told so.
TEST_F(SteppedRefusalTest, AnOlderSessionWhenANewerOneSteps) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer newer,
                                Trainer::Connect(training_.shard()));
  newer.header().step = 100;
  ROWHOUSE_ASSERT_OK(Push(3, &newer));
  training_.trainer().header().step = 101;
  EXPECT_THAT(Push(4),
              StatusIs(kPrecondition, HasSubstr("whose steps session 2")));
  training_.machine().Kill(training_.process());
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(training_.process(),
                                training_.machine().Start());
  EXPECT_THAT(Push(4),
              StatusIs(kPrecondition, HasSubstr("whose steps session 2")));
}

TEST_F(SteppedRefusalTest, InputsThatDifferInTheirStep) {
  EXPECT_THAT(training_.trainer().Push(training_.shard(), {{.table = "t",
                                                            .dim = kDim,
                                                            .bags = {},
                                                            .gradients = {},
                                                            .table_step = 3},
                                                           {.table = "t",
                                                            .dim = kDim,
                                                            .bags = {},
                                                            .gradients = {},
                                                            .table_step = 4}}),
              StatusIs(kInvalid, HasSubstr("differ")));
}

TEST_F(SteppedRefusalTest, AStepOfATableThatHasNone) {
  ROWHOUSE_ASSERT_OK(
      training_.shard().CreateTable(CounterSpec("c"), TableIncarnation(6)));
  EXPECT_THAT(training_.trainer().Push(training_.shard(), {{.table = "c",
                                                            .dim = 2,
                                                            .bags = {},
                                                            .gradients = {},
                                                            .table_step = 0}}),
              StatusIs(kInvalid, HasSubstr("only pushed rows move")));
}

TEST_F(SteppedRefusalTest, ATableThatMovesUntouchedRowsOfUnknownIds) {
  TableSpec spec = Specs().at("ftrl");
  spec.name = "unknown";
  spec.rows = 0;
  EXPECT_THAT(training_.shard().CreateTable(spec, TableIncarnation(9)),
              StatusIs(kInvalid, HasSubstr("rows is 0")));
}

// The step of a table is the greatest that was seen, whoever sends it.
TEST(SteppedTest, ALaggingTrainerDoesNotTurnTheRateBack) {
  TableSpec spec = AdagradTable("t", 1);
  spec.initializer = ConstantInitializer{};
  spec.optimizer = SgdSpec{};
  spec.update.schedule =
      PiecewiseConstantDecay{.boundaries = {5}, .values = {1.0f, 0.5f}};
  Machine machine;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Process process, machine.Start());
  ROWHOUSE_ASSERT_OK(process->CreateTable(spec, TableIncarnation(5)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer ahead,
                                Trainer::Connect(*process.shard));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer behind,
                                Trainer::Connect(*process.shard));
  behind.header().step = 2;
  ROWHOUSE_ASSERT_OK(behind.Count(*process.shard, "t", {1}, 1));
  ahead.header().step = 9;
  ROWHOUSE_ASSERT_OK(ahead.Count(*process.shard, "t", {2}, 1));
  ROWHOUSE_ASSERT_OK(behind.Count(*process.shard, "t", {3}, 1));
  EXPECT_THAT(Counts(*process.shard, "t", {1, 2, 3}),
              testing::ElementsAre(-1.0f, -0.5f, -0.5f));
  // Also after a restart that finds the journal's records gone.
  ROWHOUSE_ASSERT_OK(process->Close());
  process.shard.reset();
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(process, machine.Start());
  EXPECT_THAT(Counts(*process.shard, "t", {1, 2, 3}),
              testing::ElementsAre(-1.0f, -0.5f, -0.5f));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Trainer late, Trainer::Connect(*process.shard));
  late.header().step = 3;
  ROWHOUSE_ASSERT_OK(late.Count(*process.shard, "t", {4}, 1));
  EXPECT_THAT(Counts(*process.shard, "t", {4}), testing::ElementsAre(-0.5f));
}

}  // namespace
}  // namespace rowhouse::shard
