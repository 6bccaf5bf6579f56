// Who fills a table with its first values, when several clients want that.
#ifndef ROWHOUSE_CLIENT_INTERNAL_FIRST_LOAD_H_
#define ROWHOUSE_CLIENT_INTERNAL_FIRST_LOAD_H_

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "client/internal/retry.h"
#include "client/internal/table_directory.h"
#include "rowhouse/table_spec.h"

namespace rowhouse::internal {

// The table that is there while `table` is being filled: "emb.loading". Shard 0
// settles who makes it, as it does for every table, and who made it fills the
// other and drops it then. A client that dies in between leaves it, so that
// half a table is told from a whole one, whatever is pushed to it afterwards.
std::string LoadingName(absl::string_view table);

// Calls `load`, which makes the table `spec` and writes all its rows, unless
// the table has them; in no two clients at once. While another client loads it
// waits, as long as rows come within a timeout of `retry`.
//
// FAILED_PRECONDITION: no rows came, or the table has some and not all of them
// without being loaded: it was trained before. ALREADY_EXISTS: it has another
// spec. Else the error of `load`; when that wrote nothing, another call may
// load. `nonce`: never given twice.
absl::Status LoadOnce(TableDirectory& tables, RetryLoop& retry,
                      const TableSpec& spec, std::uint64_t nonce,
                      absl::FunctionRef<absl::Status()> load);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_FIRST_LOAD_H_
