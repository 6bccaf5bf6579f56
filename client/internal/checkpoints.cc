#include "client/internal/checkpoints.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"

namespace rowhouse::internal {
namespace {

constexpr ShardIndex kFirstShard(0);

// For telling shards that a checkpoint is given up; one that does not hear it
// gives it up by itself when nobody asks for it any more.
constexpr absl::Duration kGiveUpTimeout = absl::Seconds(5);

CheckpointSummary Summary(const CheckpointInfo& info) {
  return {info.name,           info.created,
          info.snapshot_epoch, info.rows,
          info.bytes,          static_cast<std::uint32_t>(info.shards.size())};
}

absl::Status Close(Cluster& cluster, absl::string_view name,
                   std::uint64_t epoch, absl::Time at,
                   std::vector<ShardCheckpoint>& parts) {
  std::vector<absl::Status> ends(cluster.shard_count());
  ROWHOUSE_RETURN_IF_ERROR(cluster.ForEachShard(
      Idempotency::kOnce, at,
      [&](ShardIndex shard, ShardStub& stub, absl::Time) {
        auto part = stub.CloseCheckpoint(name, epoch, at);
        ends[shard.value()] = cluster.Named(shard, part.status());
        if (part.ok()) parts[shard.value()] = *std::move(part);
        return absl::OkStatus();
      }));
  // One shard that gave up is an end, however many others wait for clients.
  absl::Status waits;
  for (const absl::Status& end : ends) {
    if (!end.ok() && !IsTransient(end)) return end;
    waits.Update(end);
  }
  return waits;
}

// `why` ended the making of a checkpoint that may be there nevertheless, and
// `then` kept us from finding out.
absl::Status Unknown(absl::string_view name, const absl::Status& why,
                     absl::string_view what, const absl::Status& then) {
  return absl::Status(
      why.code(),
      absl::StrCat("the outcome of checkpoint '", name,
                   "' is unknown: ", why.message(), "; nor could it be ", what,
                   " (", then.message(),
                   "): the list of checkpoints tells whether it is there"));
}

// The checkpoint of `parts`, whose commit was sent and failed with `why`, when
// it is there. Only its parts tell it from another of that name and epoch:
// epochs begin anew with the data directories, the checkpoints go on.
absl::StatusOr<CheckpointSummary> LookFor(
    Cluster& cluster, absl::string_view name,
    const std::vector<ShardCheckpoint>& parts, const absl::Status& why) {
  const absl::Time deadline = cluster.retry().clock().Now() + kGiveUpTimeout;
  CheckpointListing all;
  const absl::Status listed = cluster.retry().Run(
      Idempotency::kRepeatable, deadline, [&](absl::Time at) -> absl::Status {
        ROWHOUSE_ASSIGN_OR_RETURN(
            all, cluster.stub(kFirstShard).ListCheckpoints(at));
        return absl::OkStatus();
      });
  if (!listed.ok()) return Unknown(name, why, "looked for", listed);
  for (const CheckpointInfo& info : all.complete) {
    if (info.name != name) continue;
    if (info.shards == parts) return Summary(info);
    return absl::AlreadyExistsError(absl::StrCat(
        "the name '", name, "' is taken by another checkpoint, of ",
        absl::FormatTime(info.created, absl::UTCTimeZone()), ": ",
        why.message()));
  }
  return why;
}

// Takes away what a checkpoint that came to nothing has left. `committed` has
// the parts of a commit that was sent, which may have been done and not
// answered: then there is the checkpoint. Null: none was sent.
absl::StatusOr<CheckpointSummary> GiveUp(
    Cluster& cluster, absl::string_view name, std::uint64_t epoch,
    const std::vector<ShardCheckpoint>* committed, const absl::Status& why) {
  const absl::Time deadline = cluster.retry().clock().Now() + kGiveUpTimeout;
  // Shard 0 is who commits.
  absl::Status aborted = absl::UnavailableError("shard 0 was not asked");
  cluster
      .ForEachShard(Idempotency::kRepeatable, deadline,
                    [&](ShardIndex shard, ShardStub& stub, absl::Time at) {
                      const absl::Status status =
                          stub.AbortCheckpoint(name, epoch, at);
                      if (shard == kFirstShard) aborted = status;
                      return status;
                    })
      .IgnoreError();  // one that did not hear of it gives its part up itself
  // Without a commit, what is there is not ours, whatever it is called.
  if (committed == nullptr || aborted.ok()) return why;
  if (!absl::IsAlreadyExists(aborted)) {
    return Unknown(name, why, "taken back", aborted);
  }
  return LookFor(cluster, name, *committed, why);
}

bool IsListed(const CheckpointListing& all, absl::string_view name) {
  const auto has_name = [name](const auto& one) { return one.name == name; };
  return absl::c_any_of(all.complete, has_name) ||
         absl::c_any_of(all.unreadable, has_name);
}

absl::Status CheckVisible(ShardStub& stub, absl::string_view name,
                          absl::Time deadline) {
  ROWHOUSE_ASSIGN_OR_RETURN(const CheckpointListing listing,
                            stub.ListCheckpoints(deadline));
  const auto is_it = [&](const auto& one) { return one.name == name; };
  const auto& complete = listing.complete;
  if (std::any_of(complete.begin(), complete.end(), is_it)) {
    return absl::OkStatus();
  }
  const auto it =
      std::find_if(listing.unreadable.begin(), listing.unreadable.end(), is_it);
  if (it != listing.unreadable.end()) return it->why;
  return absl::NotFoundError(absl::StrCat("no complete checkpoint '", name,
                                          "' among ", complete.size()));
}

absl::Status CheckEmpty(const ShardInfo& info) {
  if (info.tables == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("it has ", info.tables,
                   " tables, which a restore replaces only when told to "
                   "(rowhouse checkpoint restore NAME --replace --yes)"));
}

// What a restore that failed has left of the shards.
std::string Left(Cluster& cluster, const absl::Status& why) {
  const absl::Time deadline = cluster.retry().clock().Now() + kGiveUpTimeout;
  std::vector<std::string> states(cluster.shard_count());
  const absl::Status asked = cluster.ForEachShard(
      Idempotency::kRepeatable, deadline,
      [&](ShardIndex shard, ShardStub& stub, absl::Time at) -> absl::Status {
        ROWHOUSE_ASSIGN_OR_RETURN(const ShardInfo info, stub.GetShardInfo(at));
        states[shard.value()] = info.state;
        return absl::OkStatus();
      });
  std::vector<std::size_t> begun;
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (states[i] == "restoring") begun.push_back(i);
  }
  constexpr absl::string_view kRefuse =
      "refuse requests until a restore with replacement succeeds";
  if (!begun.empty()) {
    return absl::StrCat("was cut short, shards that began it (",
                        absl::StrJoin(begun, ", "), ") ", kRefuse);
  }
  // One that has not answered may begin yet.
  if (!asked.ok() || IsTransient(why)) {
    return absl::StrCat("was cut short, shards that began it, if any, ",
                        kRefuse);
  }
  return "failed and changed nothing";
}

}  // namespace

absl::StatusOr<CheckpointSummary> CreateCheckpoint(
    Cluster& cluster, absl::string_view name, absl::Time deadline,
    absl::FunctionRef<void()> beat) {
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<ShardInfo> infos,
                            cluster.Infos(deadline));
  std::uint64_t epoch = 0;
  for (const ShardInfo& info : infos) {
    epoch = std::max(epoch, info.snapshot_epoch);
  }
  std::vector<ShardCheckpoint> parts(cluster.shard_count());
  absl::Status status =
      cluster.ForEachShard(Idempotency::kRepeatable, deadline,
                           [&](ShardIndex, ShardStub& stub, absl::Time at) {
                             return stub.OpenCheckpoint(name, epoch, at);
                           });
  // No client may go on before every shard has copied its rows.
  if (status.ok()) {
    status = cluster.retry().Run(
        Idempotency::kRepeatable, deadline, [&](absl::Time at) {
          beat();
          return Close(cluster, name, epoch, at, parts);
        });
  }
  const bool commits = status.ok();
  if (commits) {
    const auto info = cluster.stub(kFirstShard)
                          .CommitCheckpoint(name, epoch, parts, deadline);
    if (info.ok()) return Summary(*info);
    status = cluster.Named(kFirstShard, info.status());
  }
  return GiveUp(cluster, name, epoch, commits ? &parts : nullptr, status);
}

absl::Status DeleteCheckpoint(Cluster& cluster, absl::string_view name,
                              absl::Time deadline) {
  bool was_there = false;
  const absl::Status status = cluster.retry().Run(
      Idempotency::kRepeatable, deadline, [&](absl::Time at) -> absl::Status {
        ShardStub& stub = cluster.stub(kFirstShard);
        if (!was_there) {
          ROWHOUSE_ASSIGN_OR_RETURN(const CheckpointListing all,
                                    stub.ListCheckpoints(at));
          was_there = IsListed(all, name);
        }
        absl::Status deleted = stub.DeleteCheckpoint(name, at);
        // By a try before, whose answer was lost, or by somebody else.
        if (was_there && absl::IsNotFound(deleted)) deleted = absl::OkStatus();
        return deleted;
      });
  return cluster.Named(kFirstShard, status);
}

absl::StatusOr<std::vector<CheckpointSummary>> ListCheckpoints(
    Cluster& cluster, absl::Time deadline,
    std::vector<UnreadableCheckpoint>* unreadable) {
  std::vector<CheckpointSummary> summaries;
  const absl::Status status = cluster.retry().Run(
      Idempotency::kRepeatable, deadline, [&](absl::Time at) -> absl::Status {
        ROWHOUSE_ASSIGN_OR_RETURN(
            const CheckpointListing listing,
            cluster.stub(kFirstShard).ListCheckpoints(at));
        summaries.clear();
        for (const CheckpointInfo& info : listing.complete) {
          summaries.push_back(Summary(info));
        }
        if (unreadable == nullptr) return absl::OkStatus();
        unreadable->clear();
        for (const CheckpointListing::Unreadable& one : listing.unreadable) {
          unreadable->push_back({one.name, one.why});
        }
        return absl::OkStatus();
      });
  if (!status.ok()) return cluster.Named(kFirstShard, status);
  return summaries;
}

absl::Status RestoreCheckpoint(Cluster& cluster, absl::string_view name,
                               std::uint64_t restore_id, bool replace,
                               absl::Time deadline) {
  std::vector<std::uint64_t> incarnations(cluster.shard_count());
  ROWHOUSE_RETURN_IF_ERROR(cluster.ForEachShard(
      Idempotency::kRepeatable, deadline,
      [&](ShardIndex shard, ShardStub& stub, absl::Time at) -> absl::Status {
        ROWHOUSE_RETURN_IF_ERROR(CheckVisible(stub, name, at));
        ROWHOUSE_ASSIGN_OR_RETURN(const ShardInfo info, stub.GetShardInfo(at));
        incarnations[shard.value()] = info.incarnation;
        return replace ? absl::OkStatus() : CheckEmpty(info);
      }));
  // Loading may outlast a try, or its answer be lost: a shard that is asked
  // again says whether it is under way or done.
  absl::Status status = cluster.ForEachShard(
      Idempotency::kRepeatable, deadline,
      [&](ShardIndex shard, ShardStub& stub, absl::Time at) {
        return stub.BeginRestore({.name = std::string(name),
                                  .restore_id = restore_id,
                                  .replace = replace,
                                  .incarnation = incarnations[shard.value()]},
                                 at);
      });
  // A shard is opened only when every shard holds the checkpoint.
  if (status.ok()) {
    status =
        cluster.ForEachShard(Idempotency::kRepeatable, deadline,
                             [&](ShardIndex, ShardStub& stub, absl::Time at) {
                               return stub.FinishRestore(name, restore_id, at);
                             });
  }
  if (status.ok()) return status;
  return absl::Status(
      status.code(),
      absl::StrCat("restore ", restore_id, " of '", name, "' ",
                   Left(cluster, status), ": ", status.message()));
}

}  // namespace rowhouse::internal
