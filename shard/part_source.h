// A shard's part of a checkpoint, open to be read: its rows as they were copied
// and the records that come upon them.
#ifndef ROWHOUSE_SHARD_PART_SOURCE_H_
#define ROWHOUSE_SHARD_PART_SOURCE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/requests.h"
#include "kernels/optimizers/step_terms.h"
#include "rowhouse/shard_map.h"
#include "shard/record_codec.h"
#include "shard/shard.h"
#include "storage/checkpoint_part.h"
#include "storage/disk.h"
#include "storage/row_store.h"

namespace rowhouse::shard {

// Thread-compatible. Borrows the disk.
class PartSource {
 public:
  using OpenRowStore =
      std::function<absl::StatusOr<std::unique_ptr<storage::RowStore>>(
          const std::string& path, bool read_only)>;

  // Part `index` of the checkpoint, every file of which is read and compared
  // with its SHA-256. DATA_LOSS naming what differs.
  static absl::StatusOr<PartSource> Open(storage::Disk& disk,
                                         const OpenRowStore& open_row_store,
                                         const std::string& root,
                                         const CheckpointInfo& info,
                                         std::size_t index);

  const std::string& path() const { return path_; }
  const storage::ShardManifest& manifest() const { return manifest_; }
  BucketRange buckets() const { return buckets_; }
  // Null: the part has no such table.
  const storage::CheckpointTable* Find(TableIncarnation table) const;

  // Visits the rows of the copy in `buckets`, and compares those of each bucket
  // with what was written down when the part was made: DATA_LOSS with bucket,
  // counts and checksums.
  absl::Status Scan(
      TableIncarnation table, BucketRange buckets,
      absl::FunctionRef<absl::Status(const storage::RowImage&)> visit) const;

  // Visits the pushes and writes of the cut, in order; `decoder` holds the
  // record, whose kind is kPush or kWriteRows. Those that the copy of a table
  // has already (CheckpointTable::after) are among them. DATA_LOSS: a record up
  // to the one that closed the cut is missing or damaged, which any error of
  // `visit` but RESOURCE_EXHAUSTED says too.
  absl::Status ForEachRecord(
      absl::FunctionRef<absl::Status(RecordKind kind, Lsn lsn,
                                     const RecordDecoder& decoder)>
          visit) const;

  // What the journal says without being applied: the steps of each table at the
  // cut, and how many records come upon the copy. Reads all of it.
  struct Steps {
    std::uint64_t count = 0;
    std::optional<kernels::StepTerms> last;  // where it is known
  };
  struct Survey {
    std::map<TableIncarnation, Steps> steps;
    std::uint64_t records = 0;
  };
  absl::StatusOr<Survey> ReadJournal() const;

 private:
  PartSource(storage::Disk& disk, std::string path)
      : disk_(&disk), path_(std::move(path)) {}

  storage::Disk* disk_;
  std::string path_;
  storage::ShardManifest manifest_;
  storage::RowDigests digests_;
  BucketRange buckets_;
  std::unique_ptr<storage::RowStore> rows_;
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_PART_SOURCE_H_
