// What the fault runs and the shim inside a server share: a page of memory that
// says at which of the server's calls to the file system what happens. Plain
// C++ without any library: the shim is loaded into the very binary that is
// shipped.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_SHIM_PAGE_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_SHIM_PAGE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace rowhouse::faults {

// The environment variable that names the file of the page. Without it the shim
// does nothing.
inline constexpr char kShimPageVariable[] = "ROWHOUSE_FAULT_PAGE";

enum class Call : std::uint32_t {
  kCreate,
  kWrite,
  kSync,  // fsync and fdatasync
  kRename,
  kLink,
  kRemove,
  kTruncate,
  kReserve,
};
inline constexpr std::size_t kCallKinds = 8;

enum class FileKind : std::uint32_t {
  kOther,
  kJournal,
  kJournalDirectory,
  kSyncedMark,
  kSpareSegment,
  kWatermarks,
  kManifest,
  kDataDirectory,
  kSst,
  kRowsManifest,
  kRowsCurrent,
  kRowsOptions,
  kSeal,
  kRowsDirectory,
  kPart,  // files of a checkpoint's part, but for its manifest
  kPartManifest,
  kPartDirectory,
  kCheckpointManifest,
  kCheckpointDirectory,
};
inline constexpr std::size_t kFileKinds = 19;

// Of an absolute path below the directories of a ServerProcess (data in
// .../shard-N, checkpoints in .../checkpoints). A temporary file is of the kind
// of what it becomes.
FileKind KindOf(const char* path);

enum class Act : std::uint32_t {
  kNone,
  kKillBefore,
  kKillHalfway,  // a write stops in its middle; before any other call
  kKillAfter,
  kFail,   // the call is not made and says `error`
  kDelay,  // the call is made after `delay_us`
};

constexpr std::uint32_t Bit(Call call) {
  return 1u << static_cast<std::uint32_t>(call);
}
constexpr std::uint32_t Bit(FileKind kind) {
  return 1u << static_cast<std::uint32_t>(kind);
}
inline constexpr std::uint32_t kEveryKind = ~Bit(FileKind::kOther);

// All zero: nothing happens. `act` is written last.
struct ShimPage {
  std::atomic<std::uint32_t> act;
  std::atomic<std::uint32_t> calls;  // bits: which calls it is about
  std::atomic<std::uint32_t> kinds;  // bits: on which files
  std::atomic<std::uint32_t> error;  // errno
  std::atomic<std::uint64_t> delay_us;
  std::atomic<std::uint64_t> skip;   // so many of these calls are let by
  std::atomic<std::uint64_t> times;  // and so many are acted on
  std::atomic<std::uint64_t> seen;   // of these calls
  std::atomic<std::uint64_t> acted;
  std::atomic<std::uint32_t> acted_on;  // the FileKind, the last time
  // The inode of the file whose sync failed last; 0: none. As with a kernel a
  // later sync of it says OK and does nothing, until somebody writes there.
  std::atomic<std::uint64_t> given_up;
  // All calls of the server since the page was made, acted on or not.
  std::atomic<std::uint64_t> counts[kCallKinds][kFileKinds];
};

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_SHIM_PAGE_H_
