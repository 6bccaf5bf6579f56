// The order of a client's pushes: those that callers wait for and those that a
// thread sends for them.
#ifndef ROWHOUSE_CLIENT_INTERNAL_PUSH_PIPELINE_H_
#define ROWHOUSE_CLIENT_INTERNAL_PUSH_PIPELINE_H_

#include <deque>
#include <optional>
#include <thread>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "client/internal/outgoing_push.h"
#include "client/internal/push_sender.h"
#include "client/internal/turns.h"

namespace rowhouse::internal {

// Thread-safe. Pushes go out one after the other, in the order of the calls.
class PushPipeline {
 public:
  // Borrows `sender`, which only the holder of the turn uses. `timeout` bounds
  // each queued push and the wait of the destructor.
  PushPipeline(PushSender& sender, Clock& clock, absl::Duration timeout);
  // Sends what is queued, up to the timeout; drops the rest with a log line.
  ~PushPipeline();
  PushPipeline(const PushPipeline&) = delete;
  PushPipeline& operator=(const PushPipeline&) = delete;

  // Sends it in its turn and returns what PushSender::Send does. ABORTED also
  // when the turn did not come.
  absl::StatusOr<PushOutcome> Push(OutgoingPush push, PushTerms terms,
                                   absl::Time deadline);
  // Queues it. ABORTED when kQueuedPushesMax stay queued until the deadline.
  // REQUIRES: nothing in `push` belongs to the caller.
  absl::Status PushAsync(OutgoingPush push, PushTerms terms,
                         absl::Time deadline);
  // Waits for everything called before it and completes the push without an
  // answer. UNAVAILABLE, DEADLINE_EXCEEDED: that was not done in time; errors
  // wait for the next Flush. Else returns, once, the error of the first push
  // that failed since the last such Flush, of those that were queued and those
  // whose outcome Push could not tell. An outcome that was unknown for a while
  // is no error.
  absl::Status Flush(absl::Time deadline);

  // The pushes called before are one step, and the next one begins another:
  // between the two the client may move to another epoch. Who never calls it
  // may move between any two pushes.
  void EndStep();

  // Moves to the epoch that shards want if no push is under way or waiting, and
  // the last one ended a step; one whose outcome is unknown is completed first,
  // until `deadline`. True: it has moved.
  bool MoveIfIdle(absl::Time deadline);

  // Calls `fn` in its turn: no push is under way meanwhile. DEADLINE_EXCEEDED
  // when the turn did not come: then `fn` was not called.
  absl::Status Alone(absl::Time deadline,
                     absl::FunctionRef<absl::Status(PushSender&)> fn);

 private:
  struct Queued {
    Turns::Turn turn;
    OutgoingPush push;
    PushTerms terms;
  };

  struct Failure {
    Turns::Turn turn;
    absl::Status status;
  };

  // The place of a push in the order of the calls, and of the steps.
  Turns::Turn JoinPush(PushTerms& terms) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void SendQueued();
  // Both for the holder of the turn, before it leaves.
  absl::StatusOr<PushOutcome> SendInTurn(Turns::Turn turn, OutgoingPush push,
                                         const PushTerms& terms,
                                         absl::Time deadline);
  void RememberLateRefusal();
  // Keeps the failure of the earliest turn. A push that was kept may be refused
  // after those behind it have failed, and comes before them nevertheless.
  void Remember(Turns::Turn turn, const absl::Status& status);
  // Waits for the next queued push; false when there will be none.
  bool Next(std::optional<Queued>& queued);

  PushSender& sender_;
  Clock& clock_;
  const absl::Duration timeout_;
  Turns turns_;
  // Of the latest push that was kept. For the holder of the turn.
  Turns::Turn kept_ = 0;

  Mutex mu_;  // before the mutex inside turns_
  CondVar changed_;
  std::deque<Queued> queue_ ABSL_GUARDED_BY(mu_);
  bool stop_ ABSL_GUARDED_BY(mu_) = false;
  bool ends_steps_ ABSL_GUARDED_BY(mu_) = false;  // EndStep was ever called
  bool between_steps_ ABSL_GUARDED_BY(mu_) = true;
  absl::Time drain_deadline_ ABSL_GUARDED_BY(mu_) = absl::InfiniteFuture();
  std::optional<Failure> first_failure_ ABSL_GUARDED_BY(mu_);
  std::thread thread_ ABSL_GUARDED_BY(mu_);  // started by the first PushAsync
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_PUSH_PIPELINE_H_
