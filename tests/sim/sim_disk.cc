#include "tests/sim/sim_disk.h"

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace rowhouse::sim {
namespace {

// One call in so many takes time, so that timers go off in the middle of work.
constexpr std::uint64_t kSlowOneIn = 6;
constexpr std::uint64_t kSlowMicrosecondsMax = 300;

bool CountDown(std::uint64_t& countdown) {
  return countdown > 0 && --countdown == 0;
}

// As PosixDisk says it of two file systems.
absl::Status OtherDisk(const std::string& from, const std::string& to) {
  return absl::UnimplementedError(
      absl::StrCat(to, " is on another disk than ", from));
}

}  // namespace

struct SimDisk::Life {
  Life(Scheduler& scheduler, std::uint64_t seed, Watcher& watcher)
      : scheduler(scheduler), random(seed), watcher(watcher) {}

  absl::Status Alive() const {
    return dead ? absl::UnavailableError("the process is dead")
                : absl::OkStatus();
  }
  absl::Status Look(const char* place) {
    scheduler.Pause(place);
    return Alive();
  }
  absl::Status Step(const char* place) {
    scheduler.Pause(place);
    if (!dead && random.OneIn(kSlowOneIn)) {
      scheduler.Sleep(
          absl::Microseconds(random.Between(1, kSlowMicrosecondsMax)));
    }
    if (!dead && CountDown(die_in)) watcher.OnDeath();
    return Alive();
  }
  // True when the next step will not come.
  bool LastStep() const { return !dead && die_in == 1; }

  absl::Status Fail(const char* what) {
    failed = true;
    return absl::UnavailableError(absl::StrCat("injected error of ", what));
  }
  // Before each sync of `disk`.
  void MayFailSync(storage::MemDisk& disk) {
    if (CountDown(fail_sync_in)) disk.FailSync(1, Fail("sync"));
  }

  Scheduler& scheduler;
  Random random;
  Watcher& watcher;
  bool dead = false;
  bool failed = false;
  std::uint64_t die_in = 0;  // 0: not
  std::uint64_t die_after_renames = 0;
  std::uint64_t fail_sync_in = 0;
  std::uint64_t fail_append_in = 0;
};

class SimDisk::File final : public storage::WritableFile {
 public:
  File(storage::MemDisk& disk, std::string path,
       std::unique_ptr<storage::WritableFile> file, std::shared_ptr<Life> life,
       bool journal)
      : disk_(disk),
        path_(std::move(path)),
        file_(std::move(file)),
        life_(std::move(life)),
        journal_(journal) {}

  absl::Status Append(
      absl::Span<const absl::Span<const char>> pieces) override {
    return Write(std::nullopt, pieces);
  }
  absl::Status WriteAt(
      std::uint64_t offset,
      absl::Span<const absl::Span<const char>> pieces) override {
    return Write(offset, pieces);
  }
  absl::Status Reserve(std::uint64_t bytes) override {
    ROWHOUSE_RETURN_IF_ERROR(life_->Step("reserve"));
    const Scheduler::Quiet quiet(life_->scheduler);
    return file_->Reserve(bytes);
  }
  absl::Status Sync() override {
    ROWHOUSE_RETURN_IF_ERROR(life_->Step("sync"));
    const Scheduler::Quiet quiet(life_->scheduler);
    life_->MayFailSync(disk_);
    return file_->Sync();
  }

 private:
  // At the end of the file without an offset.
  absl::Status Write(std::optional<std::uint64_t> offset,
                     absl::Span<const absl::Span<const char>> pieces) {
    std::string bytes;
    for (const auto piece : pieces) bytes.append(piece.data(), piece.size());
    if (life_->LastStep() && life_->random.OneIn(2)) {
      // Killed in the middle of it.
      WriteSome(offset, bytes).IgnoreError();
    }
    ROWHOUSE_RETURN_IF_ERROR(life_->Step("write"));
    if (CountDown(life_->fail_append_in)) {
      WriteSome(offset, bytes).IgnoreError();
      return life_->Fail("append");
    }
    return WriteRaw(offset, bytes);
  }
  absl::Status WriteRaw(std::optional<std::uint64_t> offset,
                        const std::string& bytes) {
    const Scheduler::Quiet quiet(life_->scheduler);
    const absl::Span<const char> piece(bytes);
    // What is written again the watcher has seen.
    const bool again =
        journal_ && offset.has_value() &&
        disk_.ReadPiece(path_, *offset, bytes.size()).value_or("") == bytes;
    ROWHOUSE_RETURN_IF_ERROR(offset.has_value()
                                 ? file_->WriteAt(*offset, {piece})
                                 : file_->Append({piece}));
    if (journal_ && !again) life_->watcher.OnJournalBytes(bytes);
    return absl::OkStatus();
  }
  absl::Status WriteSome(std::optional<std::uint64_t> offset,
                         const std::string& bytes) {
    std::size_t some = life_->random.Below(bytes.size() + 1);
    // Zeros may lie there already: a record that lacks nothing else is whole,
    // and the watcher would not hear of it.
    while (some > 0 && some < bytes.size() && bytes[some] == 0) --some;
    return WriteRaw(offset, bytes.substr(0, some));
  }

  storage::MemDisk& disk_;
  const std::string path_;  // when it was opened
  const std::unique_ptr<storage::WritableFile> file_;
  const std::shared_ptr<Life> life_;
  const bool journal_;
};

SimDisk::SimDisk(Scheduler& scheduler, std::uint64_t seed,
                 storage::MemDisk& own, storage::MemDisk& shared,
                 Watcher& watcher)
    : own_(own),
      shared_(shared),
      life_(std::make_shared<Life>(scheduler, seed, watcher)) {}

storage::MemDisk& SimDisk::Of(absl::string_view path) {
  return absl::StartsWith(path, kSharedRoot) ? shared_ : own_;
}

void SimDisk::Die() { life_->dead = true; }
bool SimDisk::dead() const { return life_->dead; }
void SimDisk::DieAtStep(std::uint64_t n) { life_->die_in = n; }
void SimDisk::DieAfterRename(std::uint64_t n) { life_->die_after_renames = n; }
void SimDisk::FailSync(std::uint64_t n) { life_->fail_sync_in = n; }
void SimDisk::FailAppend(std::uint64_t n) { life_->fail_append_in = n; }
bool SimDisk::failed() const { return life_->failed; }

absl::StatusOr<std::unique_ptr<storage::WritableFile>> SimDisk::Create(
    const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Step("create"));
  const Scheduler::Quiet quiet(life_->scheduler);
  ROWHOUSE_ASSIGN_OR_RETURN(auto file, Of(path).Create(path));
  return Watched(std::move(file), path);
}

absl::StatusOr<std::unique_ptr<storage::WritableFile>> SimDisk::OpenToOverwrite(
    const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Look("open"));
  const Scheduler::Quiet quiet(life_->scheduler);
  ROWHOUSE_ASSIGN_OR_RETURN(auto file, Of(path).OpenToOverwrite(path));
  return Watched(std::move(file), path);
}

std::unique_ptr<storage::WritableFile> SimDisk::Watched(
    std::unique_ptr<storage::WritableFile> file, const std::string& path) {
  const bool journal =
      &Of(path) == &own_ && absl::StrContains(path, "/journal/");
  return std::make_unique<File>(Of(path), path, std::move(file), life_,
                                journal);
}

absl::Status SimDisk::Link(const std::string& from, const std::string& to) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Step("link"));
  if (&Of(from) != &Of(to)) {
    return OtherDisk(from, to);
  }
  const Scheduler::Quiet quiet(life_->scheduler);
  return Of(to).Link(from, to);
}

absl::StatusOr<std::string> SimDisk::Read(const std::string& path,
                                          std::uint64_t bytes_max) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Look("read"));
  const Scheduler::Quiet quiet(life_->scheduler);
  return Of(path).Read(path, bytes_max);
}

absl::StatusOr<std::string> SimDisk::ReadPiece(const std::string& path,
                                               std::uint64_t offset,
                                               std::size_t bytes) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Look("read"));
  const Scheduler::Quiet quiet(life_->scheduler);
  return Of(path).ReadPiece(path, offset, bytes);
}

absl::StatusOr<storage::FileInfo> SimDisk::Stat(const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Look("stat"));
  const Scheduler::Quiet quiet(life_->scheduler);
  return Of(path).Stat(path);
}

absl::Status SimDisk::SyncFile(const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Step("sync file"));
  const Scheduler::Quiet quiet(life_->scheduler);
  life_->MayFailSync(Of(path));
  return Of(path).SyncFile(path);
}

absl::Status SimDisk::DropReservation(const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Step("drop reservation"));
  const Scheduler::Quiet quiet(life_->scheduler);
  return Of(path).DropReservation(path);
}

absl::Status SimDisk::Rename(const std::string& from, const std::string& to) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Step("rename"));
  if (&Of(from) != &Of(to)) return OtherDisk(from, to);
  if (CountDown(life_->die_after_renames)) life_->die_in = 1;
  const Scheduler::Quiet quiet(life_->scheduler);
  return Of(to).Rename(from, to);
}

absl::Status SimDisk::Remove(const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Step("remove"));
  const Scheduler::Quiet quiet(life_->scheduler);
  return Of(path).Remove(path);
}

absl::Status SimDisk::RemoveAll(const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Step("remove all"));
  const Scheduler::Quiet quiet(life_->scheduler);
  return Of(path).RemoveAll(path);
}

absl::Status SimDisk::RemoveEmptyDirectory(const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Step("remove directory"));
  const Scheduler::Quiet quiet(life_->scheduler);
  return Of(path).RemoveEmptyDirectory(path);
}

absl::Status SimDisk::MakeDirectory(const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Step("make directory"));
  const Scheduler::Quiet quiet(life_->scheduler);
  return Of(path).MakeDirectory(path);
}

absl::StatusOr<std::vector<std::string>> SimDisk::List(
    const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Look("list"));
  const Scheduler::Quiet quiet(life_->scheduler);
  return Of(path).List(path);
}

absl::StatusOr<bool> SimDisk::Exists(const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Look("exists"));
  const Scheduler::Quiet quiet(life_->scheduler);
  return Of(path).Exists(path);
}

absl::Status SimDisk::SyncDirectory(const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Step("sync directory"));
  const Scheduler::Quiet quiet(life_->scheduler);
  life_->MayFailSync(Of(path));
  return Of(path).SyncDirectory(path);
}

absl::StatusOr<std::unique_ptr<storage::DirectoryLock>> SimDisk::Lock(
    const std::string& path) {
  ROWHOUSE_RETURN_IF_ERROR(life_->Look("lock"));
  const Scheduler::Quiet quiet(life_->scheduler);
  return Of(path).Lock(path);
}

}  // namespace rowhouse::sim
