#include "tests/sim/watched_row_store.h"

namespace rowhouse::sim {

absl::Status WatchedRowStore::Write(TableIncarnation table,
                                    absl::Span<const storage::RowImage> rows) {
  for (const storage::RowImage& row : rows) {
    written_.insert({table, {row.bucket, row.id}});
  }
  return ForwardingRowStore::Write(table, rows);
}

absl::Status WatchedRowStore::MultiGet(
    TableIncarnation table, absl::Span<const storage::RowPlace> places,
    absl::FunctionRef<absl::Status(std::size_t, const storage::RowImage&)>
        visit) const {
  return ForwardingRowStore::MultiGet(
      table, places, [&](std::size_t place, const storage::RowImage& row) {
        rows_back_ += written_.contains({table, places[place]}) ? 1 : 0;
        return visit(place, row);
      });
}

}  // namespace rowhouse::sim
