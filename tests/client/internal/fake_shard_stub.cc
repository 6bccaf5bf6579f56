#include "tests/client/internal/fake_shard_stub.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/session_status.h"
#include "base/status_macros.h"
#include "rowhouse/shard_map.h"

namespace rowhouse::internal {
namespace {

template <typename T>
std::vector<T> Copy(absl::Span<const T> values) {
  return {values.begin(), values.end()};
}

}  // namespace

FakeShard::FakeShard(std::uint32_t index, std::uint32_t count) {
  info.version = "fake";
  info.map_version = 1;
  info.index = ShardIndex(index);
  info.shard_count = count;
  info.state = "serving";
  info.buckets = ShardMap::Uniform(1, count)->RangeOf(ShardIndex(index));
}

void FakeShard::Script(const std::string& method, std::vector<Fate> fates) {
  MutexLock lock(mu_);
  scripts_[method].insert(scripts_[method].end(), fates.begin(), fates.end());
}

void FakeShard::Restore(std::uint64_t restore_id) {
  MutexLock lock(mu_);
  sessions_.clear();
  info.restore_id = restore_id;
}

void FakeShard::AddTable(const TableSpec& spec, std::uint64_t incarnation) {
  MutexLock lock(mu_);
  tables_[spec.name] = {spec, TableIncarnation(incarnation)};
}

void FakeShard::SetSteps(const std::string& table, std::uint64_t steps,
                         std::optional<TableStep> last_step) {
  MutexLock lock(mu_);
  tables_[table].steps = steps;
  tables_[table].last_step = last_step;
}

void FakeShard::SetRows(const std::string& table, std::uint64_t rows) {
  MutexLock lock(mu_);
  tables_[table].rows_stored = rows;
}

std::vector<FakeShard::Push> FakeShard::applied() const {
  MutexLock lock(mu_);
  return applied_;
}

std::vector<FakeShard::Push> FakeShard::arrived() const {
  MutexLock lock(mu_);
  return arrived_;
}

std::vector<TableInfo> FakeShard::tables() const {
  MutexLock lock(mu_);
  std::vector<TableInfo> tables;
  for (const auto& [name, table] : tables_) tables.push_back(table);
  return tables;
}

std::vector<std::string> FakeShard::calls() const {
  MutexLock lock(mu_);
  return calls_;
}

std::size_t FakeShard::Count(const std::string& method) const {
  const std::vector<std::string> all = calls();
  return static_cast<std::size_t>(std::count(all.begin(), all.end(), method));
}

absl::Status FakeShard::Begin(const std::string& method, bool& done) {
  MutexLock lock(mu_);
  calls_.push_back(method);
  done = true;
  std::deque<Fate>& script = scripts_[method];
  if (script.empty()) return absl::OkStatus();
  const Fate fate = script.front();
  script.pop_front();
  if (fate.kind == Fate::kAnswered) return absl::OkStatus();
  done = fate.kind == Fate::kReplyLost;
  return fate.kind == Fate::kRefused
             ? fate.status
             : absl::UnavailableError(done ? "reply lost" : "lost");
}

absl::StatusOr<PushReply> FakeShard::Apply(Push push) {
  MutexLock lock(mu_);
  arrived_.push_back(push);
  if (!sessions_.contains(push.header.session.number)) {
    return SessionEndedError(
        absl::StrCat("session ", push.header.session.number, " has ended"));
  }
  PushReply reply;
  reply.duplicate =
      !done_.insert({push.header.session.number, push.header.sequence}).second;
  std::uint64_t& epoch = epochs_[push.header.session.number];
  epoch = std::max(epoch, push.header.snapshot_epoch);
  if (!reply.duplicate) applied_.push_back(std::move(push));
  reply.lsn = Lsn(applied_.size());
  reply.wanted_snapshot_epoch = wanted_;
  return reply;
}

absl::StatusOr<TableInfo> FakeShard::FindTable(absl::string_view name) const {
  MutexLock lock(mu_);
  const auto it = tables_.find(std::string(name));
  if (it == tables_.end()) {
    return absl::NotFoundError(absl::StrCat("no table '", name, "'"));
  }
  return it->second;
}

template <typename Result, typename Work>
Result FakeShardStub::Do(const std::string& method, Work work) {
  bool done = false;
  const absl::Status status = shard_.Begin(method, done);
  if (status.ok()) return work();
  if (done) (void)work();
  return status;
}

std::string FakeShardStub::address() const {
  return absl::StrCat("fake:", shard_.info.index.value());
}

void FakeShardStub::Lookup(const LookupRequest& request,
                           absl::Span<const absl::Span<float>>, absl::Time,
                           LookupDone done) {
  done(Do<absl::StatusOr<LookupReply>>(
      "Lookup", [&]() -> absl::StatusOr<LookupReply> {
        auto storage = std::make_shared<std::vector<std::vector<float>>>();
        for (const LookupInput& input : request.inputs) {
          ROWHOUSE_RETURN_IF_ERROR(shard_.FindTable(input.table).status());
          std::vector<float>& out = storage->emplace_back();
          const BagsView& bags = input.bags;
          for (std::size_t b = 0; b < bags.bags(); ++b) {
            const bool single = bags.row_splits.empty();
            const std::size_t begin = single ? b : bags.row_splits[b];
            const std::size_t end = single ? b + 1 : bags.row_splits[b + 1];
            float sum = 0.0f;
            for (std::size_t i = begin; i < end; ++i) {
              const float weight = bags.weights.empty() ? 1 : bags.weights[i];
              sum += weight * static_cast<float>(bags.ids[i]);
            }
            out.insert(out.end(), input.dim, sum);
          }
        }
        LookupReply reply;
        for (const auto& values : *storage) reply.values.push_back(values);
        reply.storage = storage;
        return reply;
      }));
}

void FakeShardStub::Push(const PushRequest& request, absl::Time,
                         PushDone done) {
  done(Do<absl::StatusOr<PushReply>>("Push", [&] {
    FakeShard::Push push{request.header, {}};
    for (const PushInput& input : request.inputs) {
      push.inputs.push_back({std::string(input.table), Copy(input.bags.ids),
                             Copy(input.bags.weights),
                             Copy(input.bags.row_splits), Copy(input.gradients),
                             input.table_step, input.learning_rate});
    }
    return shard_.Apply(std::move(push));
  }));
}

void FakeShardStub::WriteRows(const WriteRowsRequest& request, absl::Time,
                              PushDone done) {
  done(Do<absl::StatusOr<PushReply>>("WriteRows", [&] {
    FakeShard::Push push{request.header, {}};
    push.inputs.push_back({std::string(request.table),
                           Copy(request.ids),
                           Copy(request.slots),
                           {},
                           Copy(request.weights)});
    return shard_.Apply(std::move(push));
  }));
}

absl::StatusOr<RowsReply> FakeShardStub::ReadRows(
    const ReadRowsRequest& request, absl::Time) {
  return Do<absl::StatusOr<RowsReply>>("ReadRows", [&] {
    RowsReply reply;
    reply.dim = 1;
    reply.slot_floats = 1;
    for (const Id id : request.ids) {
      reply.stored.push_back(id % 2);
      reply.lsns.push_back(id + 100);
      reply.weights.push_back(static_cast<float>(id));
      reply.slots.push_back(static_cast<float>(id) + 0.5f);
    }
    return reply;
  });
}

absl::StatusOr<OpenSessionReply> FakeShardStub::OpenSession(absl::Time) {
  return Do<absl::StatusOr<OpenSessionReply>>("OpenSession", [&] {
    MutexLock lock(shard_.mu_);
    const std::uint64_t number = ++shard_.last_session_;
    shard_.sessions_.insert(number);
    OpenSessionReply reply;
    reply.session = {shard_.info.index.value() + 1000, number};
    reply.restore_id = shard_.info.restore_id;
    reply.wanted_snapshot_epoch = shard_.wanted_;
    shard_.epochs_[number] = shard_.wanted_;
    return reply;
  });
}

absl::Status FakeShardStub::CreateTable(const TableSpec& spec,
                                        TableIncarnation incarnation,
                                        absl::Time) {
  return Do<absl::Status>("CreateTable", [&] {
    MutexLock lock(shard_.mu_);
    const auto [it, added] =
        shard_.tables_.try_emplace(spec.name, TableInfo{spec, incarnation});
    if (added ||
        (it->second.spec == spec && it->second.incarnation == incarnation)) {
      return absl::OkStatus();
    }
    return absl::AlreadyExistsError(spec.name);
  });
}

absl::Status FakeShardStub::DropTable(const DropTableRequest& request,
                                      absl::Time) {
  return Do<absl::Status>("DropTable", [&]() -> absl::Status {
    MutexLock lock(shard_.mu_);
    if (request.shard_incarnation != shard_.info.incarnation) {
      return absl::FailedPreconditionError("another shard incarnation");
    }
    const auto it = shard_.tables_.find(request.name);
    if (it == shard_.tables_.end() ||
        it->second.incarnation != request.incarnation) {
      return absl::NotFoundError(request.name);
    }
    shard_.tables_.erase(it);
    return absl::OkStatus();
  });
}

absl::StatusOr<TableInfo> FakeShardStub::DescribeTable(absl::string_view name,
                                                       absl::Time) {
  return Do<absl::StatusOr<TableInfo>>("DescribeTable",
                                       [&] { return shard_.FindTable(name); });
}

absl::StatusOr<std::vector<TableInfo>> FakeShardStub::ListTables(absl::Time) {
  return Do<absl::StatusOr<std::vector<TableInfo>>>(
      "ListTables", [&] { return shard_.tables(); });
}

absl::StatusOr<ShardInfo> FakeShardStub::GetShardInfo(absl::Time) {
  return Do<absl::StatusOr<ShardInfo>>("GetShardInfo", [&] {
    ShardInfo info = shard_.info;
    info.tables = shard_.tables().size();
    MutexLock lock(shard_.mu_);
    info.snapshot_epoch = shard_.wanted_;
    if (shard_.restoring_ != 0 && shard_.restoring_ != info.restore_id) {
      info.state = "restoring";
    }
    return info;
  });
}

absl::StatusOr<std::uint64_t> FakeShardStub::Heartbeat(
    const HeartbeatRequest& request, absl::Time) {
  return Do<absl::StatusOr<std::uint64_t>>(
      "Heartbeat", [&]() -> absl::StatusOr<std::uint64_t> {
        MutexLock lock(shard_.mu_);
        if (!shard_.sessions_.contains(request.session.number)) {
          return absl::FailedPreconditionError("unknown session");
        }
        std::uint64_t& epoch = shard_.epochs_[request.session.number];
        epoch = std::max(epoch, request.snapshot_epoch);
        return shard_.wanted_;
      });
}

absl::Status FakeShardStub::EndSession(const SessionName& session, absl::Time) {
  return Do<absl::Status>("EndSession", [&] {
    MutexLock lock(shard_.mu_);
    shard_.sessions_.erase(session.number);
    return absl::OkStatus();
  });
}

absl::Status FakeShardStub::OpenCheckpoint(absl::string_view, std::uint64_t,
                                           absl::Time) {
  return Do<absl::Status>("OpenCheckpoint", [] { return absl::OkStatus(); });
}

absl::StatusOr<ShardCheckpoint> FakeShardStub::CloseCheckpoint(
    absl::string_view name, std::uint64_t epoch, absl::Time) {
  return Do<absl::StatusOr<ShardCheckpoint>>(
      "CloseCheckpoint", [&]() -> absl::StatusOr<ShardCheckpoint> {
        MutexLock lock(shard_.mu_);
        shard_.wanted_ = std::max(shard_.wanted_, epoch + 1);
        for (const std::uint64_t session : shard_.sessions_) {
          if (shard_.epochs_[session] > epoch) continue;
          return absl::UnavailableError("waits for a session");
        }
        return ShardCheckpoint{shard_.info.index, 10, 20, std::string(name)};
      });
}

absl::Status FakeShardStub::AbortCheckpoint(absl::string_view, std::uint64_t,
                                            absl::Time) {
  return Do<absl::Status>("AbortCheckpoint", [] { return absl::OkStatus(); });
}

absl::Status FakeShardStub::DeleteCheckpoint(absl::string_view name,
                                             absl::Time) {
  return Do<absl::Status>("DeleteCheckpoint", [&] {
    MutexLock lock(shard_.mu_);
    return shard_.checkpoints_.erase(std::string(name)) == 1
               ? absl::OkStatus()
               : absl::NotFoundError(std::string(name));
  });
}

absl::StatusOr<CheckpointInfo> FakeShardStub::CommitCheckpoint(
    absl::string_view name, std::uint64_t epoch,
    const std::vector<ShardCheckpoint>& parts, absl::Time) {
  return Do<absl::StatusOr<CheckpointInfo>>("CommitCheckpoint", [&] {
    CheckpointInfo checkpoint;
    checkpoint.name = std::string(name);
    checkpoint.snapshot_epoch = epoch;
    checkpoint.shards = parts;
    for (const ShardCheckpoint& part : parts) checkpoint.rows += part.rows;
    MutexLock lock(shard_.mu_);
    shard_.checkpoints_[checkpoint.name] = checkpoint;
    return checkpoint;
  });
}

absl::StatusOr<CheckpointListing> FakeShardStub::ListCheckpoints(absl::Time) {
  return Do<absl::StatusOr<CheckpointListing>>("ListCheckpoints", [&] {
    MutexLock lock(shard_.mu_);
    CheckpointListing listing;
    for (const auto& [name, info] : shard_.checkpoints_) {
      listing.complete.push_back(info);
    }
    listing.unreadable = shard_.unreadable;
    return listing;
  });
}

absl::Status FakeShardStub::BeginRestore(const RestoreRequest& request,
                                         absl::Time) {
  return Do<absl::Status>("BeginRestore", [&]() -> absl::Status {
    MutexLock lock(shard_.mu_);
    const std::uint64_t next = request.incarnation + 1000;
    if (shard_.info.incarnation != request.incarnation &&
        shard_.info.incarnation != next) {
      return absl::FailedPreconditionError("another restore since");
    }
    shard_.info.incarnation = next;
    shard_.sessions_.clear();
    shard_.restoring_ = request.restore_id;
    shard_.info.restore_id = 0;  // that of one that has its rows
    return absl::OkStatus();
  });
}

absl::Status FakeShardStub::FinishRestore(absl::string_view,
                                          std::uint64_t restore_id,
                                          absl::Time) {
  return Do<absl::Status>("FinishRestore", [&] {
    MutexLock lock(shard_.mu_);
    if (shard_.restoring_ != restore_id) {
      return absl::FailedPreconditionError("another restore");
    }
    shard_.info.restore_id = restore_id;
    return absl::OkStatus();
  });
}

FakeCluster::FakeCluster(std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) {
    shards.push_back(std::make_unique<FakeShard>(i, count));
  }
}

std::vector<std::unique_ptr<ShardStub>> FakeCluster::Stubs() {
  std::vector<std::unique_ptr<ShardStub>> stubs;
  for (const auto& shard : shards) {
    stubs.push_back(std::make_unique<FakeShardStub>(*shard));
  }
  return stubs;
}

void FakeCluster::AddTable(const TableSpec& spec, std::uint64_t incarnation) {
  for (const auto& shard : shards) shard->AddTable(spec, incarnation);
}

}  // namespace rowhouse::internal
