#include "client/internal/push_pipeline.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/status_macros.h"

namespace rowhouse::internal {
namespace {

constexpr char kNoTurn[] =
    "earlier pushes of this client took all the time and go on";

}  // namespace

PushPipeline::PushPipeline(PushSender& sender, Clock& clock,
                           absl::Duration timeout)
    : sender_(sender), clock_(clock), timeout_(timeout) {}

PushPipeline::~PushPipeline() {
  std::thread thread;
  {
    MutexLock lock(mu_);
    stop_ = true;
    drain_deadline_ = clock_.Now() + timeout_;
    thread = std::move(thread_);
  }
  changed_.NotifyAll();
  if (thread.joinable()) thread.join();
}

absl::Status PushPipeline::Alone(
    absl::Time deadline, absl::FunctionRef<absl::Status(PushSender&)> fn) {
  const Turns::Turn turn = turns_.Join();
  if (!turns_.Wait(turn, clock_, deadline)) {
    return absl::DeadlineExceededError(kNoTurn);
  }
  const absl::Status status = fn(sender_);
  RememberLateRefusal();
  turns_.Leave(turn);
  return status;
}

Turns::Turn PushPipeline::JoinPush(PushTerms& terms) {
  terms.begins_step = !ends_steps_ || between_steps_;
  between_steps_ = false;
  return turns_.Join();
}

void PushPipeline::EndStep() {
  MutexLock lock(mu_);
  ends_steps_ = true;
  between_steps_ = true;
}

bool PushPipeline::MoveIfIdle(absl::Time deadline) {
  std::optional<Turns::Turn> turn;
  {
    MutexLock lock(mu_);
    if (ends_steps_ && !between_steps_) return false;
    turn = turns_.TryJoin();
  }
  if (!turn.has_value()) return false;
  sender_.Settle(deadline).IgnoreError();
  const bool moved = sender_.Move();
  RememberLateRefusal();
  turns_.Leave(*turn);
  return moved;
}

absl::StatusOr<PushOutcome> PushPipeline::Push(OutgoingPush push,
                                               PushTerms terms,
                                               absl::Time deadline) {
  Turns::Turn turn;
  {
    MutexLock lock(mu_);
    turn = JoinPush(terms);
  }
  if (!turns_.Wait(turn, clock_, deadline)) {
    return NotSent(absl::DeadlineExceededError(kNoTurn));
  }
  absl::StatusOr<PushOutcome> outcome =
      SendInTurn(turn, std::move(push), terms, deadline);
  turns_.Leave(turn);
  return outcome;
}

absl::Status PushPipeline::PushAsync(OutgoingPush push, PushTerms terms,
                                     absl::Time deadline) {
  {
    MutexLock lock(mu_);
    while (queue_.size() >= kQueuedPushesMax) {
      const absl::Duration left = deadline - clock_.Now();
      if (left <= absl::ZeroDuration()) {
        return NotSent(absl::DeadlineExceededError(
            absl::StrCat(queue_.size(), " pushes are queued already")));
      }
      changed_.WaitFor(mu_, std::min(left, absl::Hours(1)));
    }
    if (!thread_.joinable()) thread_ = std::thread([this] { SendQueued(); });
    // In one step, so that queue and turns have the same order.
    const Turns::Turn turn = JoinPush(terms);
    queue_.push_back({turn, std::move(push), terms});
  }
  changed_.NotifyAll();
  return absl::OkStatus();
}

absl::Status PushPipeline::Flush(absl::Time deadline) {
  ROWHOUSE_RETURN_IF_ERROR(Alone(
      deadline, [&](PushSender& sender) { return sender.Settle(deadline); }));
  MutexLock lock(mu_);
  const std::optional<Failure> failure =
      std::exchange(first_failure_, std::nullopt);
  return failure.has_value() ? failure->status : absl::OkStatus();
}

absl::StatusOr<PushOutcome> PushPipeline::SendInTurn(Turns::Turn turn,
                                                     OutgoingPush push,
                                                     const PushTerms& terms,
                                                     absl::Time deadline) {
  absl::StatusOr<PushOutcome> outcome =
      sender_.Send(std::move(push), terms, deadline);
  // First: it is about a push before this one.
  RememberLateRefusal();
  if (IsTransient(outcome.status())) kept_ = turn;
  return outcome;
}

void PushPipeline::RememberLateRefusal() {
  Remember(kept_, sender_.TakeLateRefusal());
}

void PushPipeline::Remember(Turns::Turn turn, const absl::Status& status) {
  if (status.ok()) return;
  MutexLock lock(mu_);
  if (!first_failure_.has_value() || turn < first_failure_->turn) {
    first_failure_ = Failure{turn, status};
  }
}

bool PushPipeline::Next(std::optional<Queued>& queued) {
  MutexLock lock(mu_);
  while (queue_.empty() && !stop_) changed_.Wait(mu_);
  if (queue_.empty()) return false;
  if (clock_.Now() >= drain_deadline_) {
    LogWarning("pushes_dropped", {{"count", absl::StrCat(queue_.size())}});
    for (const Queued& dropped : queue_) turns_.Leave(dropped.turn);
    queue_.clear();
    return false;
  }
  queued.emplace(std::move(queue_.front()));
  queue_.pop_front();
  return true;
}

void PushPipeline::SendQueued() {
  std::optional<Queued> queued;
  while (Next(queued)) {
    changed_.NotifyAll();
    turns_.Wait(queued->turn, clock_, absl::InfiniteFuture());
    absl::Time deadline = clock_.Now() + timeout_;
    {
      MutexLock lock(mu_);
      deadline = std::min(deadline, drain_deadline_);
    }
    const absl::Status status =
        SendInTurn(queued->turn, std::move(queued->push), queued->terms,
                   deadline)
            .status();
    // One that is kept has not failed yet.
    if (!IsTransient(status)) Remember(queued->turn, status);
    turns_.Leave(queued->turn);
  }
}

}  // namespace rowhouse::internal
