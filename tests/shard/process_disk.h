// The disk as one process sees it, over a MemDisk that outlives it: the process
// can be made to die at any step it takes.
#ifndef ROWHOUSE_TESTS_SHARD_PROCESS_DISK_H_
#define ROWHOUSE_TESTS_SHARD_PROCESS_DISK_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "storage/disk.h"
#include "storage/mem_disk.h"

namespace rowhouse::shard {

// Thread-safe; files it gave may outlive it. A step is whatever changes the
// disk. Steps that do not happen, and everything after, are UNAVAILABLE.
class ProcessDisk final : public storage::Disk {
 public:
  // Dies instead of taking step `die_at`, 1 being the first; 0: never.
  explicit ProcessDisk(storage::MemDisk& disk, std::uint64_t die_at = 0);

  void Die();
  bool dead() const;
  std::uint64_t steps() const;

  // `fn` is called with the new name before each Rename.
  void OnRename(std::function<void(const std::string& to)> fn);

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
  struct Life {
    explicit Life(std::uint64_t die_at) : die_at(die_at) {}
    absl::Status Step();
    absl::Status Alive() const;
    const std::uint64_t die_at;
    std::atomic<std::uint64_t> steps{0};
    std::atomic<bool> dead{false};
  };
  class File;

  storage::MemDisk& disk_;
  const std::shared_ptr<Life> life_;
  std::function<void(const std::string& to)> on_rename_;
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_TESTS_SHARD_PROCESS_DISK_H_
