// A shard as the product's client sees it, over the simulated network.
#ifndef ROWHOUSE_TESTS_SIM_SIM_STUB_H_
#define ROWHOUSE_TESTS_SIM_SIM_STUB_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "client/internal/shard_stub.h"
#include "tests/sim/network.h"
#include "tests/sim/node.h"
#include "tests/sim/scheduler.h"
#include "tests/sim/story.h"

namespace rowhouse::sim {

class SimShardStub final : public internal::ShardStub {
 public:
  // All must outlive it and its calls.
  SimShardStub(Scheduler& scheduler, Story& story, Network& network, Node& node)
      : scheduler_(scheduler), story_(story), network_(network), node_(node) {}

  std::string address() const override { return node_.name(); }

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
  template <typename Reply>
  absl::StatusOr<Reply> Call(
      const char* what, absl::Time deadline,
      std::function<absl::StatusOr<Reply>(Node&, Life&)> handle) {
    return network_.Call<Reply>(node_, what, deadline - scheduler_.Now(),
                                std::move(handle));
  }
  // The same of calls that answer with a status alone.
  absl::Status Tell(const char* what, absl::Time deadline,
                    std::function<absl::Status(shard::Shard&)> handle);

  Scheduler& scheduler_;
  Story& story_;
  Network& network_;
  Node& node_;
};

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_SIM_STUB_H_
