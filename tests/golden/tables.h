// Tables of recorded cases: made with the rows that TensorFlow began with, and
// asked for the gradients that pushes bring them.
#ifndef ROWHOUSE_TESTS_GOLDEN_TABLES_H_
#define ROWHOUSE_TESTS_GOLDEN_TABLES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "rowhouse/client.h"
#include "rowhouse/feature_plan.h"
#include "tests/golden/case.h"
#include "tests/golden/value.h"

namespace rowhouse::golden {

// Every row of the table, in order. `table` is a dense tensor of any floating
// type; rows are float32.
absl::Status WriteTable(Client& client, absl::string_view name,
                        const Json& table);

// Creates the plan's tables and writes the rows of `tables`, by name.
// INVALID_ARGUMENT: other names, or another shape than the plan's.
absl::Status CreateTables(Client& client, const std::vector<TableSpec>& specs,
                          const Json& tables);

// The spec under which a table shows the gradients it gets: with rows of zeros
// and the rate 1 a step makes them the gradients, negative.
TableSpec ShowingGradients(TableSpec spec);

// Watches the gradients that one push brings to tables made so.
class GradientWatch {
 public:
  // Makes zeros of all rows of the tables, which looked-up batches do not see.
  static absl::StatusOr<GradientWatch> Begin(
      Client& client, const std::vector<TableSpec>& tables);

  // The dense gradient of a table, and the ids that the push named.
  struct Gradient {
    std::vector<float> values;
    std::vector<std::uint64_t> ids;
  };
  absl::StatusOr<Gradient> Of(Client& client, absl::string_view table) const;

 private:
  struct Table {
    std::string name;
    std::vector<std::uint64_t> ids;
    std::vector<std::uint64_t> lsns;  // before the push
  };
  std::vector<Table> tables_;
};

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_TABLES_H_
