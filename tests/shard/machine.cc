#include "tests/shard/machine.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "storage/mem_row_store.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

// Shards that are made to die say so; hundreds of them would hide a failure.
class QuietLog final : public testing::Environment {
  void SetUp() override { ConfigureLog(LogFormat::kText, LogLevel::kError); }
};
[[maybe_unused]] const auto* const kQuietLog =
    testing::AddGlobalTestEnvironment(new QuietLog);

}  // namespace

Options Machine::OptionsOf(std::uint32_t index, std::uint32_t count) {
  Options options;
  options.data_dir = absl::StrCat("/data-", index, "-of-", count);
  options.checkpoint_dir = "/checkpoints";
  options.index = ShardIndex(index);
  options.shard_count = count;
  options.map_version = 7;
  options.lanes = 4;
  options.new_incarnation = 1000 + index;
  options.version = "test";
  options.journal_segment_bytes = 1u << 20;
  options.disk_reserve_bytes = 16u << 10;
  return options;
}

absl::StatusOr<Process> Machine::Start(const Options& options,
                                       std::uint64_t die_at) {
  Process process;
  process.disk = std::make_unique<ProcessDisk>(disk_, die_at);
  ProcessDisk* const disk = process.disk.get();
  const Environment environment = {
      .disk = *disk,
      .clock = clock_,
      .executor = *executor_,
      .open_row_store = [this, disk](const std::string& path, bool read_only)
          -> absl::StatusOr<std::unique_ptr<storage::RowStore>> {
        ROWHOUSE_ASSIGN_OR_RETURN(
            auto rows, storage::OpenMemRowStore(*disk, path, read_only));
        return wrap_ ? wrap_(std::move(rows), read_only) : std::move(rows);
      }};
  ROWHOUSE_ASSIGN_OR_RETURN(process.shard, Shard::Open(options, environment));
  return process;
}

TableSpec CounterSpec(const std::string& name, std::uint32_t dim) {
  TableSpec spec;
  spec.name = name;
  spec.dim = dim;
  spec.optimizer = SgdSpec{.learning_rate = -1.0f};
  return spec;
}

TableSpec AdagradTable(const std::string& name, std::uint32_t dim) {
  TableSpec spec;
  spec.name = name;
  spec.dim = dim;
  spec.seed = 42;
  spec.initializer = UniformInitializer{.low = -1.0f, .high = 1.0f};
  spec.optimizer = AdagradSpec{.learning_rate = 0.1f};
  return spec;
}

absl::StatusOr<Trainer> Trainer::Connect(Shard& shard) {
  ROWHOUSE_ASSIGN_OR_RETURN(const OpenSessionReply reply, shard.OpenSession());
  Trainer trainer;
  trainer.header_.map_version = shard.Info().map_version;
  trainer.header_.session = reply.session;
  trainer.header_.snapshot_epoch = reply.wanted_snapshot_epoch;
  return trainer;
}

absl::StatusOr<PushReply> Trainer::Push(Shard& shard,
                                        absl::Span<const PushInput> inputs) {
  const absl::StatusOr<PushReply> reply = shard.Push({header_, inputs});
  if (reply.ok()) ++header_.sequence;
  return reply;
}

absl::StatusOr<PushReply> Trainer::Count(Shard& shard, const std::string& table,
                                         absl::Span<const Id> ids,
                                         std::uint32_t dim) {
  const std::vector<float> ones(ids.size() * dim, 1.0f);
  return Push(shard, {PushInput{.table = table,
                                .dim = dim,
                                .bags = {.ids = ids},
                                .gradients = ones}});
}

absl::StatusOr<PushReply> Trainer::Write(Shard& shard,
                                         WriteRowsRequest request) {
  request.header = header_;
  const absl::StatusOr<PushReply> reply = shard.WriteRows(request);
  if (reply.ok()) ++header_.sequence;
  return reply;
}

absl::Status Trainer::Move(Shard& shard, std::uint64_t epoch) {
  header_.snapshot_epoch = epoch;
  return shard
      .Heartbeat({.map_version = header_.map_version,
                  .session = header_.session,
                  .snapshot_epoch = epoch})
      .status();
}

absl::StatusOr<ShardCheckpoint> MakePart(
    Shard& shard, absl::string_view name,
    const std::vector<Trainer*>& trainers) {
  const std::uint64_t epoch = shard.Info().snapshot_epoch;
  ROWHOUSE_RETURN_IF_ERROR(shard.OpenCheckpoint(name, epoch));
  for (Trainer* trainer : trainers) {
    ROWHOUSE_RETURN_IF_ERROR(trainer->Move(shard, epoch + 1));
  }
  return shard.CloseCheckpoint(name, epoch);
}

absl::StatusOr<CheckpointInfo> MakeCheckpoint(
    Shard& shard, absl::string_view name,
    const std::vector<Trainer*>& trainers) {
  const std::uint64_t epoch = shard.Info().snapshot_epoch;
  ROWHOUSE_ASSIGN_OR_RETURN(const ShardCheckpoint part,
                            MakePart(shard, name, trainers));
  return shard.CommitCheckpoint(name, epoch, {part});
}

RowsReply ReadAll(const Shard& shard, const std::string& table,
                  absl::Span<const Id> ids) {
  absl::StatusOr<RowsReply> reply =
      shard.ReadRows({.table = table, .ids = ids});
  EXPECT_THAT(reply, IsOk());
  return reply.ok() ? *std::move(reply) : RowsReply();
}

std::vector<float> Counts(const Shard& shard, const std::string& table,
                          absl::Span<const Id> ids) {
  const RowsReply reply = ReadAll(shard, table, ids);
  std::vector<float> counts;
  for (std::size_t i = 0; i < reply.weights.size(); i += reply.dim) {
    counts.push_back(reply.weights[i]);
  }
  return counts;
}

void ExpectSameRows(const RowsReply& a, const RowsReply& b) {
  const auto bits = [](const std::vector<float>& values) {
    std::vector<std::uint32_t> bits(values.size());
    if (values.empty()) return bits;  // memcpy must not get a null pointer
    std::memcpy(bits.data(), values.data(), values.size() * sizeof(float));
    return bits;
  };
  EXPECT_EQ(a.dim, b.dim);
  EXPECT_EQ(a.slot_floats, b.slot_floats);
  EXPECT_EQ(a.stored, b.stored);
  EXPECT_EQ(bits(a.weights), bits(b.weights));
  EXPECT_EQ(bits(a.slots), bits(b.slots));
}

absl::StatusOr<std::vector<float>> LookupOne(const Shard& shard,
                                             const LookupInput& input) {
  std::vector<float> values(input.output_rows() * input.dim);
  const absl::Span<float> output(values);
  ROWHOUSE_RETURN_IF_ERROR(shard.Lookup({.inputs = {&input, 1}}, {output}));
  return values;
}

}  // namespace rowhouse::shard
