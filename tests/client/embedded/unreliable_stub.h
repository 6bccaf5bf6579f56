// A shard behind a bad network, in a process that restarts.
#ifndef ROWHOUSE_TESTS_CLIENT_EMBEDDED_UNRELIABLE_STUB_H_
#define ROWHOUSE_TESTS_CLIENT_EMBEDDED_UNRELIABLE_STUB_H_

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "client/internal/embedded.h"
#include "client/internal/shard_stub.h"

namespace rowhouse::internal {

// Passes calls on to a shard in this process. Of pushes and lookups, by seed,
// one in eight never arrives, one in eight is done and not answered, and one in
// forty meets a restart: before it is done, or after it and before the answer.
// One thread at a time.
class UnreliableStub final : public ShardStub {
 public:
  // Opened by the first call.
  UnreliableStub(EmbeddedOptions options, std::uint64_t seed)
      : options_(std::move(options)), random_(seed) {}

  std::string address() const override { return options_.data_dir; }

  void Lookup(const LookupRequest& request,
              absl::Span<const absl::Span<float>> outputs, absl::Time deadline,
              LookupDone done) override {
    Pass<LookupReply>(std::move(done), [&](LookupDone answer) {
      shard().Lookup(request, outputs, deadline, std::move(answer));
    });
  }
  void Push(const PushRequest& request, absl::Time deadline,
            PushDone done) override {
    Pass<PushReply>(std::move(done), [&](PushDone answer) {
      shard().Push(request, deadline, std::move(answer));
    });
  }
  void WriteRows(const WriteRowsRequest& request, absl::Time deadline,
                 PushDone done) override {
    Pass<PushReply>(std::move(done), [&](PushDone answer) {
      shard().WriteRows(request, deadline, std::move(answer));
    });
  }
  absl::StatusOr<RowsReply> ReadRows(const ReadRowsRequest& request,
                                     absl::Time deadline) override {
    return shard().ReadRows(request, deadline);
  }
  absl::StatusOr<OpenSessionReply> OpenSession(absl::Time deadline) override {
    return shard().OpenSession(deadline);
  }
  absl::StatusOr<std::uint64_t> Heartbeat(const HeartbeatRequest& request,
                                          absl::Time deadline) override {
    return shard().Heartbeat(request, deadline);
  }
  absl::Status EndSession(const SessionName& session,
                          absl::Time deadline) override {
    return shard().EndSession(session, deadline);
  }
  absl::Status CreateTable(const TableSpec& spec, TableIncarnation incarnation,
                           absl::Time deadline) override {
    return shard().CreateTable(spec, incarnation, deadline);
  }
  absl::Status DropTable(const DropTableRequest& request,
                         absl::Time deadline) override {
    return shard().DropTable(request, deadline);
  }
  absl::StatusOr<TableInfo> DescribeTable(absl::string_view name,
                                          absl::Time deadline) override {
    return shard().DescribeTable(name, deadline);
  }
  absl::StatusOr<std::vector<TableInfo>> ListTables(
      absl::Time deadline) override {
    return shard().ListTables(deadline);
  }
  absl::StatusOr<ShardInfo> GetShardInfo(absl::Time deadline) override {
    return shard().GetShardInfo(deadline);
  }
  absl::Status OpenCheckpoint(absl::string_view name, std::uint64_t epoch,
                              absl::Time deadline) override {
    return shard().OpenCheckpoint(name, epoch, deadline);
  }
  absl::StatusOr<ShardCheckpoint> CloseCheckpoint(
      absl::string_view name, std::uint64_t epoch,
      absl::Time deadline) override {
    return shard().CloseCheckpoint(name, epoch, deadline);
  }
  absl::StatusOr<CheckpointInfo> CommitCheckpoint(
      absl::string_view name, std::uint64_t epoch,
      const std::vector<ShardCheckpoint>& parts, absl::Time deadline) override {
    return shard().CommitCheckpoint(name, epoch, parts, deadline);
  }
  absl::Status AbortCheckpoint(absl::string_view name, std::uint64_t epoch,
                               absl::Time deadline) override {
    return shard().AbortCheckpoint(name, epoch, deadline);
  }
  absl::Status DeleteCheckpoint(absl::string_view name,
                                absl::Time deadline) override {
    return shard().DeleteCheckpoint(name, deadline);
  }
  absl::StatusOr<CheckpointListing> ListCheckpoints(
      absl::Time deadline) override {
    return shard().ListCheckpoints(deadline);
  }
  absl::Status BeginRestore(const RestoreRequest& request,
                            absl::Time deadline) override {
    return shard().BeginRestore(request, deadline);
  }
  absl::Status FinishRestore(absl::string_view name, std::uint64_t restore_id,
                             absl::Time deadline) override {
    return shard().FinishRestore(name, restore_id, deadline);
  }

  // What has happened so far.
  struct Faults {
    int lost = 0;
    int unanswered = 0;
    int restarts = 0;
  };
  const Faults& faults() const { return faults_; }

 private:
  ShardStub& shard() {
    if (shard_ == nullptr) shard_ = *OpenEmbeddedShard(options_);
    return *shard_;
  }

  template <typename Reply, typename Call>
  void Pass(absl::AnyInvocable<void(absl::StatusOr<Reply>)> done, Call call) {
    const std::uint64_t draw = random_() % 40;
    if (draw < 5) {
      ++faults_.lost;
      return done(absl::UnavailableError("lost"));
    }
    const bool restart = draw == 39;
    const bool before = restart && random_() % 2 == 0;
    if (restart) ++faults_.restarts;
    if (before) shard_.reset();
    const bool answered = draw >= 10 && !restart;
    if (!answered) ++faults_.unanswered;
    call([&](absl::StatusOr<Reply> reply) {
      if (answered) return done(std::move(reply));
      done(absl::DeadlineExceededError("no answer"));
    });
    if (restart && !before) shard_.reset();
  }

  const EmbeddedOptions options_;
  std::mt19937_64 random_;
  std::unique_ptr<ShardStub> shard_;
  Faults faults_;
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_TESTS_CLIENT_EMBEDDED_UNRELIABLE_STUB_H_
