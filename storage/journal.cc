#include "storage/journal.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "storage/journal_format.h"

namespace rowhouse::storage {
namespace {

struct Segment {
  std::uint64_t id = 0;
  std::string path;
  Lsn first;                // of its first record; of the next one's if unknown
  std::uint64_t bytes = 0;  // header and records, written or gathered
};

}  // namespace

// Three roles are taken in turn: whoever finds records gathered and nobody
// writing becomes the writer of the group, whoever finds records written and
// nobody syncing becomes the syncer, whoever needs a new segment the roller,
// who keeps Append out meanwhile. All others wait on `changed`.
struct Journal::State {
  State(Disk& disk, Options options)
      : disk(disk), options(std::move(options)) {}

  Disk& disk;
  const Options options;

  mutable Mutex mu;
  CondVar changed;
  absl::Status failed ABSL_GUARDED_BY(mu);
  bool writing ABSL_GUARDED_BY(mu) = false;
  bool syncing ABSL_GUARDED_BY(mu) = false;
  bool rolling ABSL_GUARDED_BY(mu) = false;

  // The group that Append fills, and the one that the writer owns.
  std::string gathered ABSL_GUARDED_BY(mu);
  std::string in_flight;

  // Never empty; the last is open in `file`, with room up to `room` bytes.
  std::deque<Segment> segments ABSL_GUARDED_BY(mu);
  std::shared_ptr<WritableFile> file ABSL_GUARDED_BY(mu);
  std::uint64_t room ABSL_GUARDED_BY(mu) = 0;
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
  absl::Status SyncUpTo(Lsn lsn) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  absl::Status MakeRoom(std::uint64_t record_bytes)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  absl::Status BeginSegment(std::uint64_t bytes)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  absl::Status CreateSegment(const SegmentHeader& header, std::uint64_t bytes,
                             const std::string& path);

  // Of the segment being made: written by the roller only.
  std::shared_ptr<WritableFile> new_file;
  std::uint32_t new_crc = 0;
};

absl::Status Journal::State::AdoptOldSegments() {
  MutexLock lock(mu);
  ROWHOUSE_RETURN_IF_ERROR(disk.MakeDirectory(options.directory));
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                            disk.List(options.directory));
  for (const std::string& name : names) {
    const std::optional<std::uint64_t> id = ParseSegmentFileName(name);
    if (!id.has_value()) continue;
    if (*id >= options.next_segment) {
      return absl::InternalError(
          absl::StrCat(options.directory, " has segment ", *id,
                       ", so the next is not ", options.next_segment));
    }
    Segment segment{.id = *id,
                    .path = absl::StrCat(options.directory, "/", name)};
    // Room that a killed process kept for records that never came: before the
    // new segment wants some, and before the sync, which makes it durable too.
    // The torn tail stays as it is, for whoever wants to look at it.
    ROWHOUSE_RETURN_IF_ERROR(disk.DropReservation(segment.path));
    ROWHOUSE_RETURN_IF_ERROR(disk.SyncFile(segment.path));
    ROWHOUSE_ASSIGN_OR_RETURN(const FileInfo info, disk.Stat(segment.path));
    segment.bytes = info.bytes;
    ROWHOUSE_ASSIGN_OR_RETURN(
        const std::string head,
        disk.ReadPiece(segment.path, 0, kSegmentHeaderBytes));
    if (const auto header = DecodeSegmentHeader(head); header.ok()) {
      segment.first = header->header.first;
    }
    segments.push_back(std::move(segment));
  }
  // A segment without a header is as old as the one behind it.
  Lsn first = options.next;
  for (auto it = segments.rbegin(); it != segments.rend(); ++it) {
    if (it->first == Lsn()) it->first = first;
    first = it->first;
  }
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
      continue;
    }
    writing = true;
    in_flight.swap(gathered);
    const Lsn last = appended;
    const std::shared_ptr<WritableFile> to = file;
    mu.unlock();
    const absl::Span<const char> piece(in_flight);
    const absl::Status status = to->Append({piece});
    const std::size_t bytes = in_flight.size();
    // One record may be far larger than a group: do not keep its memory.
    if (in_flight.capacity() > 2 * kJournalGroupBytesMax) {
      std::string().swap(in_flight);
    } else {
      in_flight.clear();
    }
    mu.lock();
    writing = false;
    if (!status.ok()) return Fail(status);
    written = last;
    written_bytes += bytes;
    changed.NotifyAll();
  }
  return failed;
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
    const absl::Status status = of->Sync();
    mu.lock();
    syncing = false;
    if (!status.ok()) return Fail(status);
    synced = last;
    synced_bytes = bytes;
    changed.NotifyAll();
  }
  return failed;
}

// Returns when the record fits the group and the segment.
absl::Status Journal::State::MakeRoom(std::uint64_t record_bytes) {
  while (failed.ok()) {
    if (rolling) {
      changed.Wait(mu);
    } else if (segments.back().bytes + record_bytes > room) {
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
    const std::string path =
        absl::StrCat(options.directory, "/", SegmentFileName(id));
    mu.unlock();
    status = CreateSegment(header, bytes, path);
    mu.lock();
    if (status.ok()) {
      segments.push_back({.id = id,
                          .path = path,
                          .first = header.first,
                          .bytes = kSegmentHeaderBytes});
      file = std::move(new_file);
      room = bytes;
      chain = new_crc;
    } else if (!absl::IsResourceExhausted(status)) {
      status = Fail(status);
    }
  }
  rolling = false;
  changed.NotifyAll();
  return status;
}

absl::Status Journal::State::CreateSegment(const SegmentHeader& header,
                                           std::uint64_t bytes,
                                           const std::string& path) {
  std::string head;
  new_crc = EncodeSegmentHeader(header, head);
  const absl::Status status = [&]() -> absl::Status {
    ROWHOUSE_ASSIGN_OR_RETURN(new_file, disk.Create(path));
    ROWHOUSE_RETURN_IF_ERROR(new_file->Reserve(bytes));
    ROWHOUSE_RETURN_IF_ERROR(new_file->Append({absl::Span<const char>(head)}));
    ROWHOUSE_RETURN_IF_ERROR(new_file->Sync());
    return disk.SyncDirectory(options.directory);
  }();
  if (status.ok()) return status;
  // The next try takes another id, so a file that cannot be removed does no
  // harm: it holds no record.
  new_file.reset();
  disk.Remove(path).IgnoreError();
  return status;
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
    ROWHOUSE_RETURN_IF_ERROR(state->BeginSegment(state->options.segment_bytes));
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
  return lsn;
}

absl::Status Journal::Write(Lsn lsn) {
  MutexLock lock(state_->mu);
  ROWHOUSE_RETURN_IF_ERROR(state_->CheckLsn(lsn));
  return state_->WriteUpTo(lsn);
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
  std::uint64_t bytes = 0;
  for (const Segment& segment : state_->segments) bytes += segment.bytes;
  return bytes;
}

std::uint64_t Journal::unsynced_bytes() const {
  MutexLock lock(state_->mu);
  return state_->appended_bytes - state_->synced_bytes;
}

absl::Status Journal::RemoveUpTo(Lsn lsn) {
  State& s = *state_;
  std::vector<Segment> victims;
  {
    MutexLock lock(s.mu);
    ROWHOUSE_RETURN_IF_ERROR(s.failed);
    while (s.segments.size() > 1 &&
           s.segments[1].first.value() <= lsn.value() + 1) {
      victims.push_back(std::move(s.segments.front()));
      s.segments.pop_front();
    }
  }
  if (victims.empty()) return absl::OkStatus();
  for (const Segment& segment : victims) {
    const absl::Status status = s.disk.Remove(segment.path);
    // A file that stays costs space until the next start finds it.
    if (!status.ok() && !absl::IsNotFound(status)) return status;
  }
  return s.disk.SyncDirectory(s.options.directory);
}

absl::Status Journal::Roll() {
  State& s = *state_;
  MutexLock lock(s.mu);
  while (s.failed.ok() && s.rolling) s.changed.Wait(s.mu);
  ROWHOUSE_RETURN_IF_ERROR(s.failed);
  if (s.segments.back().bytes == kSegmentHeaderBytes) return absl::OkStatus();
  return s.BeginSegment(s.options.segment_bytes);
}

std::vector<std::string> Journal::SegmentPaths() const {
  MutexLock lock(state_->mu);
  std::vector<std::string> paths;
  for (const Segment& segment : state_->segments) {
    paths.push_back(segment.path);
  }
  return paths;
}

}  // namespace rowhouse::storage
