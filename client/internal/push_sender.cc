#include "client/internal/push_sender.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/session_status.h"
#include "base/status_macros.h"

namespace rowhouse::internal {
namespace {

// "applied by shard 0 (a); refused by shard 1 (b): why; no answer from ...".
std::string Describe(const Cluster& cluster,
                     const std::vector<ShardCall>& calls) {
  std::string applied;
  std::string others;
  for (const ShardCall& call : calls) {
    const std::string name = cluster.Name(call.shard);
    if (call.status.ok()) {
      absl::StrAppend(&applied, applied.empty() ? "" : ", ", name);
    } else if (IsTransient(call.status)) {
      absl::StrAppend(&others,
                      call.full ? "; no room at " : "; no answer from ", name,
                      ": ", call.status.message());
    } else {
      absl::StrAppend(&others, "; refused by ", name,
                      call.unanswered ? " after a try that was not answered, "
                                        "so it may have been applied there"
                                      : "",
                      ": ", call.status.message());
    }
  }
  return absl::StrCat("applied by ", applied.empty() ? "no shard" : applied,
                      others);
}

// Whether some shard has applied its part of the push, or may have.
bool MayBeApplied(const std::vector<ShardCall>& calls) {
  return std::any_of(calls.begin(), calls.end(), [](const ShardCall& call) {
    return call.status.ok() || call.unanswered || IsTransient(call.status);
  });
}

// A shard without room has changed nothing, so a push that none has applied may
// be pushed again. Where another part is done, or may be, that would do it
// twice, and leave a table whose rows all move a step short: so the push is not
// over, and is sent until there is room. Nor is it where the full shard's own
// try before had no answer: that may be at work yet and find some.
void KeepFullShards(std::vector<ShardCall>& calls) {
  if (!MayBeApplied(calls)) return;
  for (ShardCall& call : calls) {
    if (!absl::IsResourceExhausted(call.status)) continue;
    call.full = true;
    call.status = absl::UnavailableError(call.status.message());
  }
}

// No shard of ours answers ABORTED, and callers read it as "not sent".
absl::StatusCode RefusalCode(const absl::Status& status) {
  return absl::IsAborted(status) ? absl::StatusCode::kInternal : status.code();
}

}  // namespace

absl::Status NotSent(const absl::Status& why) {
  if (IsTransient(why)) {
    return absl::AbortedError(absl::StrCat(
        "this push was not sent and may be pushed again: ", why.message()));
  }
  return absl::Status(why.code(),
                      absl::StrCat("this push was not sent: ", why.message()));
}

absl::Status PushSender::OpenSessions(absl::Time deadline) {
  std::vector<OpenSessionReply> replies(cluster_.shard_count());
  // A repeated call may leave a session that nobody uses; shards end those.
  ROWHOUSE_RETURN_IF_ERROR(cluster_.ForEachShard(
      Idempotency::kRepeatable, deadline,
      [&](ShardIndex shard, ShardStub& stub,
          absl::Time try_deadline) -> absl::Status {
        ROWHOUSE_ASSIGN_OR_RETURN(replies[shard.value()],
                                  stub.OpenSession(try_deadline));
        return absl::OkStatus();
      }));
  std::vector<SessionName> sessions;
  std::uint64_t epoch = 0;
  for (std::uint32_t s = 0; s < replies.size(); ++s) {
    if (replies[s].restore_id != replies[0].restore_id) {
      return absl::FailedPreconditionError(absl::StrCat(
          cluster_.Name(ShardIndex(0)), " was last restored by ",
          replies[0].restore_id, ", ", cluster_.Name(ShardIndex(s)), " by ",
          replies[s].restore_id, ": a restore is under way or was cut short"));
    }
    sessions.push_back(replies[s].session);
    epoch = std::max(epoch, replies[s].wanted_snapshot_epoch);
  }
  SetSessions(std::move(sessions), epoch);
  sequencer_ = PushSequencer();
  steps_.Forget();
  restore_id_.store(replies[0].restore_id);
  return absl::OkStatus();
}

absl::Status PushSender::EnsureSessions(absl::Time deadline) {
  if (HasSessions()) return absl::OkStatus();
  ROWHOUSE_RETURN_IF_ERROR(cluster_.CheckMembers(deadline));
  return OpenSessions(deadline);
}

absl::StatusOr<PushOutcome> PushSender::Send(OutgoingPush push,
                                             const PushTerms& terms,
                                             absl::Time deadline) {
  absl::Status ready = Settle(deadline);
  if (ready.ok()) ready = EnsureSessions(deadline);
  if (!ready.ok()) return NotSent(ready);
  if (terms.restore_id != restore_id()) {
    return absl::FailedPreconditionError(
        absl::StrCat("it was made for the tables of restore ", terms.restore_id,
                     ", but they are now those of restore ", restore_id()));
  }
  // Nothing to lose survives everything.
  if (push.parts().empty()) return PushOutcome{Durability::kPower, 0};
  if (terms.begins_step) Move();
  const absl::Status numbered = NumberSteps(push, deadline);
  if (!numbered.ok()) return NotSent(numbered);
  Delivery delivery{std::move(push)};
  ROWHOUSE_RETURN_IF_ERROR(WriteHeaders(terms, delivery));
  absl::StatusOr<PushOutcome> outcome = Deliver(std::move(delivery), deadline);
  // Sessions that ended are opened anew at once, so that the next lookup's
  // ticket is for the tables there are now. The next push tries again.
  if (!HasSessions()) EnsureSessions(deadline).IgnoreError();
  return outcome;
}

absl::Status PushSender::NumberSteps(OutgoingPush& push, absl::Time deadline) {
  for (int refused = 0;;) {
    ROWHOUSE_ASSIGN_OR_RETURN(
        const std::optional<MissingStep> missing,
        steps_.Number(absl::MakeSpan(push.parts()), deadline));
    if (!missing.has_value()) return absl::OkStatus();
    const absl::Status completed = CompleteStep(*missing, deadline);
    if (completed.ok()) continue;
    // What was still on its way may have come first: they may be even now.
    if (IsTransient(completed) || !HasSessions() || ++refused > 1) {
      return absl::Status(
          completed.code(),
          absl::StrCat("step ", missing->number, " of table '", missing->table,
                       "', which comes first: ", completed.message()));
    }
  }
}

absl::Status PushSender::CompleteStep(const MissingStep& missing,
                                      absl::Time deadline) {
  ROWHOUSE_ASSIGN_OR_RETURN(const std::shared_ptr<const KnownTable> table,
                            tables_.Find(missing.table, deadline));
  if (table->incarnation != missing.incarnation) {
    return absl::FailedPreconditionError(
        absl::StrCat("table '", missing.table, "' was made anew"));
  }
  LogWarning("step_completed",
             {{"table", missing.table},
              {"step", absl::StrCat(missing.number)},
              {"shards", absl::StrCat(missing.shards.size())}});
  Delivery delivery{OutgoingPush::MakeStep(
      table, missing.number, missing.terms.learning_rate, missing.shards)};
  delivery.completes_step = true;
  ROWHOUSE_RETURN_IF_ERROR(WriteHeaders(
      {.restore_id = restore_id(), .step = missing.terms.iteration}, delivery));
  return Deliver(std::move(delivery), deadline).status();
}

absl::Status PushSender::Settle(absl::Time deadline) {
  if (!unanswered_.has_value()) return absl::OkStatus();
  Delivery delivery = *std::move(unanswered_);
  unanswered_.reset();
  const bool callers = !delivery.completes_step;
  const absl::Status status = Deliver(std::move(delivery), deadline).status();
  if (!unanswered_.has_value()) {
    if (callers) RefuseLate(status);
    return absl::OkStatus();
  }
  return absl::Status(
      status.code(),
      absl::StrCat("an earlier push comes first: ", status.message()));
}

void PushSender::Abandon() {
  if (unanswered_.has_value() && !unanswered_->completes_step) {
    RefuseLate(absl::FailedPreconditionError(
        absl::StrCat("push ", unanswered_->sequence,
                     " was given up, its outcome unknown: a restore has "
                     "replaced the tables")));
  }
  unanswered_.reset();
  ForgetSessions();
}

PushSender::Signs PushSender::signs() const {
  MutexLock lock(signs_mu_);
  return signs_;
}

void PushSender::Want(std::uint64_t epoch) {
  std::uint64_t wanted = wanted_epoch_;
  while (wanted < epoch &&
         !wanted_epoch_.compare_exchange_weak(wanted, epoch)) {
  }
}

bool PushSender::IsWanted() const {
  MutexLock lock(signs_mu_);
  return wanted_epoch_ > signs_.snapshot_epoch;
}

bool PushSender::Move() {
  if (unanswered_.has_value()) return false;
  MutexLock lock(signs_mu_);
  signs_.snapshot_epoch = std::max(signs_.snapshot_epoch, wanted_epoch_.load());
  return true;
}

bool PushSender::HasSessions() const {
  MutexLock lock(signs_mu_);
  return !signs_.sessions.empty();
}

void PushSender::SetSessions(std::vector<SessionName> sessions,
                             std::uint64_t epoch) {
  Want(epoch);
  MutexLock lock(signs_mu_);
  signs_ = {std::move(sessions), wanted_epoch_};
}

void PushSender::ForgetSessions() {
  MutexLock lock(signs_mu_);
  signs_.sessions.clear();
}

absl::Status PushSender::TakeLateRefusal() {
  return std::exchange(late_refusal_, absl::OkStatus());
}

void PushSender::RefuseLate(const absl::Status& refusal) {
  if (late_refusal_.ok()) late_refusal_ = refusal;
}

absl::Status PushSender::WriteHeaders(const PushTerms& terms,
                                      Delivery& delivery) {
  ROWHOUSE_ASSIGN_OR_RETURN(const PushSequencer::Number number,
                            sequencer_.Take());
  delivery.sequence = number.sequence;
  const Signs own = signs();
  for (OutgoingPush::Part& part : delivery.push.parts()) {
    part.header.map_version = cluster_.map().version();
    part.header.session = own.sessions[part.shard.value()];
    part.header.sequence = number.sequence;
    part.header.lowest_unacknowledged = number.lowest_unacknowledged;
    part.header.snapshot_epoch = own.snapshot_epoch;
    part.header.step = terms.step;
    delivery.calls.push_back({part.shard});
  }
  delivery.replies.resize(delivery.calls.size());
  return absl::OkStatus();
}

void PushSender::Start(Delivery& delivery, std::size_t part,
                       absl::Time deadline, Cluster::Done done) {
  const OutgoingPush::Part& sent = delivery.push.parts()[part];
  auto answered =
      [&reply = delivery.replies[part], &call = delivery.calls[part],
       done = std::move(done)](absl::StatusOr<PushReply> result) mutable {
        if (result.ok()) reply = *result;
        call.full = false;
        done(result.status());
      };
  ShardStub& stub = cluster_.stub(sent.shard);
  if (sent.write.has_value()) {
    WriteRowsRequest request = *sent.write;
    request.header = sent.header;
    stub.WriteRows(request, deadline, std::move(answered));
  } else {
    stub.Push({sent.header, sent.inputs}, deadline, std::move(answered));
  }
}

absl::StatusOr<PushOutcome> PushSender::Deliver(Delivery delivery,
                                                absl::Time deadline) {
  cluster_.FanOut(
      deadline, delivery.calls,
      [&](std::size_t part, absl::Time try_deadline, Cluster::Done done) {
        Start(delivery, part, try_deadline, std::move(done));
      },
      KeepFullShards);
  for (const ShardCall& call : delivery.calls) {
    if (!IsTransient(call.status)) continue;
    const absl::Status unknown(
        call.status.code(),
        absl::StrCat("the outcome of push ", delivery.sequence,
                     " is unknown: ", Describe(cluster_, delivery.calls),
                     "; push ", delivery.sequence,
                     " is kept, Flush or the next push completes it: do not "
                     "push it again"));
    delivery.push.CopyGradients();
    unanswered_ = std::move(delivery);
    return unknown;
  }
  return Conclude(delivery);
}

absl::StatusOr<PushOutcome> PushSender::Conclude(const Delivery& delivery) {
  sequencer_.Finish(delivery.sequence);
  const ShardCall* refused = nullptr;
  for (const ShardCall& call : delivery.calls) {
    if (call.status.ok()) continue;
    if (refused == nullptr) refused = &call;
    if (IsSessionEnded(call.status)) ForgetSessions();
    tables_.Forget();  // the table's life may have ended
  }
  if (refused != nullptr) {
    steps_.Forget();
    return absl::Status(RefusalCode(refused->status),
                        absl::StrCat("push ", delivery.sequence, ": ",
                                     Describe(cluster_, delivery.calls)));
  }
  steps_.Count(delivery.push.parts());
  PushOutcome outcome{Durability::kPower,
                      static_cast<std::uint32_t>(delivery.calls.size())};
  for (const PushReply& reply : delivery.replies) {
    outcome.durability = std::min(outcome.durability, reply.durability);
    Want(reply.wanted_snapshot_epoch);
  }
  return outcome;
}

}  // namespace rowhouse::internal
