// All shards of a cluster, known to belong together, and the ways to call them.
#ifndef ROWHOUSE_CLIENT_INTERNAL_CLUSTER_H_
#define ROWHOUSE_CLIENT_INTERNAL_CLUSTER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/executor.h"
#include "base/requests.h"
#include "client/internal/retry.h"
#include "client/internal/shard_stub.h"
#include "rowhouse/shard_map.h"

namespace rowhouse::internal {

// One shard's part of a call to several.
struct ShardCall {
  ShardIndex shard;
  absl::Status status = absl::UnavailableError("not called yet");
  // A try before the last one, or the last, ended without an answer: the shard
  // may have done what was asked, whatever `status` says.
  bool unanswered = false;
  // `status` is UNAVAILABLE because the shard has no room for now.
  bool full = false;
};

// Thread-safe. Which shard is where is fixed when it is made.
class Cluster {
 public:
  struct Options {
    RetryOptions retry;
    Clock* clock = &SystemClock();
    Sleeper* sleeper = &SystemSleeper();
    // Runs blocking calls to several shards side by side; null: one by one.
    std::unique_ptr<Executor> executor;
  };

  // Asks every stub who it is, waiting for servers that are not up yet until
  // the timeout. INVALID_ARGUMENT: no stub or too many, or a shard given twice
  // or missing. FAILED_PRECONDITION: shards that differ in the cluster's size
  // or map version, or serve other buckets than the map says.
  static absl::StatusOr<std::unique_ptr<Cluster>> Join(
      std::vector<std::unique_ptr<ShardStub>> stubs, Options options);

  const ShardMap& map() const { return map_; }
  std::uint32_t shard_count() const { return map_.shard_count(); }
  ShardStub& stub(ShardIndex shard) { return *stubs_[shard.value()]; }
  RetryLoop& retry() { return retry_; }

  // Calls `call` for every shard, with retries, and returns the error of the
  // first shard that has one, naming it.
  using Call = absl::FunctionRef<absl::Status(ShardIndex, ShardStub&,
                                              absl::Time try_deadline)>;
  absl::Status ForEachShard(Idempotency idempotency, absl::Time deadline,
                            Call call);

  // Starts a call to each shard in `calls` whose status is transient, waits for
  // all, and repeats those that end so again; fills in how each ended. `start`
  // must call its `done` once, from any thread. Repeatable calls only. Called
  // again with the same calls, it goes on where it gave up. `judge` sees all
  // calls when every one of a try has ended, and may change how: what becomes
  // of one may depend on the others.
  using Done = absl::AnyInvocable<void(absl::Status)>;
  using Start = absl::FunctionRef<void(std::size_t call,
                                       absl::Time try_deadline, Done done)>;
  using Judge = absl::FunctionRef<void(std::vector<ShardCall>& calls)>;
  static void AsAnswered(std::vector<ShardCall>&) {}
  void FanOut(absl::Time deadline, std::vector<ShardCall>& calls, Start start,
              Judge judge = AsAnswered);

  // What every shard says of itself, by shard.
  absl::StatusOr<std::vector<ShardInfo>> Infos(absl::Time deadline);
  // As Join: the shards are still those that were joined.
  absl::Status CheckMembers(absl::Time deadline);

  // "shard 2 (host:port)".
  std::string Name(ShardIndex shard) const;
  // The status with the shard's name before its message; OK stays OK.
  absl::Status Named(ShardIndex shard, const absl::Status& status) const;

 private:
  Cluster(std::vector<std::unique_ptr<ShardStub>> stubs, ShardMap map,
          Options options);

  std::vector<std::unique_ptr<ShardStub>> stubs_;  // by shard
  const ShardMap map_;
  std::unique_ptr<Executor> executor_;
  RetryLoop retry_;
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_CLUSTER_H_
