// The row store of one process of a shard, which counts what eviction from row
// memory shows of itself there (docs/adr/0015).
#ifndef ROWHOUSE_TESTS_SIM_WATCHED_ROW_STORE_H_
#define ROWHOUSE_TESTS_SIM_WATCHED_ROW_STORE_H_

#include <cstdint>
#include <memory>
#include <set>
#include <utility>

#include "storage/row_store.h"
#include "tests/testing/forwarding_row_store.h"

namespace rowhouse::sim {

// In a simulation, where one task at a time runs.
class WatchedRowStore final : public ForwardingRowStore {
 public:
  // `rows_back` outlives it and rises by one for every row that is read though
  // this process has written it: it was in memory and has been let go.
  WatchedRowStore(std::unique_ptr<storage::RowStore> rows,
                  std::uint64_t& rows_back)
      : ForwardingRowStore(std::move(rows)), rows_back_(rows_back) {}

  absl::Status Write(TableIncarnation table,
                     absl::Span<const storage::RowImage> rows) override;
  absl::Status MultiGet(
      TableIncarnation table, absl::Span<const storage::RowPlace> places,
      absl::FunctionRef<absl::Status(std::size_t, const storage::RowImage&)>
          visit) const override;

 private:
  std::uint64_t& rows_back_;
  std::set<std::pair<TableIncarnation, storage::RowPlace>> written_;
};

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_WATCHED_ROW_STORE_H_
