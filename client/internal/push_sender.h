// Sends pushes exactly once: sessions, sequences, and what to do when an answer
// does not come.
#ifndef ROWHOUSE_CLIENT_INTERNAL_PUSH_SENDER_H_
#define ROWHOUSE_CLIENT_INTERNAL_PUSH_SENDER_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "client/internal/cluster.h"
#include "client/internal/outgoing_push.h"
#include "client/internal/push_sequencer.h"
#include "client/internal/table_directory.h"
#include "client/internal/table_steps.h"
#include "rowhouse/client.h"

namespace rowhouse::internal {

// Under what a push is sent.
struct PushTerms {
  std::uint64_t restore_id = 0;  // of the life of the tables it belongs to
  std::uint64_t step = 0;
  // Nothing holds it to the epoch of the push before it.
  bool begins_step = true;
};

// `why`, of a push that no shard was sent, in words that say so. UNAVAILABLE
// and DEADLINE_EXCEEDED, which of a push mean that it is kept, become ABORTED:
// it may be pushed again. Other codes stay: it would end so again.
absl::Status NotSent(const absl::Status& why);

// One push at a time. A push without an answer from some shard keeps its bytes
// and its sequence and is completed before the next one: so pushes reach every
// shard in one order, and none is sent twice under two names. A push that a
// shard refuses is over; it is never sent again in another session. For want of
// room (RESOURCE_EXHAUSTED) a shard refuses it only when no part of it is done
// or may be; else that is no answer yet.
//
// Every push belongs to the client's snapshot epoch, which rises when a shard
// wants it, never while a push of the epoch may lack an acknowledgement: a
// checkpoint then holds all pushes of an epoch or none (docs/adr/0014).
//
// Thread-compatible: used by whoever has the turn. restore_id, Signs, Want and
// IsWanted are thread-safe.
class PushSender {
 public:
  PushSender(Cluster& cluster, TableDirectory& tables)
      : cluster_(cluster), tables_(tables), steps_(cluster) {}

  // Begins a session on every shard. FAILED_PRECONDITION when they were not
  // all restored by the same restore, which is so while one is under way.
  absl::Status OpenSessions(absl::Time deadline);
  // Of the tables that sessions were opened for.
  std::uint64_t restore_id() const { return restore_id_.load(); }

  // FAILED_PRECONDITION: a restore has come between, or the sessions ended; new
  // ones are opened.
  // UNAVAILABLE, DEADLINE_EXCEEDED: the outcome is unknown, or a shard has no
  // room for its part while another's is done; Settle or the next Send
  // completes it. If it turns out to be refused, TakeLateRefusal says so.
  // RESOURCE_EXHAUSTED: it has changed nothing and may be pushed again.
  // ABORTED: it was not sent, because an earlier one is still without an answer
  // (and still kept) or sessions could not be opened in time.
  // Else what the shards that refused it said, an ABORTED of theirs as
  // INTERNAL. Messages say which shards applied it.
  absl::StatusOr<PushOutcome> Send(OutgoingPush push, const PushTerms& terms,
                                   absl::Time deadline);

  // Completes the push without an answer, if there is one. UNAVAILABLE,
  // DEADLINE_EXCEEDED: it still has none. Else OK, also when it was refused:
  // that stops nothing that comes after it.
  absl::Status Settle(absl::Time deadline);

  // Gives that push and all sessions up: a restore ends them.
  void Abandon();

  // What heartbeats say: sessions by shard, none when there are none, and the
  // epoch of every push from here on.
  struct Signs {
    std::vector<SessionName> sessions;
    std::uint64_t snapshot_epoch = 0;
  };
  Signs signs() const;
  // Some shard wants the epoch.
  void Want(std::uint64_t epoch);
  // Some shard wants a later epoch than pushes have.
  bool IsWanted() const;
  // Goes to the epoch wanted. False, and nothing is changed, while a push has
  // no answer.
  bool Move();

  // How the first push that was kept and then refused or given up has ended
  // since the last call; OK: there was none. Of pushes of callers only: a step
  // that the sender completes by itself is looked for again by the next push.
  absl::Status TakeLateRefusal();

 private:
  struct Delivery {
    OutgoingPush push;
    std::uint64_t sequence = 0;
    std::vector<ShardCall> calls;    // by part
    std::vector<PushReply> replies;  // by part
    bool completes_step = false;     // no push of a caller
  };

  absl::Status EnsureSessions(absl::Time deadline);
  // Says which steps of their tables the push's inputs are. A step before them
  // that some shards lack is done there first.
  absl::Status NumberSteps(OutgoingPush& push, absl::Time deadline);
  absl::Status CompleteStep(const MissingStep& missing, absl::Time deadline);
  absl::Status WriteHeaders(const PushTerms& terms, Delivery& delivery);
  absl::StatusOr<PushOutcome> Deliver(Delivery delivery, absl::Time deadline);
  void Start(Delivery& delivery, std::size_t part, absl::Time deadline,
             Cluster::Done done);
  absl::StatusOr<PushOutcome> Conclude(const Delivery& delivery);
  void RefuseLate(const absl::Status& refusal);
  bool HasSessions() const;
  void SetSessions(std::vector<SessionName> sessions, std::uint64_t epoch);
  void ForgetSessions();

  // Changed by the holder of the turn only, read by heartbeats beside it.
  mutable Mutex signs_mu_;
  Signs signs_ ABSL_GUARDED_BY(signs_mu_);

  Cluster& cluster_;
  TableDirectory& tables_;
  TableSteps steps_;
  PushSequencer sequencer_;  // of these sessions
  std::atomic<std::uint64_t> wanted_epoch_{0};
  std::optional<Delivery> unanswered_;
  absl::Status late_refusal_;
  std::atomic<std::uint64_t> restore_id_{0};
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_PUSH_SENDER_H_
