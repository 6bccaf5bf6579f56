// The features of a push whose gradients become rows here, because a max_norm
// or the optimizer's clipping comes before repeats of an id are summed by its
// shard.
#ifndef ROWHOUSE_CLIENT_INTERNAL_SLICED_GRADIENTS_H_
#define ROWHOUSE_CLIENT_INTERNAL_SLICED_GRADIENTS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "client/internal/row_gradients.h"
#include "client/internal/table_directory.h"
#include "client/internal/ticket.h"
#include "rowhouse/client.h"

namespace rowhouse::internal {

struct SlicedFeature {
  std::uint32_t feature = 0;  // index in the batch
  std::shared_ptr<const KnownTable> table;
  RowGradients gradients;
};

// The feature is trainable, and a gradient was given for it (for an activation
// without rows, an empty one is).
bool IsPushed(const TicketData& ticket, Gradients gradients, std::size_t f);

// Those of the pushed features that need it, in order, in TensorFlow's order of
// work: bags to rows, max_norm, clipping. Clipping hides nothing from a table's
// NaN policy: INVALID_ARGUMENT where it rejects, and where it skips a row, that
// has no part in a norm and stays what the shard will skip. REQUIRES:
// CheckShapes.
absl::StatusOr<std::vector<SlicedFeature>> SliceGradients(
    const TicketData& ticket, Gradients gradients);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_SLICED_GRADIENTS_H_
