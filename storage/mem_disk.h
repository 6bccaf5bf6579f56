// A disk in memory that knows what a crash would leave, for tests and the
// simulator. What survives is what was synced, as Disk promises: bytes by
// WritableFile::Sync, names by SyncDirectory (directories themselves at once).
#ifndef ROWHOUSE_STORAGE_MEM_DISK_H_
#define ROWHOUSE_STORAGE_MEM_DISK_H_

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/mutex.h"
#include "storage/disk.h"

namespace rowhouse::storage {

// Thread-safe. Paths are split at '/'; "" and "/" are the root. Files and locks
// that it gave may outlive it.
class MemDisk final : public Disk {
 public:
  // What a power cut leaves of the bytes of a file that were not synced: of
  // those behind its synced end, and of sectors of 512 bytes that were written
  // over.
  enum class Tear {
    kPrefix,   // a prefix of any length; the first sectors new, the others old
    kSectors,  // any length, and in it some sectors are zero; each new or old
  };

  MemDisk();
  ~MemDisk() override;

  // The process is gone, the machine is not: open files fail from now on and
  // locks are free, all bytes and reservations stay.
  void Kill();

  // The machine is gone: as Kill, and names and bytes that were not synced are
  // lost, or stay in part as `seed` decides.
  void PowerCut(std::uint64_t seed, Tear tear);

  // The `n`-th Append (Sync, which counts WritableFile::Sync, SyncFile and
  // SyncDirectory) from now on returns `error`, 1 being the next one. A failed
  // append leaves half of its bytes. A failed sync has synced nothing, and as
  // with a kernel no later one will: bytes of a file are lost in the next power
  // cut unless they are written again.
  void FailAppend(std::uint64_t n, absl::Status error);
  void FailSync(std::uint64_t n, absl::Status error);

  // Bytes and reservations of all files together; more is RESOURCE_EXHAUSTED.
  void SetCapacity(std::uint64_t bytes);

  // What lies below `path` is a file system of its own: links from and to
  // elsewhere are UNIMPLEMENTED.
  void Mount(const std::string& path);

  // Replaces a file's content as a fault of the medium would: it counts as
  // synced. REQUIRES: the file exists.
  void Damage(const std::string& path, absl::string_view content);

  std::uint64_t syncs() const;  // successful ones

  // Equal for disks that hold the same and would lose the same in a crash.
  std::uint64_t Fingerprint() const;

  absl::StatusOr<std::unique_ptr<WritableFile>> Create(
      const std::string& path) override;
  absl::StatusOr<std::unique_ptr<WritableFile>> OpenToOverwrite(
      const std::string& path) override;
  absl::StatusOr<std::string> Read(const std::string& path,
                                   std::uint64_t bytes_max) override;
  absl::StatusOr<std::string> ReadPiece(const std::string& path,
                                        std::uint64_t offset,
                                        std::size_t bytes) override;
  absl::StatusOr<FileInfo> Stat(const std::string& path) override;
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
  absl::StatusOr<std::unique_ptr<DirectoryLock>> Lock(
      const std::string& path) override;

 private:
  struct Node;
  struct State;
  class File;
  class HeldLock;
  std::shared_ptr<State> state_;
};

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_MEM_DISK_H_
