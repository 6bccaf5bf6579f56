// A shard in the process, behind the same interface as one on a server: the one
// door between client/ and shard/.
#ifndef ROWHOUSE_CLIENT_EMBEDDED_EMBEDDED_SHARD_STUB_H_
#define ROWHOUSE_CLIENT_EMBEDDED_EMBEDDED_SHARD_STUB_H_

#include <memory>
#include <string>

#include "client/internal/shard_stub.h"
#include "shard/shard.h"

namespace rowhouse::internal {

// Calls run in the caller's thread; deadlines are not looked at, since nothing
// between the caller and the shard can be lost.
class EmbeddedShardStub final : public ShardStub {
 public:
  // `executor` is what the shard's environment works with.
  EmbeddedShardStub(std::string address, std::unique_ptr<Executor> executor,
                    std::unique_ptr<shard::Shard> shard);

  std::string address() const override { return address_; }
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
  absl::StatusOr<LookupReply> MakeReply(
      const LookupRequest& request,
      absl::Span<const absl::Span<float>> outputs);

  const std::string address_;
  const std::unique_ptr<Executor> executor_;  // outlives the shard
  const std::unique_ptr<shard::Shard> shard_;
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_EMBEDDED_EMBEDDED_SHARD_STUB_H_
