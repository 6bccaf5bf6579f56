// Sessions begin, live and end.
#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/mutation.h"
#include "base/session_status.h"
#include "base/status_macros.h"
#include "shard/state.h"
#include "shard/validate.h"

namespace rowhouse::shard {

absl::Status Shard::State::UnknownSession(std::uint64_t number) const {
  return SessionEndedError(
      absl::StrCat("session ", number, " is unknown or has ended; the ",
                   "last one opened is ", sessions.last_number()));
}

absl::Status Shard::State::CheckIncarnation(const SessionName& session) const {
  if (session.incarnation == incarnation) return absl::OkStatus();
  return SessionEndedError(
      absl::StrCat("session of incarnation ", session.incarnation,
                   ", this data directory is incarnation ", incarnation));
}

absl::Status Shard::State::EndSession(std::uint64_t number) {
  ROWHOUSE_RETURN_IF_ERROR(
      Append(RecordKind::kEndSession, session_encoder.Session(number))
          .status());
  sessions.End(number);
  leases.Forget(number);
  return absl::OkStatus();
}

absl::StatusOr<OpenSessionReply> Shard::OpenSession() {
  State& s = *state_;
  ReaderLock gate(s.gate);
  ROWHOUSE_RETURN_IF_ERROR(s.CheckServing());
  const absl::Time now = s.env.clock.Now();
  Lsn lsn;
  OpenSessionReply reply;
  {
    MutexLock lock(s.push_mu);
    const std::uint64_t number = s.sessions.last_number() + 1;
    ROWHOUSE_ASSIGN_OR_RETURN(lsn, s.Append(RecordKind::kOpenSession,
                                            s.session_encoder.Session(number)));
    reply.session = {s.incarnation, number};
    // Its client begins at the greatest epoch that a shard answers.
    reply.wanted_snapshot_epoch = s.epochs.wanted();
    s.sessions.Open(number, lsn, reply.wanted_snapshot_epoch);
    s.leases.Renew(number, now);
    while (s.sessions.size() > kSessionsMax) {
      // With a full disk the next OpenSession ends it.
      if (!s.EndSession(s.sessions.Idlest()).ok()) break;
    }
  }
  const absl::Status status = Mutated(Mutation::kOpenSessionNotSynced)
                                  ? s.journal->Write(lsn)
                                  : s.journal->Sync(lsn);
  if (!status.ok()) return s.Fail(status);
  reply.restore_id = s.restore_id;
  return reply;
}

absl::StatusOr<std::uint64_t> Shard::Heartbeat(
    const HeartbeatRequest& request) {
  State& s = *state_;
  ReaderLock gate(s.gate);
  ROWHOUSE_RETURN_IF_ERROR(s.CheckServing());
  if (request.map_version != 0) {
    ROWHOUSE_RETURN_IF_ERROR(
        CheckMapVersion(request.map_version, s.options.map_version));
  }
  ROWHOUSE_RETURN_IF_ERROR(s.CheckIncarnation(request.session));
  const absl::Time now = s.env.clock.Now();
  MutexLock lock(s.push_mu);
  PushWindow* const window = s.sessions.Find(request.session.number);
  if (window == nullptr) return s.UnknownSession(request.session.number);
  s.leases.Renew(request.session.number, now);
  ROWHOUSE_RETURN_IF_ERROR(s.epochs.CheckReachable(request.snapshot_epoch));
  window->MoveTo(request.snapshot_epoch);
  s.ReachEpoch(request.snapshot_epoch);
  return s.epochs.wanted();
}

absl::Status Shard::EndSession(const SessionName& session) {
  State& s = *state_;
  ReaderLock gate(s.gate);
  ROWHOUSE_RETURN_IF_ERROR(s.CheckServing());
  if (session.incarnation != s.incarnation) return absl::OkStatus();
  MutexLock lock(s.push_mu);
  if (s.sessions.Find(session.number) == nullptr) return absl::OkStatus();
  return s.EndSession(session.number);
}

}  // namespace rowhouse::shard
