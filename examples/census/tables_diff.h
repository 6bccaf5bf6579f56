// Whether two clusters hold the same tables.
#ifndef ROWHOUSE_EXAMPLES_CENSUS_TABLES_DIFF_H_
#define ROWHOUSE_EXAMPLES_CENSUS_TABLES_DIFF_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "rowhouse/client.h"
#include "rowhouse/table_spec.h"

namespace rowhouse::census {

struct TablesDifference {
  std::uint64_t rows = 0;       // compared, stored or not
  std::uint64_t stored = 0;     // of them, in both
  std::uint64_t different = 0;  // stored in one only, or other bits
  // Greatest difference of a weight or slot; infinite where one is no number.
  double max_abs = 0;
};

// Compares weights and optimizer slots of all rows in [0, rows) of each table,
// bit by bit. INVALID_ARGUMENT for a table of unbounded rows.
absl::StatusOr<TablesDifference> CompareTables(
    Client& first, Client& second, const std::vector<TableSpec>& tables);

// Of one part of both. INTERNAL when the shapes differ.
absl::Status CompareRows(const Rows& first, const Rows& second,
                         TablesDifference& difference);

}  // namespace rowhouse::census

#endif  // ROWHOUSE_EXAMPLES_CENSUS_TABLES_DIFF_H_
