// A machine in memory that runs shards, and a trainer that talks to one.
#ifndef ROWHOUSE_TESTS_SHARD_MACHINE_H_
#define ROWHOUSE_TESTS_SHARD_MACHINE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/executor.h"
#include "base/requests.h"
#include "rowhouse/table_spec.h"
#include "shard/shard.h"
#include "storage/mem_disk.h"
#include "storage/row_store.h"
#include "tests/shard/process_disk.h"
#include "tests/testing/fake_clock.h"

namespace rowhouse::shard {

// A shard and the process it lives in.
struct Process {
  std::unique_ptr<ProcessDisk> disk;
  std::unique_ptr<Shard> shard;

  Shard* operator->() const { return shard.get(); }
  // Writes nothing more. The machine must be told too.
  void Die() {
    disk->Die();
    shard.reset();
  }
};

class Machine {
 public:
  Machine() = default;
  // Lookups and pushes on threads of `executor`.
  explicit Machine(std::unique_ptr<Executor> executor)
      : executor_(std::move(executor)) {}

  storage::MemDisk& disk() { return disk_; }
  FakeClock& clock() { return clock_; }

  using WrapRowStore = std::function<std::unique_ptr<storage::RowStore>(
      std::unique_ptr<storage::RowStore> rows, bool read_only)>;
  // Shards get what `wrap` makes of each row store that they open from here on.
  void WrapRowStores(WrapRowStore wrap) { wrap_ = std::move(wrap); }

  // Shard `index` of `count` in a directory of its own; checkpoints in one
  // place for all.
  static Options OptionsOf(std::uint32_t index = 0, std::uint32_t count = 1);

  absl::StatusOr<Process> Start(const Options& options = OptionsOf(),
                                std::uint64_t die_at = 0);

  // As kill -9: the process is gone and writes nothing more; what it wrote
  // stays. The machine knows first, or the shard would end its files cleanly.
  void Kill(Process& process) {
    process.disk->Die();
    disk_.Kill();
    process.shard.reset();
  }
  // The machine is gone; what was not synced may be too.
  void PowerCut(Process& process, std::uint64_t seed) {
    process.disk->Die();
    disk_.PowerCut(seed, storage::MemDisk::Tear::kSectors);
    process.shard.reset();
  }

 private:
  storage::MemDisk disk_;
  FakeClock clock_;
  std::unique_ptr<Executor> executor_ = MakeInlineExecutor();
  WrapRowStore wrap_;
};

// Rows begin at zero and every push adds its gradients: a row says how often it
// was pushed.
TableSpec CounterSpec(const std::string& name, std::uint32_t dim = 2);
// Random first rows, Adagrad.
TableSpec AdagradTable(const std::string& name, std::uint32_t dim = 3);

// One session of one shard.
class Trainer {
 public:
  static absl::StatusOr<Trainer> Connect(Shard& shard);

  const SessionName& session() const { return header_.session; }
  // Of the next push.
  PushHeader& header() { return header_; }

  // A push with the next sequence. A failed one may be sent again: Resend.
  absl::StatusOr<PushReply> Push(Shard& shard,
                                 absl::Span<const PushInput> inputs);
  // Every value of the gradients of `ids` is 1.
  absl::StatusOr<PushReply> Count(Shard& shard, const std::string& table,
                                  absl::Span<const Id> ids,
                                  std::uint32_t dim = 2);
  absl::StatusOr<PushReply> Write(Shard& shard, WriteRowsRequest request);
  // Goes to the epoch, and says so. REQUIRES: all its pushes are acknowledged.
  absl::Status Move(Shard& shard, std::uint64_t epoch);

 private:
  PushHeader header_;
};

// The shard's part of checkpoint `name`, a cut of the epoch that its clients
// push in: these are all of them, and move on.
absl::StatusOr<ShardCheckpoint> MakePart(
    Shard& shard, absl::string_view name,
    const std::vector<Trainer*>& trainers = {});
// The checkpoint of a shard that is alone.
absl::StatusOr<CheckpointInfo> MakeCheckpoint(
    Shard& shard, absl::string_view name,
    const std::vector<Trainer*>& trainers = {});

// The rows of `ids`; an empty reply fails the test.
RowsReply ReadAll(const Shard& shard, const std::string& table,
                  absl::Span<const Id> ids);
// The first weight of each.
std::vector<float> Counts(const Shard& shard, const std::string& table,
                          absl::Span<const Id> ids);
// Equal bits of stored rows, weights and slots; LSNs may differ.
void ExpectSameRows(const RowsReply& a, const RowsReply& b);

// The output of one input.
absl::StatusOr<std::vector<float>> LookupOne(const Shard& shard,
                                             const LookupInput& input);

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_TESTS_SHARD_MACHINE_H_
