#include "client/embedded/embedded_shard_stub.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/version.h"
#include "client/internal/embedded.h"

namespace rowhouse::internal {

absl::StatusOr<std::unique_ptr<ShardStub>> OpenEmbeddedShard(
    const EmbeddedOptions& options) {
  std::unique_ptr<Executor> executor = MakeThreadExecutor(options.threads);
  shard::Options shard_options;
  shard_options.data_dir = options.data_dir;
  shard_options.checkpoint_dir = options.checkpoint_dir;
  shard_options.index = options.index;
  shard_options.shard_count = options.shard_count;
  shard_options.new_incarnation = options.new_incarnation;
  shard_options.version = std::string(Version());
  ROWHOUSE_ASSIGN_OR_RETURN(
      std::unique_ptr<shard::Shard> opened,
      shard::Shard::Open(shard_options, shard::RealEnvironment(*executor)));
  return std::make_unique<EmbeddedShardStub>(
      absl::StrCat("embedded:", options.data_dir), std::move(executor),
      std::move(opened));
}

EmbeddedShardStub::EmbeddedShardStub(std::string address,
                                     std::unique_ptr<Executor> executor,
                                     std::unique_ptr<shard::Shard> shard)
    : address_(std::move(address)),
      executor_(std::move(executor)),
      shard_(std::move(shard)) {}

void EmbeddedShardStub::Lookup(const LookupRequest& request,
                               absl::Span<const absl::Span<float>> outputs,
                               absl::Time, LookupDone done) {
  done(MakeReply(request, outputs));
}

absl::StatusOr<LookupReply> EmbeddedShardStub::MakeReply(
    const LookupRequest& request, absl::Span<const absl::Span<float>> outputs) {
  if (!outputs.empty()) {
    ROWHOUSE_RETURN_IF_ERROR(shard_->Lookup(request, outputs));
    return LookupReply{{outputs.begin(), outputs.end()}, nullptr};
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<std::size_t> rows,
                            shard_->CheckLookup(request));
  std::size_t floats = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    floats += rows[i] * request.inputs[i].dim;
  }
  auto storage = std::make_shared<std::vector<float>>(floats);
  std::vector<absl::Span<float>> made;
  float* next = storage->data();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    made.emplace_back(next, rows[i] * request.inputs[i].dim);
    next += made.back().size();
  }
  ROWHOUSE_RETURN_IF_ERROR(shard_->Lookup(request, made));
  return LookupReply{{made.begin(), made.end()}, std::move(storage)};
}

void EmbeddedShardStub::Push(const PushRequest& request, absl::Time,
                             PushDone done) {
  done(shard_->Push(request));
}

void EmbeddedShardStub::WriteRows(const WriteRowsRequest& request, absl::Time,
                                  PushDone done) {
  done(shard_->WriteRows(request));
}

absl::StatusOr<RowsReply> EmbeddedShardStub::ReadRows(
    const ReadRowsRequest& request, absl::Time) {
  return shard_->ReadRows(request);
}

absl::StatusOr<OpenSessionReply> EmbeddedShardStub::OpenSession(absl::Time) {
  return shard_->OpenSession();
}

absl::StatusOr<std::uint64_t> EmbeddedShardStub::Heartbeat(
    const HeartbeatRequest& request, absl::Time) {
  return shard_->Heartbeat(request);
}

absl::Status EmbeddedShardStub::EndSession(const SessionName& session,
                                           absl::Time) {
  return shard_->EndSession(session);
}

absl::Status EmbeddedShardStub::CreateTable(const TableSpec& spec,
                                            TableIncarnation incarnation,
                                            absl::Time) {
  return shard_->CreateTable(spec, incarnation);
}

absl::Status EmbeddedShardStub::DropTable(const DropTableRequest& request,
                                          absl::Time) {
  return shard_->DropTable(request);
}

absl::StatusOr<TableInfo> EmbeddedShardStub::DescribeTable(
    absl::string_view name, absl::Time) {
  return shard_->DescribeTable(name);
}

absl::StatusOr<std::vector<TableInfo>> EmbeddedShardStub::ListTables(
    absl::Time) {
  return shard_->ListTables();
}

absl::StatusOr<ShardInfo> EmbeddedShardStub::GetShardInfo(absl::Time) {
  return shard_->Info();
}

absl::Status EmbeddedShardStub::OpenCheckpoint(absl::string_view name,
                                               std::uint64_t epoch,
                                               absl::Time) {
  return shard_->OpenCheckpoint(name, epoch);
}

absl::StatusOr<ShardCheckpoint> EmbeddedShardStub::CloseCheckpoint(
    absl::string_view name, std::uint64_t epoch, absl::Time) {
  return shard_->CloseCheckpoint(name, epoch);
}

absl::StatusOr<CheckpointInfo> EmbeddedShardStub::CommitCheckpoint(
    absl::string_view name, std::uint64_t epoch,
    const std::vector<ShardCheckpoint>& parts, absl::Time) {
  return shard_->CommitCheckpoint(name, epoch, parts);
}

absl::Status EmbeddedShardStub::AbortCheckpoint(absl::string_view name,
                                                std::uint64_t epoch,
                                                absl::Time) {
  return shard_->AbortCheckpoint(name, epoch);
}

absl::Status EmbeddedShardStub::DeleteCheckpoint(absl::string_view name,
                                                 absl::Time) {
  return shard_->DeleteCheckpoint(name);
}

absl::StatusOr<CheckpointListing> EmbeddedShardStub::ListCheckpoints(
    absl::Time) {
  return shard_->ListCheckpoints();
}

absl::Status EmbeddedShardStub::BeginRestore(const RestoreRequest& request,
                                             absl::Time) {
  return shard_->BeginRestore(request);
}

absl::Status EmbeddedShardStub::FinishRestore(absl::string_view,
                                              std::uint64_t restore_id,
                                              absl::Time) {
  return shard_->FinishRestore(restore_id);
}

}  // namespace rowhouse::internal
