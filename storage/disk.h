// The file system as a seam: the journal and the small files of a data
// directory see the outside world through a Disk only, so that tests own what
// is written, synced, torn and lost. (RocksDB has a seam of its own,
// rocksdb::Env.)
#ifndef ROWHOUSE_STORAGE_DISK_H_
#define ROWHOUSE_STORAGE_DISK_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rowhouse::storage {

// A file open for writing. One thread at a time, but Sync may run beside Append
// and WriteAt. Errors: RESOURCE_EXHAUSTED for a full disk, or when the process
// may have no more files; else UNAVAILABLE. The message names the path and the
// system's words.
class WritableFile {
 public:
  virtual ~WritableFile() = default;
  // Writes all pieces, in order, at the end; one system call where it can.
  virtual absl::Status Append(
      absl::Span<const absl::Span<const char>> pieces) = 0;
  // The same from `offset` on, over what is there. Until a Sync a power cut may
  // leave the old or the new bytes, sector by sector. REQUIRES: `offset` is at
  // most the size of the file.
  virtual absl::Status WriteAt(
      std::uint64_t offset,
      absl::Span<const absl::Span<const char>> pieces) = 0;
  // Reserves space for `bytes` from the start of the file without changing its
  // size, so that a later Append cannot run out of disk. Destroying the file
  // gives back what was not used; a killed process leaves it.
  virtual absl::Status Reserve(std::uint64_t bytes) = 0;
  // Everything written before the call is on the disk when it returns OK.
  // After an error the state of the file is unknown: never call it again.
  virtual absl::Status Sync() = 0;
};

struct FileInfo {
  bool directory = false;
  std::uint64_t bytes = 0;  // of a file
  std::uint64_t links = 1;  // names that a file has; 1 for a directory
};

// A held lock; destroying it lets go.
class DirectoryLock {
 public:
  virtual ~DirectoryLock() = default;
};

// Thread-safe. Paths are absolute or relative to the process.
class Disk {
 public:
  virtual ~Disk() = default;
  // Fails with ALREADY_EXISTS when there is such a file.
  virtual absl::StatusOr<std::unique_ptr<WritableFile>> Create(
      const std::string& path) = 0;
  // A file that is there, to be written over: no byte of it changes by this.
  // NOT_FOUND when there is none.
  virtual absl::StatusOr<std::unique_ptr<WritableFile>> OpenToOverwrite(
      const std::string& path) = 0;
  // The whole file. NOT_FOUND when there is none; RESOURCE_EXHAUSTED when it
  // is larger than `bytes_max`.
  virtual absl::StatusOr<std::string> Read(const std::string& path,
                                           std::uint64_t bytes_max) = 0;
  // At most `bytes` from `offset`; fewer only at the end of the file. NOT_FOUND
  // when there is none.
  virtual absl::StatusOr<std::string> ReadPiece(const std::string& path,
                                                std::uint64_t offset,
                                                std::size_t bytes) = 0;
  // NOT_FOUND when there is nothing; UNAVAILABLE when it is neither a file nor
  // a directory.
  virtual absl::StatusOr<FileInfo> Stat(const std::string& path) = 0;
  // Makes a file's content durable, whoever wrote it: a file from before a
  // restart may be in the kernel's memory only.
  virtual absl::Status SyncFile(const std::string& path) = 0;
  // Gives back what a process that died had reserved beyond the end of a file.
  // Size and bytes stay, whoever has linked it. NOT_FOUND when there is none.
  virtual absl::Status DropReservation(const std::string& path) = 0;
  // UNIMPLEMENTED when the names lie in two file systems.
  virtual absl::Status Rename(const std::string& from,
                              const std::string& to) = 0;
  // Makes `to` a second name of the file `from`. ALREADY_EXISTS when there is
  // such a name; UNIMPLEMENTED where the file system has no hard links or the
  // names lie in two of them.
  virtual absl::Status Link(const std::string& from, const std::string& to) = 0;
  // The file stays while another name has it.
  virtual absl::Status Remove(const std::string& path) = 0;
  // Removes a directory and all below it; OK when there is none.
  virtual absl::Status RemoveAll(const std::string& path) = 0;
  // OK too when something is in it, which stays, or when there is none.
  virtual absl::Status RemoveEmptyDirectory(const std::string& path) = 0;
  // Makes it and its parents, durably. FAILED_PRECONDITION: it cannot be there.
  virtual absl::Status MakeDirectory(const std::string& path) = 0;
  // Names in the directory, sorted, without "." and "..".
  virtual absl::StatusOr<std::vector<std::string>> List(
      const std::string& path) = 0;
  virtual absl::StatusOr<bool> Exists(const std::string& path) = 0;
  // Makes creations, renames and removals in the directory durable.
  virtual absl::Status SyncDirectory(const std::string& path) = 0;
  // FAILED_PRECONDITION when another process (or this one) holds it.
  virtual absl::StatusOr<std::unique_ptr<DirectoryLock>> Lock(
      const std::string& path) = 0;
};

// The machine's own; lives for ever. Files are 0600, directories 0700, and the
// last part of a path is never followed through a symbolic link.
Disk& PosixDisk();

// The directory that holds `path`: "." for a bare name.
std::string ParentDirectory(absl::string_view path);

// A copy that shares nothing with `from`, durable but for the name `to`.
// ALREADY_EXISTS when there is such a name. What it had made when it fails is
// removed.
absl::Status CopyFile(Disk& disk, const std::string& from,
                      const std::string& to);

// Replaces `path` with `content`: temporary file, sync, rename, sync of the
// directory. After a crash the old or the new content is there, never a mix.
absl::Status WriteFileAtomically(Disk& disk, const std::string& path,
                                 absl::string_view content);

// Its two halves, for what has to be looked at between them: path.tmp, which is
// on the disk on return and replaces one that is there, becomes `path`.
// NOT_FOUND when somebody has removed it meanwhile.
std::string TemporaryPath(const std::string& path);
absl::Status WriteTemporary(Disk& disk, const std::string& path,
                            absl::string_view content);
absl::Status RenameTemporary(Disk& disk, const std::string& path);

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_DISK_H_
