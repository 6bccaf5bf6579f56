// Moves changed rows of a table from memory to the row store.
#ifndef ROWHOUSE_SHARD_WRITE_BACK_H_
#define ROWHOUSE_SHARD_WRITE_BACK_H_

#include <cstddef>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "shard/row_reader.h"
#include "shard/table.h"
#include "storage/journal.h"
#include "storage/row_store.h"

namespace rowhouse::shard {

// Writes every row of `table` that is dirty at the call, in batches: copies
// images under the lane's lock, syncs the journal up to the newest LSN copied,
// then writes. (An image on disk whose record is lost would be pushed twice.)
// Returns how many images were written. After an error what was not written is
// dirty still, and it is an error of the journal when that has failed. Not
// durable before RowStore::Flush. One caller at a time.
absl::StatusOr<std::size_t> WriteTableBack(Table& table, const Lanes& lanes,
                                           storage::Journal& journal,
                                           storage::RowStore& store);

// The same where `sync` makes the journal durable up to an LSN.
absl::StatusOr<std::size_t> WriteTableRows(
    Table& table, const Lanes& lanes, absl::FunctionRef<absl::Status(Lsn)> sync,
    storage::RowStore& store);

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_WRITE_BACK_H_
