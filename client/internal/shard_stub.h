// One shard as the client sees it: one method per RPC, in the words of
// base/requests.h. GrpcShardStub talks to a server; EmbeddedShardStub
// (client/embedded) calls a Shard in the process. Partition, merge and retry
// above it are the same code for both.
#ifndef ROWHOUSE_CLIENT_INTERNAL_SHARD_STUB_H_
#define ROWHOUSE_CLIENT_INTERNAL_SHARD_STUB_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/checkpoint_listing.h"
#include "base/requests.h"

namespace rowhouse::internal {

// Thread-safe. No retries here: a call is tried once and ends by `deadline`.
// UNAVAILABLE, DEADLINE_EXCEEDED: it may have been done and not answered. Other
// errors are the shard's answer.
// The memory that a request's views point to must live until `done` is called;
// `done` is called once, possibly in the calling thread before the method
// returns.
class ShardStub {
 public:
  using LookupDone = absl::AnyInvocable<void(absl::StatusOr<LookupReply>)>;
  using PushDone = absl::AnyInvocable<void(absl::StatusOr<PushReply>)>;

  virtual ~ShardStub() = default;
  virtual std::string address() const = 0;

  // `outputs` is empty, or says by input where the caller would like the rows,
  // output_rows x dim floats each: a stub that makes them itself writes there
  // and answers with views of them; another leaves them alone.
  virtual void Lookup(const LookupRequest& request,
                      absl::Span<const absl::Span<float>> outputs,
                      absl::Time deadline, LookupDone done) = 0;
  virtual void Push(const PushRequest& request, absl::Time deadline,
                    PushDone done) = 0;
  virtual void WriteRows(const WriteRowsRequest& request, absl::Time deadline,
                         PushDone done) = 0;
  virtual absl::StatusOr<RowsReply> ReadRows(const ReadRowsRequest& request,
                                             absl::Time deadline) = 0;
  virtual absl::StatusOr<OpenSessionReply> OpenSession(absl::Time deadline) = 0;
  // A sign of life; returns the epoch that the shard wants.
  virtual absl::StatusOr<std::uint64_t> Heartbeat(
      const HeartbeatRequest& request, absl::Time deadline) = 0;
  virtual absl::Status EndSession(const SessionName& session,
                                  absl::Time deadline) = 0;

  virtual absl::Status CreateTable(const TableSpec& spec,
                                   TableIncarnation incarnation,
                                   absl::Time deadline) = 0;
  virtual absl::Status DropTable(const DropTableRequest& request,
                                 absl::Time deadline) = 0;
  virtual absl::StatusOr<TableInfo> DescribeTable(absl::string_view name,
                                                  absl::Time deadline) = 0;
  virtual absl::StatusOr<std::vector<TableInfo>> ListTables(
      absl::Time deadline) = 0;
  virtual absl::StatusOr<ShardInfo> GetShardInfo(absl::Time deadline) = 0;

  // The stages of a checkpoint, as shard::Shard has them (docs/adr/0014). All
  // but the commit may be repeated.
  virtual absl::Status OpenCheckpoint(absl::string_view name,
                                      std::uint64_t epoch,
                                      absl::Time deadline) = 0;
  virtual absl::StatusOr<ShardCheckpoint> CloseCheckpoint(
      absl::string_view name, std::uint64_t epoch, absl::Time deadline) = 0;
  virtual absl::StatusOr<CheckpointInfo> CommitCheckpoint(
      absl::string_view name, std::uint64_t epoch,
      const std::vector<ShardCheckpoint>& parts, absl::Time deadline) = 0;
  virtual absl::Status AbortCheckpoint(absl::string_view name,
                                       std::uint64_t epoch,
                                       absl::Time deadline) = 0;
  virtual absl::Status DeleteCheckpoint(absl::string_view name,
                                        absl::Time deadline) = 0;
  virtual absl::StatusOr<CheckpointListing> ListCheckpoints(
      absl::Time deadline) = 0;
  // BeginRestore and FinishRestore may be repeated: what is done already is
  // OK, what is under way UNAVAILABLE.
  virtual absl::Status BeginRestore(const RestoreRequest& request,
                                    absl::Time deadline) = 0;
  virtual absl::Status FinishRestore(absl::string_view name,
                                     std::uint64_t restore_id,
                                     absl::Time deadline) = 0;
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_SHARD_STUB_H_
