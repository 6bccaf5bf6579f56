// Tells every shard that the client lives and which snapshot epoch it has come
// to, and brings it to the epoch that they want while it does not push.
#ifndef ROWHOUSE_CLIENT_INTERNAL_HEARTBEATS_H_
#define ROWHOUSE_CLIENT_INTERNAL_HEARTBEATS_H_

#include <thread>

#include "absl/time/time.h"
#include "base/mutex.h"
#include "client/internal/cluster.h"
#include "client/internal/push_pipeline.h"
#include "client/internal/push_sender.h"

namespace rowhouse::internal {

// Thread-safe.
class Heartbeats {
 public:
  // Borrows all of them. Every `period` from now on, in a thread of its own;
  // 0: only when Beat is called.
  Heartbeats(Cluster& cluster, PushSender& sender, PushPipeline& pipeline,
             absl::Duration period);
  ~Heartbeats();
  Heartbeats(const Heartbeats&) = delete;
  Heartbeats& operator=(const Heartbeats&) = delete;

  // One round to every shard that a session is open on, and a second one when
  // that made the client move. Shards that do not answer by `deadline` are left
  // for the next.
  void Beat(absl::Time deadline);

  // Beats soon, not at the end of the period, if a shard wants another epoch.
  void Hurry();

 private:
  void Run();
  void Tell(absl::Time deadline);

  Cluster& cluster_;
  PushSender& sender_;
  PushPipeline& pipeline_;
  const absl::Duration period_;

  Mutex mu_;
  CondVar changed_;
  bool stop_ ABSL_GUARDED_BY(mu_) = false;
  bool hurry_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_HEARTBEATS_H_
