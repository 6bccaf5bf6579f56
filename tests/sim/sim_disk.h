// The disks of a simulated machine as one process on it sees them: every call
// is a place where another task may run, takes time now and then, and may be
// the last thing that the process does.
#ifndef ROWHOUSE_TESTS_SIM_SIM_DISK_H_
#define ROWHOUSE_TESTS_SIM_SIM_DISK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "storage/disk.h"
#include "storage/mem_disk.h"
#include "tests/sim/random.h"
#include "tests/sim/scheduler.h"

namespace rowhouse::sim {

// Paths below it lie on the disk that all machines share.
inline constexpr absl::string_view kSharedRoot = "/shared";

// Files it gave may outlive it. A step is whatever changes a disk. Steps that
// do not happen, and everything after, are UNAVAILABLE.
class SimDisk final : public storage::Disk {
 public:
  // Called from within calls of the disk.
  class Watcher {
   public:
    virtual ~Watcher() = default;
    // The process dies here, by whatever hand; it must call Die.
    virtual void OnDeath() = 0;
    // What has reached a file of the journal.
    virtual void OnJournalBytes(absl::string_view bytes) = 0;
  };

  // All must outlive it and its files.
  SimDisk(Scheduler& scheduler, std::uint64_t seed, storage::MemDisk& own,
          storage::MemDisk& shared, Watcher& watcher);

  void Die();
  bool dead() const;
  // OnDeath comes instead of the `n`-th step from now.
  void DieAtStep(std::uint64_t n);
  // OnDeath comes instead of the step after the `n`-th rename from now: the new
  // name is there, and no sync of its directory has made it safe.
  void DieAfterRename(std::uint64_t n);
  // The `n`-th sync or append from now fails. Of the append some bytes arrive;
  // of the sync nothing is on the disk, and a second one of the same file lies.
  void FailSync(std::uint64_t n);
  void FailAppend(std::uint64_t n);
  // Whether an error was made since the process began.
  bool failed() const;

  absl::StatusOr<std::unique_ptr<storage::WritableFile>> Create(
      const std::string& path) override;
  absl::StatusOr<std::unique_ptr<storage::WritableFile>> OpenToOverwrite(
      const std::string& path) override;
  absl::StatusOr<std::string> Read(const std::string& path,
                                   std::uint64_t bytes_max) override;
  absl::StatusOr<std::string> ReadPiece(const std::string& path,
                                        std::uint64_t offset,
                                        std::size_t bytes) override;
  absl::StatusOr<storage::FileInfo> Stat(const std::string& path) override;
  absl::Status SyncFile(const std::string& path) override;
  absl::Status DropReservation(const std::string& path) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status Link(const std::string& from, const std::string& to) override;
  absl::Status Remove(const std::string& path) override;
  absl::Status RemoveAll(const std::string& path) override;
  absl::Status RemoveEmptyDirectory(const std::string& path) override;
  absl::Status MakeDirectory(const std::string& path) override;
  absl::StatusOr<std::vector<std::string>> List(
      const std::string& path) override;
  absl::StatusOr<bool> Exists(const std::string& path) override;
  absl::Status SyncDirectory(const std::string& path) override;
  absl::StatusOr<std::unique_ptr<storage::DirectoryLock>> Lock(
      const std::string& path) override;

 private:
  struct Life;
  class File;

  storage::MemDisk& Of(absl::string_view path);
  std::unique_ptr<storage::WritableFile> Watched(
      std::unique_ptr<storage::WritableFile> file, const std::string& path);

  storage::MemDisk& own_;
  storage::MemDisk& shared_;
  const std::shared_ptr<Life> life_;
};

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_SIM_DISK_H_
