// Rows of a checkpoint's parts in memory: what one shard has of them.
#ifndef ROWHOUSE_SHARD_PART_LOADER_H_
#define ROWHOUSE_SHARD_PART_LOADER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "base/executor.h"
#include "rowhouse/shard_map.h"
#include "shard/part_source.h"
#include "shard/part_tables.h"
#include "shard/row_reader.h"
#include "shard/table.h"
#include "shard/tables.h"
#include "storage/data_dir.h"

namespace rowhouse::shard {

// Each part is brought to its cut by itself, copy first and records upon it,
// since its LSNs and its table's steps are its own. The first becomes the
// result; the rows of others are moved there, so the most that is in memory
// twice is one part's share. Not thread-safe.
class PartLoader {
 public:
  // The tables to load, in `buckets`.
  PartLoader(BucketRange buckets, std::uint32_t lanes, Executor& executor,
             std::vector<PartTable> tables)
      : buckets_(buckets),
        lanes_(lanes),
        executor_(executor),
        stored_(std::move(tables)),
        steps_(stored_.size()) {}

  // A step that the part lacks is done upon it. Errors of PartSource, or
  // DATA_LOSS: rows that cannot be of their table.
  absl::Status Add(const PartSource& source);

  // The tables with all rows, stamped as in their parts. Where rows move
  // without a gradient a table knows all steps that one of them may miss,
  // elsewhere the greatest step of all parts.
  std::vector<std::unique_ptr<Table>> Take();

 private:
  using OwnedTables = std::vector<std::unique_ptr<Table>>;

  absl::Status LoadRows(const PartSource& source, BucketRange range,
                        const Lanes& lanes, Table& table) const;
  absl::Status Replay(const PartSource& source, BucketRange range,
                      const Lanes& lanes, const OwnedTables& tables) const;
  void Move(Table& from, Table& to) const;
  void TakeSteps(std::size_t table, const storage::StoredSteps& more);

  const BucketRange buckets_;
  const std::uint32_t lanes_;
  Executor& executor_;
  const std::vector<PartTable> stored_;
  OwnedTables result_;  // as stored_; empty before the first part
  std::vector<storage::StoredSteps> steps_;  // as stored_
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_PART_LOADER_H_
