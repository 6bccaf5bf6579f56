// From rows of ids to the bags that a lookup takes: what TensorFlow's safe and
// raw sparse lookups leave out, add and refuse.
#ifndef ROWHOUSE_CLIENT_COLUMNS_BAGS_H_
#define ROWHOUSE_CLIENT_COLUMNS_BAGS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "rowhouse/id_batch.h"

namespace rowhouse::internal {

// Not owned.
struct RowsOfIds {
  absl::Span<const std::int64_t> ids;
  absl::Span<const std::size_t> row_splits;  // rows + 1
  // Unset: every weight is 1.
  std::optional<absl::Span<const float>> weights = {};
};

struct BagRules {
  std::string name;  // of the column or table, for messages
  Combiner combiner = Combiner::kMean;
  // True: ids < 0 and, unless the combiner is kSum, weights that are not > 0
  // are left out; rows without ids take `default_id`, or are zeros and name id
  // 0 in the gradient. False: everything counts, trailing rows without ids are
  // cut off.
  bool safe = true;
  std::optional<std::int64_t> default_id = {};
  std::uint64_t rows = 0;  // ids are below; 0: whatever the table says
};

// Sets combiner, batch and empty_bag_id of `out`. INVALID_ARGUMENT with the
// numbers: a combiner that is none; not one weight per id; an id that is not
// below `rows`, after leaving out; not safe: an id < 0; a negative `default_id`
// that is needed; more ids than 32 bits count.
absl::Status FillBags(const BagRules& rules, const RowsOfIds& in,
                      FeatureIds& out);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_COLUMNS_BAGS_H_
