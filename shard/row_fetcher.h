// Reads rows that are not in memory from the row store, a batch at a time.
#ifndef ROWHOUSE_SHARD_ROW_FETCHER_H_
#define ROWHOUSE_SHARD_ROW_FETCHER_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "rowhouse/ids.h"
#include "shard/table.h"
#include "storage/row_store.h"

namespace rowhouse::shard {

// Keeps its memory from batch to batch. Not thread-safe.
class RowFetcher {
 public:
  // Begins a batch of rows of `table`.
  void Begin(const Table& table);
  // Asks for a row; an id may be asked for twice. Rows are numbered from 0.
  void Add(Id id, std::uint64_t hash);
  std::size_t size() const { return rows_.size(); }

  // One MultiGet. Errors of it, and DATA_LOSS when a row cannot be one of the
  // table. Then nothing is found.
  absl::Status Fetch(const storage::RowStore& store);

  // Of the rows asked for, after Fetch.
  bool found(std::size_t row) const { return rows_[row].found; }
  Lsn lsn(std::size_t row) const { return rows_[row].lsn; }
  // row_floats of the table. REQUIRES: found.
  const float* values(std::size_t row) const {
    return values_.data() + row * row_floats_;
  }

 private:
  struct Row {
    bool found = false;
    Lsn lsn;
  };

  const Table* table_ = nullptr;
  std::size_t row_floats_ = 0;
  std::vector<Row> rows_;
  std::vector<std::pair<storage::RowPlace, std::size_t>> wanted_;
  std::vector<storage::RowPlace> places_;  // of wanted_, each once
  std::vector<std::size_t> first_wanted_;  // by place
  std::vector<float> values_;
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_ROW_FETCHER_H_
