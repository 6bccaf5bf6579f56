// journal/SYNCED: how far the journal was on the disk after its last sync. A
// record says this of those before it; of the last group only this file does.
// Format: docs/formats.md.
#ifndef ROWHOUSE_STORAGE_SYNCED_MARK_H_
#define ROWHOUSE_STORAGE_SYNCED_MARK_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rowhouse/ids.h"
#include "storage/disk.h"

namespace rowhouse::storage {

// On disk: do not change. Two places, each in a block of its own, are written
// in turn: whatever a crash does to the one that is written leaves the other.
inline constexpr std::uint32_t kSyncedMarkFormat = 1;
inline constexpr std::size_t kSyncedMarkBytes = 32;
inline constexpr std::size_t kSyncedMarkPlaces = 2;
inline constexpr std::size_t kSyncedMarkStride = 4096;

struct SyncedMark {
  std::uint64_t incarnation = 0;  // of the data directory
  Lsn synced;
  friend bool operator==(const SyncedMark&, const SyncedMark&) = default;
};

std::string EncodeSyncedMark(const SyncedMark& mark);

// What follows the mark in `bytes` is not looked at. DATA_LOSS: too short or
// damaged. FAILED_PRECONDITION: a newer format.
absl::StatusOr<SyncedMark> DecodeSyncedMark(absl::string_view bytes);

// Those of the journal in `directory`, one at least. NOT_FOUND: there is no
// file. DATA_LOSS: neither place holds a mark. Errors name the file.
absl::StatusOr<std::vector<SyncedMark>> ReadSyncedMarks(
    Disk& disk, const std::string& directory);

// One thread at a time.
class SyncedMarkFile {
 public:
  // Makes the file anew, durable on return, unless it holds two marks of this
  // incarnation; the greatest of them that there is stays.
  static absl::StatusOr<SyncedMarkFile> Open(Disk& disk,
                                             const std::string& directory,
                                             std::uint64_t incarnation);

  // Not synced itself: a mark that a power cut takes back vouches for less,
  // never for more. REQUIRES: records up to `synced` are on the disk.
  absl::Status Set(Lsn synced);

 private:
  SyncedMarkFile(std::unique_ptr<WritableFile> file, std::uint64_t incarnation,
                 std::size_t place)
      : file_(std::move(file)), incarnation_(incarnation), place_(place) {}

  std::unique_ptr<WritableFile> file_;
  std::uint64_t incarnation_;
  std::size_t place_;  // where the next mark goes
};

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_SYNCED_MARK_H_
