#include "shard/write_back.h"

#include <algorithm>
#include <vector>

#include "base/limits.h"
#include "base/mutation.h"
#include "base/status_macros.h"

namespace rowhouse::shard {

absl::StatusOr<std::size_t> WriteTableBack(Table& table, const Lanes& lanes,
                                           storage::Journal& journal,
                                           storage::RowStore& store) {
  return WriteTableRows(
      table, lanes, [&](Lsn lsn) { return journal.Sync(lsn); }, store);
}

absl::StatusOr<std::size_t> WriteTableRows(
    Table& table, const Lanes& lanes, absl::FunctionRef<absl::Status(Lsn)> sync,
    storage::RowStore& store) {
  ImageBatch batch;
  std::size_t written = 0;
  for (const auto& lane : lanes) {
    const std::vector<DirtyRow> dirty = lane->TakeDirty(table);
    absl::Span<const DirtyRow> rest(dirty);
    while (!rest.empty()) {
      const absl::Span<const DirtyRow> rows =
          rest.subspan(0, kWriteBackRowsMax);
      rest.remove_prefix(rows.size());
      lane->CopyImages(table, rows, batch);
      absl::Status status = Mutated(Mutation::kWriteBackAboveSync)
                                ? absl::OkStatus()
                                : sync(batch.newest);
      if (status.ok()) status = store.Write(table.incarnation(), batch.images);
      if (!status.ok()) {
        lane->ReturnDirty(table, rows, rest);
        return status;
      }
      lane->MarkWritten(table, rows);
      written += rows.size();
    }
  }
  return written;
}

}  // namespace rowhouse::shard
