#include "client/internal/connection.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/internal/checkpoints.h"
#include "client/internal/lookup.h"

namespace rowhouse::internal {
namespace {

// How long a client that ends waits for shards to hear of it.
constexpr absl::Duration kFarewellTimeout = absl::Seconds(1);

ShardSummary Summary(const std::string& address, const ShardInfo& info) {
  ShardSummary summary;
  summary.address = address;
  summary.version = info.version;
  summary.state = info.state;
  summary.map_version = info.map_version;
  summary.index = info.index.value();
  summary.shard_count = info.shard_count;
  summary.sessions = info.sessions;
  summary.tables = info.tables;
  summary.rows_stored = info.rows_stored;
  summary.memory_bytes = info.memory_bytes;
  summary.last_lsn = info.last_lsn.value();
  summary.synced_lsn = info.synced_lsn.value();
  summary.journal_bytes = info.journal_bytes;
  summary.lookups = info.lookups;
  summary.pushes = info.pushes;
  summary.duplicates = info.duplicates;
  summary.refused = info.refused;
  return summary;
}

// Puts the rows of one shard where their ids stood. INTERNAL when the reply is
// not of the shape that was asked.
absl::Status Scatter(const RowsReply& reply,
                     const std::vector<std::size_t>& positions, std::size_t ids,
                     Rows& rows) {
  const std::size_t count = positions.size();
  if (reply.stored.size() != count || reply.lsns.size() != count ||
      reply.weights.size() != count * reply.dim ||
      reply.slots.size() != count * reply.slot_floats ||
      (rows.dim != 0 &&
       (rows.dim != reply.dim || rows.slot_floats != reply.slot_floats))) {
    return absl::InternalError(absl::StrCat(
        "a shard answered ", reply.stored.size(), " rows of ", reply.dim, " + ",
        reply.slot_floats, " values to ", count, " ids"));
  }
  rows.dim = reply.dim;
  rows.slot_floats = reply.slot_floats;
  rows.weights.resize(ids * reply.dim);
  rows.slots.resize(ids * reply.slot_floats);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = positions[i];
    rows.stored[at] = reply.stored[i];
    rows.lsns[at] = reply.lsns[i];
    std::copy_n(reply.weights.data() + i * reply.dim, reply.dim,
                rows.weights.data() + at * reply.dim);
    std::copy_n(reply.slots.data() + i * reply.slot_floats, reply.slot_floats,
                rows.slots.data() + at * reply.slot_floats);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(
    std::vector<std::unique_ptr<ShardStub>> stubs, Options options) {
  Clock& clock = *options.cluster.clock;
  const absl::Time deadline = clock.Now() + options.cluster.retry.timeout;
  ROWHOUSE_ASSIGN_OR_RETURN(
      std::unique_ptr<Cluster> cluster,
      Cluster::Join(std::move(stubs), std::move(options.cluster)));
  std::unique_ptr<Connection> connection(
      new Connection(std::move(cluster), options, clock));
  if (options.open_sessions) {
    ROWHOUSE_RETURN_IF_ERROR(connection->sender_.OpenSessions(deadline));
  }
  return connection;
}

Connection::Connection(std::unique_ptr<Cluster> cluster, const Options& options,
                       Clock& clock)
    : cluster_(std::move(cluster)),
      open_sessions_(options.open_sessions),
      numbers_(options.number_seed),
      client_(numbers_.New()),
      tables_(*cluster_, [this] { return numbers_.New(); }),
      sender_(*cluster_, tables_),
      first_loads_(tables_, cluster_->retry(),
                   [this] { return Settle(Deadline()); }) {
  pipeline_.emplace(sender_, clock, cluster_->retry().options().timeout);
  heartbeats_.emplace(
      *cluster_, sender_, *pipeline_,
      open_sessions_ ? options.heartbeat : absl::ZeroDuration());
}

Connection::~Connection() {
  heartbeats_.reset();
  pipeline_.reset();
  const PushSender::Signs signs = sender_.signs();
  if (signs.sessions.empty()) return;
  // So that no checkpoint waits for them. A shard that does not hear it ends
  // them by their lease.
  cluster_
      ->ForEachShard(Idempotency::kOnce,
                     cluster_->retry().clock().Now() + kFarewellTimeout,
                     [&](ShardIndex shard, ShardStub& stub, absl::Time at) {
                       return stub.EndSession(signs.sessions[shard.value()],
                                              at);
                     })
      .IgnoreError();
}

absl::Status Connection::CreateTable(const TableSpec& spec) {
  return tables_.Create(spec, Deadline());
}

absl::Status Connection::LoadOnce(const TableSpec& spec,
                                  absl::FunctionRef<absl::Status()> load) {
  return first_loads_.LoadOnce(spec, numbers_.New(), load);
}

absl::Status Connection::Settle(absl::Time deadline) {
  return pipeline_->Alone(
      deadline, [&](PushSender& sender) { return sender.Settle(deadline); });
}

absl::Status Connection::DropTable(absl::string_view name) {
  return tables_.Drop(name, Deadline());
}

absl::StatusOr<TableSummary> Connection::DescribeTable(absl::string_view name) {
  return tables_.Describe(name, Deadline());
}

absl::StatusOr<std::vector<TableSummary>> Connection::ListTables() {
  return tables_.List(Deadline());
}

absl::StatusOr<std::pair<std::vector<Activation>, TicketData>>
Connection::Lookup(std::vector<FeatureIds> features) {
  // Read before the rows are: a restore that comes between is noticed.
  const std::uint64_t restore_id = sender_.restore_id();
  ROWHOUSE_ASSIGN_OR_RETURN(
      auto result, LookUp(*cluster_, tables_, std::move(features), Deadline()));
  result.second.client = client_;
  result.second.restore_id = restore_id;
  return result;
}

absl::Status Connection::CheckSessions() const {
  if (open_sessions_) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "connected without sessions: nothing can be pushed or written");
}

absl::StatusOr<OutgoingPush> Connection::MakePush(TicketData ticket,
                                                  Gradients gradients,
                                                  const PushOptions& options,
                                                  bool copy) {
  ROWHOUSE_RETURN_IF_ERROR(CheckSessions());
  if (ticket.client != client_) {
    return absl::FailedPreconditionError(
        "the ticket is of another client's lookup");
  }
  ROWHOUSE_ASSIGN_OR_RETURN(
      OutgoingPush push,
      OutgoingPush::Make(std::move(ticket), gradients, copy));
  ROWHOUSE_RETURN_IF_ERROR(push.SetLearningRates(options.learning_rates));
  return push;
}

absl::StatusOr<PushOutcome> Connection::Push(TicketData ticket,
                                             Gradients gradients,
                                             const PushOptions& options) {
  const PushTerms terms{ticket.restore_id, options.step};
  const absl::Time deadline = Deadline();
  ROWHOUSE_ASSIGN_OR_RETURN(
      OutgoingPush push,
      MakePush(std::move(ticket), gradients, options, false));
  return pipeline_->Push(std::move(push), terms, deadline);
}

absl::Status Connection::PushAsync(TicketData ticket, Gradients gradients,
                                   const PushOptions& options) {
  const PushTerms terms{ticket.restore_id, options.step};
  const absl::Time deadline = Deadline();
  ROWHOUSE_ASSIGN_OR_RETURN(
      OutgoingPush push, MakePush(std::move(ticket), gradients, options, true));
  return pipeline_->PushAsync(std::move(push), terms, deadline);
}

absl::Status Connection::Flush() { return pipeline_->Flush(Deadline()); }

void Connection::EndStep() {
  pipeline_->EndStep();
  heartbeats_->Hurry();
}

absl::StatusOr<Rows> Connection::ReadRows(absl::string_view table,
                                          absl::Span<const Id> ids) {
  const absl::Time deadline = Deadline();
  ROWHOUSE_ASSIGN_OR_RETURN(const auto known, tables_.Find(table, deadline));
  const auto positions = PositionsByShard(ids, known->buckets, cluster_->map());
  std::vector<RowsReply> replies(positions.size());
  const absl::Status status = cluster_->ForEachShard(
      Idempotency::kRepeatable, deadline,
      [&](ShardIndex shard, ShardStub& stub, absl::Time at) -> absl::Status {
        std::vector<Id> asked;
        for (const std::size_t i : positions[shard.value()]) {
          asked.push_back(ids[i]);
        }
        if (asked.empty()) return absl::OkStatus();
        ROWHOUSE_ASSIGN_OR_RETURN(
            replies[shard.value()],
            stub.ReadRows({cluster_->map().version(), known->spec.name,
                           known->incarnation, asked},
                          at));
        return absl::OkStatus();
      });
  if (!status.ok()) {
    tables_.Forget();
    return status;
  }
  Rows rows;
  rows.stored.resize(ids.size());
  rows.lsns.resize(ids.size());
  for (std::size_t s = 0; s < positions.size(); ++s) {
    if (positions[s].empty()) continue;
    ROWHOUSE_RETURN_IF_ERROR(
        Scatter(replies[s], positions[s], ids.size(), rows));
  }
  return rows;
}

absl::Status Connection::WriteRows(absl::string_view table,
                                   absl::Span<const Id> ids,
                                   absl::Span<const float> weights,
                                   absl::Span<const float> slots) {
  ROWHOUSE_RETURN_IF_ERROR(CheckSessions());
  const PushTerms terms{sender_.restore_id(), 0};
  const absl::Time deadline = Deadline();
  auto known = tables_.Find(table, deadline);
  if (!known.ok()) return NotSent(known.status());
  ROWHOUSE_ASSIGN_OR_RETURN(
      OutgoingPush push,
      OutgoingPush::MakeWrite(*std::move(known), ids, weights, slots,
                              cluster_->map()));
  return pipeline_->Push(std::move(push), terms, deadline).status();
}

absl::StatusOr<CheckpointSummary> Connection::CreateCheckpoint(
    absl::string_view name) {
  const absl::Time deadline = Deadline();
  // What was pushed before belongs to it.
  ROWHOUSE_RETURN_IF_ERROR(Settle(deadline));
  return internal::CreateCheckpoint(*cluster_, name, deadline,
                                    [&] { Beat(deadline); });
}

void Connection::Beat(absl::Time deadline) {
  heartbeats_->Beat(std::min(deadline, cluster_->retry().clock().Now() +
                                           absl::Seconds(kHeartbeatSeconds)));
}

absl::StatusOr<std::vector<CheckpointSummary>> Connection::ListCheckpoints(
    std::vector<UnreadableCheckpoint>* unreadable) {
  return internal::ListCheckpoints(*cluster_, Deadline(), unreadable);
}

absl::Status Connection::DeleteCheckpoint(absl::string_view name) {
  return internal::DeleteCheckpoint(*cluster_, name, Deadline());
}

absl::Status Connection::RestoreCheckpoint(absl::string_view name,
                                           bool replace) {
  const absl::Time deadline = Deadline();
  return pipeline_->Alone(deadline, [&](PushSender& sender) -> absl::Status {
    ROWHOUSE_RETURN_IF_ERROR(internal::RestoreCheckpoint(
        *cluster_, name, numbers_.New(), replace, deadline));
    sender.Abandon();
    tables_.Forget();
    if (!open_sessions_) return absl::OkStatus();
    return sender.OpenSessions(deadline);
  });
}

absl::StatusOr<std::vector<ShardSummary>> Connection::Shards() {
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<ShardInfo> infos,
                            cluster_->Infos(Deadline()));
  std::vector<ShardSummary> summaries;
  for (const ShardInfo& info : infos) {
    summaries.push_back(Summary(cluster_->stub(info.index).address(), info));
  }
  return summaries;
}

std::vector<ShardAnswer> AskShards(
    absl::Span<const std::unique_ptr<ShardStub>> stubs,
    const Cluster::Options& options) {
  RetryLoop retry(options.retry, *options.clock, *options.sleeper);
  const absl::Time deadline = retry.Deadline();
  std::vector<ShardAnswer> answers(stubs.size());
  const auto ask = [&](std::size_t i) {
    ShardAnswer& answer = answers[i];
    answer.address = stubs[i]->address();
    const absl::Status status = retry.Run(
        Idempotency::kRepeatable, deadline,
        [&](absl::Time try_deadline) -> absl::Status {
          ROWHOUSE_ASSIGN_OR_RETURN(const ShardInfo info,
                                    stubs[i]->GetShardInfo(try_deadline));
          answer.shard = Summary(answer.address, info);
          return absl::OkStatus();
        });
    if (!status.ok()) answer.shard = status;
  };
  if (options.executor == nullptr) {
    for (std::size_t i = 0; i < stubs.size(); ++i) ask(i);
  } else {
    options.executor->ForEach(stubs.size(), ask);
  }
  return answers;
}

}  // namespace rowhouse::internal
