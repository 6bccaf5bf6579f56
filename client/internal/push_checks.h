// What is checked of a push or write before any shard is sent its part.
#ifndef ROWHOUSE_CLIENT_INTERNAL_PUSH_CHECKS_H_
#define ROWHOUSE_CLIENT_INTERNAL_PUSH_CHECKS_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/requests.h"
#include "client/internal/table_directory.h"
#include "client/internal/ticket.h"
#include "rowhouse/client.h"

namespace rowhouse::internal {

// INVALID_ARGUMENT with the numbers unless each gradient is empty or of the
// shape of its feature's activation.
absl::Status CheckShapes(const TicketData& ticket, Gradients gradients);

// INVALID_ARGUMENT naming the table when a gradient or weight is not finite
// and the table rejects that.
absl::Status CheckFinite(const KnownTable& table,
                         absl::Span<const float> gradients,
                         absl::Span<const float> weights);

// INVALID_ARGUMENT: sizes differ, an id twice, an id outside the table.
absl::Status CheckRows(const KnownTable& table, absl::Span<const Id> ids,
                       absl::Span<const float> weights,
                       absl::Span<const float> slots);

// What one shard would be sent.
class MessageSize {
 public:
  void Add(const PushInput& input);
  void Add(const WriteRowsRequest& write);
  // RESOURCE_EXHAUSTED with the numbers when a shard takes no message as large.
  absl::Status Check(ShardIndex shard) const;

 private:
  std::size_t inputs_ = 0;
  std::size_t ids_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_PUSH_CHECKS_H_
