#include "client/internal/cluster.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/internal/latch.h"
#include "client/internal/membership.h"

namespace rowhouse::internal {
namespace {

absl::Status WithName(const std::string& name, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      absl::StrCat(name, ": ", status.message()));
}

// Calls fn(0) .. fn(count - 1) and returns the first error by index.
absl::Status ForEach(Executor* executor, std::size_t count,
                     absl::FunctionRef<absl::Status(std::size_t)> fn) {
  std::vector<absl::Status> statuses(count);
  const auto one = [&](std::size_t i) { statuses[i] = fn(i); };
  if (executor == nullptr) {
    for (std::size_t i = 0; i < count; ++i) one(i);
  } else {
    executor->ForEach(count, one);
  }
  for (const absl::Status& status : statuses) {
    ROWHOUSE_RETURN_IF_ERROR(status);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Cluster>> Cluster::Join(
    std::vector<std::unique_ptr<ShardStub>> stubs, Options options) {
  if (stubs.empty() || stubs.size() > kShardsMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        stubs.size(), " addresses; a cluster has 1 to ", kShardsMax));
  }
  RetryLoop retry(options.retry, *options.clock, *options.sleeper);
  const absl::Time deadline = retry.Deadline();
  std::vector<Member> members(stubs.size());
  ROWHOUSE_RETURN_IF_ERROR(
      ForEach(options.executor.get(), stubs.size(), [&](std::size_t i) {
        members[i].address = stubs[i]->address();
        const std::string& address = members[i].address;
        return retry.Run(Idempotency::kRepeatable, deadline,
                         [&](absl::Time try_deadline) {
                           auto info = stubs[i]->GetShardInfo(try_deadline);
                           if (!info.ok()) {
                             return WithName(address, info.status());
                           }
                           members[i].info = *std::move(info);
                           return absl::OkStatus();
                         });
      }));
  ROWHOUSE_ASSIGN_OR_RETURN(ShardMap map, CheckMembership(members));
  std::vector<std::unique_ptr<ShardStub>> by_shard(stubs.size());
  for (std::size_t i = 0; i < stubs.size(); ++i) {
    by_shard[members[i].info.index.value()] = std::move(stubs[i]);
  }
  return std::unique_ptr<Cluster>(
      new Cluster(std::move(by_shard), std::move(map), std::move(options)));
}

Cluster::Cluster(std::vector<std::unique_ptr<ShardStub>> stubs, ShardMap map,
                 Options options)
    : stubs_(std::move(stubs)),
      map_(std::move(map)),
      executor_(std::move(options.executor)),
      retry_(options.retry, *options.clock, *options.sleeper) {}

absl::Status Cluster::ForEachShard(Idempotency idempotency, absl::Time deadline,
                                   Call call) {
  return ForEach(executor_.get(), stubs_.size(), [&](std::size_t i) {
    const ShardIndex shard(static_cast<std::uint32_t>(i));
    return retry_.Run(idempotency, deadline, [&](absl::Time try_deadline) {
      return Named(shard, call(shard, *stubs_[i], try_deadline));
    });
  });
}

void Cluster::FanOut(absl::Time deadline, std::vector<ShardCall>& calls,
                     Start start, Judge judge) {
  std::vector<std::size_t> pending;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (IsTransient(calls[i].status)) pending.push_back(i);
  }
  // Its status is that of the last call that is still pending, which `calls`
  // says better.
  (void)retry_.Run(
      Idempotency::kRepeatable, deadline, [&](absl::Time try_deadline) {
        Latch latch(pending.size());
        for (const std::size_t i : pending) {
          start(i, try_deadline, [&calls, &latch, i](absl::Status status) {
            calls[i].status = std::move(status);
            latch.CountDown();
          });
        }
        latch.Wait();
        judge(calls);
        absl::Status result;
        std::vector<std::size_t> again;
        for (const std::size_t i : pending) {
          if (!IsTransient(calls[i].status)) continue;
          // One without room has answered that it did nothing.
          if (!calls[i].full) calls[i].unanswered = true;
          again.push_back(i);
          result = Named(calls[i].shard, calls[i].status);
        }
        pending = std::move(again);
        return result;
      });
}

absl::StatusOr<std::vector<ShardInfo>> Cluster::Infos(absl::Time deadline) {
  std::vector<ShardInfo> infos(stubs_.size());
  ROWHOUSE_RETURN_IF_ERROR(ForEachShard(
      Idempotency::kRepeatable, deadline,
      [&](ShardIndex shard, ShardStub& stub, absl::Time at) -> absl::Status {
        ROWHOUSE_ASSIGN_OR_RETURN(infos[shard.value()], stub.GetShardInfo(at));
        return absl::OkStatus();
      }));
  return infos;
}

absl::Status Cluster::CheckMembers(absl::Time deadline) {
  ROWHOUSE_ASSIGN_OR_RETURN(std::vector<ShardInfo> infos, Infos(deadline));
  std::vector<Member> members;
  for (std::size_t i = 0; i < infos.size(); ++i) {
    if (infos[i].index.value() != i || infos[i].map_version != map_.version()) {
      return absl::FailedPreconditionError(absl::StrCat(
          stubs_[i]->address(), " was shard ", i, " of map version ",
          map_.version(), " and is now shard ", infos[i].index.value(),
          " of map version ", infos[i].map_version, ": connect again"));
    }
    members.push_back({stubs_[i]->address(), std::move(infos[i])});
  }
  return CheckMembership(members).status();
}

std::string Cluster::Name(ShardIndex shard) const {
  return absl::StrCat("shard ", shard.value(), " (",
                      stubs_[shard.value()]->address(), ")");
}

absl::Status Cluster::Named(ShardIndex shard,
                            const absl::Status& status) const {
  return WithName(Name(shard), status);
}

}  // namespace rowhouse::internal
