// The small files of a data directory: who it is (manifest) and how far its
// rows have come (watermarks). Both are replaced atomically and carry a
// checksum.
//
//   DIR/LOCK          held while a process uses the directory
//   DIR/MANIFEST      DataDirManifest: identity, tables
//   DIR/WATERMARKS    Watermarks: written after a sync of the journal up to
//   them DIR/journal/      segments (journal.h) DIR/rows/         RocksDB
//   (row_store.h) DIR/cut/          a checkpoint's part being made; of no use
//   after a restart DIR/checkpoints/  unless the server is told another place
#ifndef ROWHOUSE_STORAGE_DATA_DIR_H_
#define ROWHOUSE_STORAGE_DATA_DIR_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rowhouse/ids.h"
#include "rowhouse/table_spec.h"
#include "storage/disk.h"

namespace rowhouse::storage {

inline constexpr std::uint32_t kDataDirFormat = 1;  // of everything below DIR

struct StoredTable {
  TableIncarnation incarnation;
  TableSpec spec;
  friend bool operator==(const StoredTable&, const StoredTable&) = default;
};

struct DataDirManifest {
  std::uint64_t incarnation = 0;  // 64 random bits; new after a restore
  ShardIndex shard_index;
  std::uint32_t shard_count = 0;
  std::uint64_t restore_id = 0;    // 0: never restored
  bool restoring = false;          // a restore began and has not finished
  std::string restored_from = {};  // the checkpoint that `restore_id` is of
  std::vector<StoredTable> tables;
  friend bool operator==(const DataDirManifest&,
                         const DataDirManifest&) = default;
};

// One session's share of the deduplication state.
struct StoredSession {
  std::uint64_t number = 0;
  std::uint64_t lowest = 0;            // every sequence below is done
  std::uint64_t highest_plus_one = 0;  // 0: no push yet
  std::uint64_t last_lsn = 0;          // of its latest record
  std::uint64_t snapshot_epoch = 0;
  std::vector<std::uint64_t> done;  // sequences >= lowest, rising
  friend bool operator==(const StoredSession&, const StoredSession&) = default;
};

// The steps of a table whose rows move without a gradient (shard/step_log.h),
// as far as a row on disk may still miss them.
struct StoredSteps {
  std::uint64_t first = 0;  // the number of the first one
  std::vector<float> learning_rates;
  std::vector<std::uint64_t> iterations;  // of the trainer; as many
  std::uint64_t owner = 0;  // number of the session that steps; 0: none
  friend bool operator==(const StoredSteps&, const StoredSteps&) = default;
};

struct Watermarks {
  // By table: every row's state up to this LSN is flushed in the row store.
  std::map<TableIncarnation, Lsn> tables;
  // Those of them that have steps, as of the same LSN.
  std::map<TableIncarnation, StoredSteps> steps;
  Lsn sessions_lsn;                       // the LSN the sessions below are from
  std::uint64_t last_session_number = 0;  // greatest ever issued
  std::vector<StoredSession> sessions;
  Lsn durable;  // the journal was synced up to here when this was written
  // As of sessions_lsn: the epoch that pushes have reached, and the least that
  // is still taken.
  std::uint64_t snapshot_epoch = 0;
  std::uint64_t epoch_floor = 0;
  friend bool operator==(const Watermarks&, const Watermarks&) = default;
};

// NOT_FOUND: a new directory. DATA_LOSS: damaged, naming file and what is
// wrong. FAILED_PRECONDITION: written by a newer format.
absl::StatusOr<DataDirManifest> ReadManifest(Disk& disk,
                                             const std::string& data_dir);
absl::Status WriteManifest(Disk& disk, const std::string& data_dir,
                           const DataDirManifest& manifest);
absl::StatusOr<Watermarks> ReadWatermarks(Disk& disk,
                                          const std::string& data_dir);
absl::Status WriteWatermarks(Disk& disk, const std::string& data_dir,
                             const Watermarks& watermarks);

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_DATA_DIR_H_
