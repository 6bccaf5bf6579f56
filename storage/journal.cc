#include "storage/journal.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/mutation.h"
#include "base/status_macros.h"
#include "storage/journal_format.h"
#include "storage/segment_files.h"
#include "storage/synced_mark.h"

namespace rowhouse::storage {

// Three roles are taken in turn: whoever finds records gathered and nobody
// writing becomes the writer of the group, whoever finds records written and
// nobody syncing becomes the syncer, whoever needs a new segment the roller,
// who keeps Append out meanwhile. All others wait on `changed`.
struct Journal::State {
  State(Disk& of_machine, Options of_journal)
      : disk(of_machine),
        options(std::move(of_journal)),
        files(disk, options.directory, options.segment_bytes) {}

  Disk& disk;
  const Options options;
  SegmentFiles files;
  std::optional<SyncedMarkFile> synced_mark;  // the syncer's

  mutable Mutex mu;
  CondVar changed;
  absl::Status failed ABSL_GUARDED_BY(mu);
  bool writing ABSL_GUARDED_BY(mu) = false;
  bool syncing ABSL_GUARDED_BY(mu) = false;
  bool rolling ABSL_GUARDED_BY(mu) = false;

  // The group that Append fills, and the one that the writer owns.
  std::string gathered ABSL_GUARDED_BY(mu);
  std::string in_flight;

  // The last is open in `file`, if there is one, with room up to `room` bytes,
  // of which `filled` are written and the first `stale` were there before.
  std::deque<SegmentFile> segments ABSL_GUARDED_BY(mu);
  std::uint64_t kept_bytes ABSL_GUARDED_BY(mu) = 0;  // of all segments
  std::shared_ptr<WritableFile> file ABSL_GUARDED_BY(mu);
  std::uint64_t room ABSL_GUARDED_BY(mu) = 0;
  std::uint64_t filled ABSL_GUARDED_BY(mu) = 0;
  std::uint64_t stale ABSL_GUARDED_BY(mu) = 0;
  std::uint64_t next_segment ABSL_GUARDED_BY(mu) = 0;
  std::uint32_t last_crc ABSL_GUARDED_BY(mu) = 0;  // of a record
  std::uint32_t chain ABSL_GUARDED_BY(mu) = 0;     // what the next record names

  // appended >= written >= synced, in LSNs and in bytes of records.
  Lsn appended ABSL_GUARDED_BY(mu);
  Lsn written ABSL_GUARDED_BY(mu);
  Lsn synced ABSL_GUARDED_BY(mu);
  std::uint64_t appended_bytes ABSL_GUARDED_BY(mu) = 0;
  std::uint64_t written_bytes ABSL_GUARDED_BY(mu) = 0;
  std::uint64_t synced_bytes ABSL_GUARDED_BY(mu) = 0;

  absl::Status AdoptOldSegments();
  absl::Status CheckLsn(Lsn lsn) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  absl::Status Fail(const absl::Status& error)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  absl::Status WriteUpTo(Lsn lsn) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  void WriteGroup() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  absl::Status SyncUpTo(Lsn lsn) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  absl::Status SyncAndMark(WritableFile& of, Lsn last);
  absl::Status CheckBudget(std::uint64_t record_bytes) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  absl::Status MakeRoom(std::uint64_t record_bytes)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  absl::Status BeginSegment(std::uint64_t bytes)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  absl::StatusOr<SegmentFiles::Begun> BeginFile(const SegmentHeader& header,
                                                std::uint64_t bytes);
  absl::Status OpenMark(Lsn durable);
};

absl::Status Journal::State::AdoptOldSegments() {
  MutexLock lock(mu);
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<SegmentFile> old,
                            files.Adopt(options.next_segment, options.next));
  segments.assign(old.begin(), old.end());
  for (const SegmentFile& segment : segments) kept_bytes += segment.bytes;
  appended = written = synced = Lsn(options.next.value() - 1);
  next_segment = options.next_segment;
  last_crc = options.last_crc;
  return absl::OkStatus();
}

absl::Status Journal::State::CheckLsn(Lsn lsn) const {
  if (lsn <= appended) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "LSN ", lsn.value(), " was never given, the last is ", appended.value()));
}

absl::Status Journal::State::Fail(const absl::Status& error) {
  if (failed.ok()) {
    failed = absl::UnavailableError(
        absl::StrCat("the journal failed and the shard must be restarted: ",
                     error.message()));
  }
  changed.NotifyAll();
  return failed;
}

absl::Status Journal::State::WriteUpTo(Lsn lsn) {
  while (failed.ok() && written < lsn) {
    if (writing) {
      changed.Wait(mu);
    } else {
      WriteGroup();
    }
  }
  return failed;
}

void Journal::State::WriteGroup() {
  writing = true;
  in_flight.swap(gathered);
  const Lsn last = appended;
  const std::shared_ptr<WritableFile> to = file;
  const std::uint64_t at = filled;
  const std::size_t bytes = in_flight.size();
  const std::size_t mark_bytes = at + bytes < stale ? kEndMarkBytes : 0;
  mu.unlock();
  constexpr char kMark[kEndMarkBytes] = {};
  const absl::Status status =
      to->WriteAt(at, {absl::Span<const char>(in_flight),
                       absl::Span<const char>(kMark, mark_bytes)});
  // One record may be far larger than a group: do not keep its memory.
  if (in_flight.capacity() > 2 * kJournalGroupBytesMax) {
    std::string().swap(in_flight);
  } else {
    in_flight.clear();
  }
  mu.lock();
  writing = false;
  if (!status.ok()) {
    Fail(status).IgnoreError();
    return;
  }
  filled = at + bytes;
  written = last;
  written_bytes += bytes;
  changed.NotifyAll();
}

absl::Status Journal::State::SyncUpTo(Lsn lsn) {
  while (failed.ok() && synced < lsn) {
    if (syncing) {
      changed.Wait(mu);
      continue;
    }
    if (written < lsn) {
      ROWHOUSE_RETURN_IF_ERROR(WriteUpTo(lsn));
      continue;
    }
    syncing = true;
    // All of it is in this file or was synced when the one before was left.
    const Lsn last = written;
    const std::uint64_t bytes = written_bytes;
    const std::shared_ptr<WritableFile> of = file;
    mu.unlock();
    const absl::Status status = SyncAndMark(*of, last);
    mu.lock();
    syncing = false;
    if (!status.ok() && !Mutated(Mutation::kFsyncErrorIgnored)) {
      return Fail(status);
    }
    synced = last;
    synced_bytes = bytes;
    changed.NotifyAll();
  }
  return failed;
}

// What is answered as durable is marked before: no later record may come.
absl::Status Journal::State::SyncAndMark(WritableFile& of, Lsn last) {
  if (Mutated(Mutation::kMarkBeforeSync)) {
    ROWHOUSE_RETURN_IF_ERROR(synced_mark->Set(last));
  }
  ROWHOUSE_RETURN_IF_ERROR(of.Sync());
  return synced_mark->Set(last);
}

absl::Status Journal::State::CheckBudget(std::uint64_t record_bytes) const {
  if (options.bytes_max == 0 ||
      kept_bytes + kSegmentHeaderBytes + record_bytes <= options.bytes_max) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(absl::StrCat(
      "the journal keeps ", kept_bytes, " of at most ", options.bytes_max,
      " bytes until rows are written back; a record of ", record_bytes,
      " bytes has to wait"));
}

// Returns when the record fits the group, the segment and the budget.
absl::Status Journal::State::MakeRoom(std::uint64_t record_bytes) {
  while (failed.ok()) {
    if (rolling) {
      changed.Wait(mu);
    } else if (absl::Status status = CheckBudget(record_bytes); !status.ok()) {
      return status;
    } else if (file == nullptr || segments.back().bytes + record_bytes > room) {
      ROWHOUSE_RETURN_IF_ERROR(BeginSegment(
          std::max(options.segment_bytes, kSegmentHeaderBytes + record_bytes)));
    } else if (!gathered.empty() &&
               gathered.size() + record_bytes > kJournalGroupBytesMax) {
      ROWHOUSE_RETURN_IF_ERROR(WriteUpTo(appended));
    } else {
      return absl::OkStatus();
    }
  }
  return failed;
}

// The old segment is on the disk before the new one exists: so a segment that
// ends early, and is not the last, has lost something.
absl::Status Journal::State::BeginSegment(std::uint64_t bytes) {
  rolling = true;
  absl::Status status = SyncUpTo(appended);
  if (status.ok()) {
    const std::uint64_t id = next_segment++;
    const SegmentHeader header{.segment = id,
                               .first = Lsn(appended.value() + 1),
                               .incarnation = options.incarnation,
                               .durable = synced,
                               .previous_crc = last_crc};
    mu.unlock();
    absl::StatusOr<SegmentFiles::Begun> begun = BeginFile(header, bytes);
    mu.lock();
    status = begun.status();
    if (status.ok()) {
      segments.push_back({.id = id,
                          .path = std::move(begun->path),
                          .first = header.first,
                          .bytes = kSegmentHeaderBytes});
      kept_bytes += kSegmentHeaderBytes;
      file = std::move(begun->file);
      room = bytes;
      filled = kSegmentHeaderBytes;
      stale = begun->stale_bytes;
      chain = begun->crc;
    } else if (!absl::IsResourceExhausted(status)) {
      status = Fail(status);
    }
  }
  rolling = false;
  changed.NotifyAll();
  return status;
}

absl::StatusOr<SegmentFiles::Begun> Journal::State::BeginFile(
    const SegmentHeader& header, std::uint64_t bytes) {
  ROWHOUSE_RETURN_IF_ERROR(OpenMark(header.durable));
  return files.Begin(header, bytes);
}

// Before anybody is told that records from before the start are on the disk.
absl::Status Journal::State::OpenMark(Lsn durable) {
  if (synced_mark.has_value()) return absl::OkStatus();
  ROWHOUSE_ASSIGN_OR_RETURN(
      SyncedMarkFile opened,
      SyncedMarkFile::Open(disk, options.directory, options.incarnation));
  ROWHOUSE_RETURN_IF_ERROR(opened.Set(durable));
  synced_mark = std::move(opened);
  return absl::OkStatus();
}

Journal::Journal(std::unique_ptr<State> state) : state_(std::move(state)) {}
Journal::~Journal() = default;

absl::StatusOr<std::unique_ptr<Journal>> Journal::Open(Disk& disk,
                                                       Options options) {
  if (options.segment_bytes <= kSegmentHeaderBytes ||
      options.segment_bytes > kSegmentBytesMax || options.next == Lsn()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "journal of segments of ", options.segment_bytes, " bytes, at most ",
        kSegmentBytesMax, ", and next LSN ", options.next.value()));
  }
  auto state = std::make_unique<State>(disk, std::move(options));
  ROWHOUSE_RETURN_IF_ERROR(state->AdoptOldSegments());
  {
    MutexLock lock(state->mu);
    const absl::Status status =
        state->BeginSegment(state->options.segment_bytes);
    // What is there can be served, and room may come.
    if (!absl::IsResourceExhausted(status)) ROWHOUSE_RETURN_IF_ERROR(status);
  }
  return std::unique_ptr<Journal>(new Journal(std::move(state)));
}

absl::StatusOr<Lsn> Journal::Append(
    std::uint32_t kind, absl::Span<const absl::Span<const char>> pieces) {
  std::size_t payload_bytes = 0;
  for (const auto piece : pieces) payload_bytes += piece.size();
  if (payload_bytes > kJournalPayloadBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("a journal record of ", payload_bytes, " bytes, at most ",
                     kJournalPayloadBytesMax));
  }
  const std::uint64_t bytes = RecordBytes(payload_bytes);
  State& s = *state_;
  MutexLock lock(s.mu);
  ROWHOUSE_RETURN_IF_ERROR(s.MakeRoom(bytes));
  const Lsn lsn(s.appended.value() + 1);
  s.chain = s.last_crc = AppendRecord({.kind = kind,
                                       .lsn = lsn,
                                       .segment = s.segments.back().id,
                                       .durable = s.synced,
                                       .previous_crc = s.chain},
                                      pieces, s.gathered);
  s.appended = lsn;
  s.appended_bytes += bytes;
  s.segments.back().bytes += bytes;
  s.kept_bytes += bytes;
  return lsn;
}

absl::Status Journal::Write(Lsn lsn) {
  MutexLock lock(state_->mu);
  ROWHOUSE_RETURN_IF_ERROR(state_->CheckLsn(lsn));
  return state_->WriteUpTo(lsn);
}

void Journal::WriteIfIdle() {
  State& s = *state_;
  MutexLock lock(s.mu);
  if (s.failed.ok() && !s.writing && s.written < s.appended) s.WriteGroup();
}

absl::Status Journal::Sync(Lsn lsn) {
  MutexLock lock(state_->mu);
  ROWHOUSE_RETURN_IF_ERROR(state_->CheckLsn(lsn));
  return state_->SyncUpTo(lsn);
}

Lsn Journal::last() const {
  MutexLock lock(state_->mu);
  return state_->appended;
}

Lsn Journal::synced() const {
  MutexLock lock(state_->mu);
  return state_->synced;
}

std::uint64_t Journal::bytes() const {
  MutexLock lock(state_->mu);
  return state_->kept_bytes;
}

std::uint64_t Journal::unsynced_bytes() const {
  MutexLock lock(state_->mu);
  return state_->appended_bytes - state_->synced_bytes;
}

absl::Status Journal::RemoveUpTo(Lsn lsn) {
  State& s = *state_;
  std::vector<std::string> victims;
  {
    MutexLock lock(s.mu);
    ROWHOUSE_RETURN_IF_ERROR(s.failed);
    while (s.segments.size() > 1 &&
           s.segments[1].first.value() <= lsn.value() + 1) {
      victims.push_back(std::move(s.segments.front().path));
      s.kept_bytes -= s.segments.front().bytes;
      s.segments.pop_front();
    }
  }
  return s.files.Remove(victims);
}

absl::Status Journal::DropSpares() { return state_->files.DropSpares(); }

absl::Status Journal::Roll() {
  State& s = *state_;
  MutexLock lock(s.mu);
  while (s.failed.ok() && s.rolling) s.changed.Wait(s.mu);
  ROWHOUSE_RETURN_IF_ERROR(s.failed);
  if (s.file == nullptr || s.segments.back().bytes == kSegmentHeaderBytes) {
    return absl::OkStatus();
  }
  return s.BeginSegment(s.options.segment_bytes);
}

std::vector<std::string> Journal::SegmentPaths() const {
  MutexLock lock(state_->mu);
  std::vector<std::string> paths;
  for (const SegmentFile& segment : state_->segments) {
    paths.push_back(segment.path);
  }
  return paths;
}

}  // namespace rowhouse::storage
