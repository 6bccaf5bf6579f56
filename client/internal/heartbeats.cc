#include "client/internal/heartbeats.h"

#include <cstdint>

#include "base/status_macros.h"

namespace rowhouse::internal {

Heartbeats::Heartbeats(Cluster& cluster, PushSender& sender,
                       PushPipeline& pipeline, absl::Duration period)
    : cluster_(cluster), sender_(sender), pipeline_(pipeline), period_(period) {
  if (period_ > absl::ZeroDuration()) thread_ = std::thread([this] { Run(); });
}

Heartbeats::~Heartbeats() {
  {
    MutexLock lock(mu_);
    stop_ = true;
  }
  changed_.NotifyAll();
  if (thread_.joinable()) thread_.join();
}

void Heartbeats::Beat(absl::Time deadline) {
  Tell(deadline);
  if (sender_.IsWanted() && pipeline_.MoveIfIdle(deadline)) Tell(deadline);
}

void Heartbeats::Hurry() {
  if (!sender_.IsWanted()) return;
  {
    MutexLock lock(mu_);
    hurry_ = true;
  }
  changed_.NotifyAll();
}

void Heartbeats::Run() {
  for (;;) {
    {
      MutexLock lock(mu_);
      if (!stop_ && !hurry_) changed_.WaitFor(mu_, period_);
      if (stop_) return;
      hurry_ = false;
    }
    Beat(cluster_.retry().clock().Now() + period_);
  }
}

void Heartbeats::Tell(absl::Time deadline) {
  const PushSender::Signs signs = sender_.signs();
  if (signs.sessions.empty()) return;
  // A session that has ended is for the next push to find out.
  cluster_
      .ForEachShard(
          Idempotency::kOnce, deadline,
          [&](ShardIndex shard, ShardStub& stub,
              absl::Time at) -> absl::Status {
            ROWHOUSE_ASSIGN_OR_RETURN(
                const std::uint64_t wanted,
                stub.Heartbeat({.map_version = cluster_.map().version(),
                                .session = signs.sessions[shard.value()],
                                .snapshot_epoch = signs.snapshot_epoch},
                               at));
            sender_.Want(wanted);
            return absl::OkStatus();
          })
      .IgnoreError();
}

}  // namespace rowhouse::internal
