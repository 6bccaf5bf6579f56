// What a Client does, over any stubs: tests make one over scripted or
// in-process shards.
#ifndef ROWHOUSE_CLIENT_INTERNAL_CONNECTION_H_
#define ROWHOUSE_CLIENT_INTERNAL_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "client/internal/cluster.h"
#include "client/internal/first_load.h"
#include "client/internal/heartbeats.h"
#include "client/internal/numbers.h"
#include "client/internal/outgoing_push.h"
#include "client/internal/push_pipeline.h"
#include "client/internal/push_sender.h"
#include "client/internal/shard_stub.h"
#include "client/internal/table_directory.h"
#include "rowhouse/client.h"

namespace rowhouse::internal {

// As Client::AskShards, by stub.
std::vector<ShardAnswer> AskShards(
    absl::Span<const std::unique_ptr<ShardStub>> stubs,
    const Cluster::Options& options);

// Methods, errors and thread rule are those of Client.
class Connection {
 public:
  struct Options {
    Cluster::Options cluster;
    // False: nothing can be pushed or written. For looking, so that those who
    // only look take no shard's place for a session.
    bool open_sessions = true;
    // Of numbers that must never come twice, in this process or any other.
    std::uint64_t number_seed = 0;
    // From sign of life to sign of life; 0: none but those of CreateCheckpoint.
    absl::Duration heartbeat = absl::ZeroDuration();
  };

  static absl::StatusOr<std::unique_ptr<Connection>> Open(
      std::vector<std::unique_ptr<ShardStub>> stubs, Options options);
  // Sends what is queued, then ends the sessions.
  ~Connection();

  absl::Status CreateTable(const TableSpec& spec);
  // Of a table that begins filled: FirstLoads::LoadOnce.
  absl::Status LoadOnce(const TableSpec& spec,
                        absl::FunctionRef<absl::Status()> load);
  absl::Status DropTable(absl::string_view name);
  absl::StatusOr<TableSummary> DescribeTable(absl::string_view name);
  absl::StatusOr<std::vector<TableSummary>> ListTables();

  absl::StatusOr<std::pair<std::vector<Activation>, TicketData>> Lookup(
      std::vector<FeatureIds> features);
  absl::StatusOr<PushOutcome> Push(TicketData ticket, Gradients gradients,
                                   const PushOptions& options);
  absl::Status PushAsync(TicketData ticket, Gradients gradients,
                         const PushOptions& options);
  absl::Status Flush();
  void EndStep();

  absl::StatusOr<Rows> ReadRows(absl::string_view table,
                                absl::Span<const Id> ids);
  absl::Status WriteRows(absl::string_view table, absl::Span<const Id> ids,
                         absl::Span<const float> weights,
                         absl::Span<const float> slots);

  absl::StatusOr<CheckpointSummary> CreateCheckpoint(absl::string_view name);
  absl::StatusOr<std::vector<CheckpointSummary>> ListCheckpoints(
      std::vector<UnreadableCheckpoint>* unreadable = nullptr);
  absl::Status DeleteCheckpoint(absl::string_view name);
  absl::Status RestoreCheckpoint(absl::string_view name, bool replace);

  absl::StatusOr<std::vector<ShardSummary>> Shards();

  // A sign of life at once, for whoever has no thread that gives them.
  void Beat(absl::Time deadline);

 private:
  Connection(std::unique_ptr<Cluster> cluster, const Options& options,
             Clock& clock);

  absl::StatusOr<OutgoingPush> MakePush(TicketData ticket, Gradients gradients,
                                        const PushOptions& options, bool copy);
  absl::Status CheckSessions() const;
  // Completes the push without an answer, in its turn.
  absl::Status Settle(absl::Time deadline);
  absl::Time Deadline() { return cluster_->retry().Deadline(); }

  const std::unique_ptr<Cluster> cluster_;
  const bool open_sessions_;
  Numbers numbers_;
  const std::uint64_t client_;  // marks this client's tickets
  TableDirectory tables_;
  PushSender sender_;
  FirstLoads first_loads_;
  // Their threads use the others.
  std::optional<PushPipeline> pipeline_;
  std::optional<Heartbeats> heartbeats_;
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_CONNECTION_H_
