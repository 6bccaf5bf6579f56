// Rows of a checkpoint's parts in memory: what one shard has of them.
#ifndef ROWHOUSE_SHARD_PART_LOADER_H_
#define ROWHOUSE_SHARD_PART_LOADER_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/executor.h"
#include "rowhouse/shard_map.h"
#include "shard/part_source.h"
#include "shard/part_tables.h"
#include "shard/row_reader.h"
#include "shard/table.h"
#include "shard/tables.h"
#include "storage/checkpoint_part.h"
#include "storage/data_dir.h"

namespace rowhouse::shard {

// Each part is brought to its cut by itself, copy first and records upon it,
// since its LSNs and its table's steps are its own. The first becomes the
// result; the rows of others are moved there, so the most that is in memory
// twice is one part's share. Not thread-safe.
class PartLoader {
 public:
  using OwnedTables = std::vector<std::unique_ptr<Table>>;

  // Loads `tables` of the parts, which it borrows, as `may_go_on`. Rows take
  // `bytes_max` of memory at once, with one record's more; 0: no bound.
  PartLoader(absl::Span<const PartSource> sources,
             std::vector<PartTable> tables, std::uint32_t lanes,
             Executor& executor, std::uint64_t bytes_max,
             storage::MayGoOn may_go_on)
      : sources_(sources),
        stored_(std::move(tables)),
        lanes_(lanes),
        executor_(executor),
        bytes_max_(bytes_max),
        may_go_on_(may_go_on),
        steps_(stored_.size()) {}

  // Visits the tables with all rows of `buckets`, stamped as in their parts,
  // and the steps that these may miss: at once, or by ranges of buckets whose
  // rows fit. A bucket that does not is taken alone all the same. A step that a
  // part lacks is done upon it. Each range reads the journals of the parts that
  // it is of. Errors of PartSource, `visit` and `may_go_on`, or DATA_LOSS: rows
  // that cannot be of their table.
  absl::Status Load(BucketRange buckets,
                    absl::FunctionRef<absl::Status(OwnedTables)> visit);

  // Of table `index` in all that was loaded: where rows move without a gradient
  // all steps that one of them may miss, elsewhere the last step of all parts.
  const storage::StoredSteps& steps(std::size_t index) const {
    return steps_[index];
  }

 private:
  // Both RESOURCE_EXHAUSTED: the rows do not fit.
  absl::StatusOr<OwnedTables> LoadAll(BucketRange buckets);
  absl::StatusOr<OwnedTables> LoadPart(const PartSource& source,
                                       BucketRange range, std::uint64_t room);
  absl::Status LoadRows(const PartSource& source, BucketRange range,
                        const Lanes& lanes, Table& table,
                        absl::FunctionRef<absl::Status()> check_fits) const;
  absl::Status Replay(const PartSource& source, BucketRange range,
                      const Lanes& lanes, const OwnedTables& tables,
                      absl::FunctionRef<absl::Status()> check_fits) const;
  void Move(Table& from, BucketRange range, Table& to) const;
  void TakeSteps(std::size_t table, const storage::StoredSteps& more);
  std::uint64_t BytesOf(const OwnedTables& tables) const;

  const absl::Span<const PartSource> sources_;
  const std::vector<PartTable> stored_;
  const std::uint32_t lanes_;
  Executor& executor_;
  const std::uint64_t bytes_max_;
  const storage::MayGoOn may_go_on_;
  std::vector<storage::StoredSteps> steps_;  // as stored_
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_PART_LOADER_H_
