// Rows of files on their way into a table.
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_ROW_WRITER_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_ROW_WRITER_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/interchange/row_source.h"
#include "rowhouse/interchange.h"
#include "rowhouse/table_spec.h"

namespace rowhouse::interchange {

// The rows of a table; slots in the order of Slots(spec), or none.
struct TableRows {
  std::unique_ptr<RowSource> weights;
  std::vector<std::unique_ptr<RowSource>> slots;
};

// INVALID_ARGUMENT when there are other numbers of rows than the table has, or
// than one another; then verifies every source.
absl::Status CheckRows(const TableSpec& spec, const TableRows& rows);

// Writes row i of the sources to id i, batch by batch. REQUIRES: CheckRows.
// Errors of RowSource::Read and Client::WriteRows.
absl::StatusOr<TransferSummary> WriteTable(Client& client,
                                           const TableSpec& spec,
                                           const TableRows& rows,
                                           const TransferProgress& progress);

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_ROW_WRITER_H_
