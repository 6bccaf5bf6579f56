// A shard of few lines for tests of the client: tables are names, the row of an
// id is the id itself in every column, pushes are remembered. What a network
// and a restarting server do to calls is scripted.
#ifndef ROWHOUSE_TESTS_CLIENT_INTERNAL_FAKE_SHARD_STUB_H_
#define ROWHOUSE_TESTS_CLIENT_INTERNAL_FAKE_SHARD_STUB_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "client/internal/shard_stub.h"

namespace rowhouse::internal {

// What becomes of one call.
struct Fate {
  enum Kind {
    kAnswered,   // as without a fate
    kLost,       // never arrives: UNAVAILABLE
    kReplyLost,  // is done, but the caller gets UNAVAILABLE
    kRefused,    // arrives and is answered `status`
  };
  Kind kind = kLost;
  absl::Status status;

  static Fate Answered() { return {kAnswered, {}}; }
  static Fate Lost() { return {kLost, {}}; }
  static Fate ReplyLost() { return {kReplyLost, {}}; }
  static Fate Refused(absl::Status status) {
    return {kRefused, std::move(status)};
  }
};

// The state of a shard; outlives its stubs. Thread-safe.
class FakeShard {
 public:
  struct Push {
    PushHeader header;
    struct Input {
      std::string table;
      std::vector<Id> ids;
      std::vector<float> weights;
      std::vector<std::uint32_t> row_splits;
      std::vector<float> gradients;
      std::optional<std::uint64_t> table_step = {};
      std::optional<float> learning_rate = {};
      bool operator==(const Input&) const = default;
    };
    std::vector<Input> inputs;
  };

  FakeShard(std::uint32_t index, std::uint32_t count);

  // What it says it cannot read; set before it is called.
  std::vector<CheckpointListing::Unreadable> unreadable;

  // The next calls of `method` ("Push", "Lookup", ...) end so, in order.
  void Script(const std::string& method, std::vector<Fate> fates);
  // Sessions end, as after a restore of this id.
  void Restore(std::uint64_t restore_id);
  void AddTable(const TableSpec& spec, std::uint64_t incarnation);
  // What it says the table has done, and the last of it.
  void SetSteps(const std::string& table, std::uint64_t steps,
                std::optional<TableStep> last_step = {});
  // And what it holds of it.
  void SetRows(const std::string& table, std::uint64_t rows);

  // Copies, for looking at.
  std::vector<Push> applied() const;  // once each, in order
  std::vector<Push> arrived() const;  // every try that arrived
  std::vector<TableInfo> tables() const;
  std::vector<std::string> calls() const;  // names of methods, as they came
  std::size_t Count(const std::string& method) const;

  ShardInfo info;  // set before use

 private:
  friend class FakeShardStub;

  // OK: do it and answer. Else what the caller gets, having done it or not.
  absl::Status Begin(const std::string& method, bool& done);
  absl::StatusOr<PushReply> Apply(Push push);
  absl::StatusOr<TableInfo> FindTable(absl::string_view name) const;

  mutable Mutex mu_;
  std::map<std::string, std::deque<Fate>> scripts_ ABSL_GUARDED_BY(mu_);
  std::vector<std::string> calls_ ABSL_GUARDED_BY(mu_);
  std::map<std::string, TableInfo> tables_ ABSL_GUARDED_BY(mu_);
  std::set<std::uint64_t> sessions_ ABSL_GUARDED_BY(mu_);
  std::uint64_t last_session_ ABSL_GUARDED_BY(mu_) = 0;
  std::set<std::pair<std::uint64_t, std::uint64_t>> done_ ABSL_GUARDED_BY(mu_);
  std::vector<Push> applied_ ABSL_GUARDED_BY(mu_);
  std::vector<Push> arrived_ ABSL_GUARDED_BY(mu_);
  std::uint64_t restoring_ ABSL_GUARDED_BY(mu_) = 0;
  std::map<std::string, CheckpointInfo> checkpoints_ ABSL_GUARDED_BY(mu_);
  // Epochs by session, and what a cut has come to.
  std::map<std::uint64_t, std::uint64_t> epochs_ ABSL_GUARDED_BY(mu_);
  std::uint64_t wanted_ ABSL_GUARDED_BY(mu_) = 0;
};

class FakeShardStub final : public ShardStub {
 public:
  explicit FakeShardStub(FakeShard& shard) : shard_(shard) {}

  std::string address() const override;
  void Lookup(const LookupRequest& request,
              absl::Span<const absl::Span<float>> outputs, absl::Time deadline,
              LookupDone done) override;
  void Push(const PushRequest& request, absl::Time deadline,
            PushDone done) override;
  void WriteRows(const WriteRowsRequest& request, absl::Time deadline,
                 PushDone done) override;
  absl::StatusOr<RowsReply> ReadRows(const ReadRowsRequest& request,
                                     absl::Time deadline) override;
  absl::StatusOr<OpenSessionReply> OpenSession(absl::Time deadline) override;
  absl::StatusOr<std::uint64_t> Heartbeat(const HeartbeatRequest& request,
                                          absl::Time deadline) override;
  absl::Status EndSession(const SessionName& session,
                          absl::Time deadline) override;
  absl::Status CreateTable(const TableSpec& spec, TableIncarnation incarnation,
                           absl::Time deadline) override;
  absl::Status DropTable(const DropTableRequest& request,
                         absl::Time deadline) override;
  absl::StatusOr<TableInfo> DescribeTable(absl::string_view name,
                                          absl::Time deadline) override;
  absl::StatusOr<std::vector<TableInfo>> ListTables(
      absl::Time deadline) override;
  absl::StatusOr<ShardInfo> GetShardInfo(absl::Time deadline) override;
  absl::Status OpenCheckpoint(absl::string_view name, std::uint64_t epoch,
                              absl::Time deadline) override;
  absl::StatusOr<ShardCheckpoint> CloseCheckpoint(absl::string_view name,
                                                  std::uint64_t epoch,
                                                  absl::Time deadline) override;
  absl::StatusOr<CheckpointInfo> CommitCheckpoint(
      absl::string_view name, std::uint64_t epoch,
      const std::vector<ShardCheckpoint>& parts, absl::Time deadline) override;
  absl::Status AbortCheckpoint(absl::string_view name, std::uint64_t epoch,
                               absl::Time deadline) override;
  absl::Status DeleteCheckpoint(absl::string_view name,
                                absl::Time deadline) override;
  absl::StatusOr<CheckpointListing> ListCheckpoints(
      absl::Time deadline) override;
  absl::Status BeginRestore(const RestoreRequest& request,
                            absl::Time deadline) override;
  absl::Status FinishRestore(absl::string_view name, std::uint64_t restore_id,
                             absl::Time deadline) override;

 private:
  // Does `work` unless the script says otherwise.
  template <typename Result, typename Work>
  Result Do(const std::string& method, Work work);

  FakeShard& shard_;
};

// `count` fresh shards and stubs of them.
struct FakeCluster {
  explicit FakeCluster(std::uint32_t count);
  std::vector<std::unique_ptr<ShardStub>> Stubs();
  FakeShard& shard(std::size_t i) { return *shards[i]; }
  void AddTable(const TableSpec& spec, std::uint64_t incarnation);

  std::vector<std::unique_ptr<FakeShard>> shards;
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_TESTS_CLIENT_INTERNAL_FAKE_SHARD_STUB_H_
