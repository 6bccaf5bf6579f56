// One push or write on its way: what each shard is sent. Made once; every retry
// sends the same bytes.
#ifndef ROWHOUSE_CLIENT_INTERNAL_OUTGOING_PUSH_H_
#define ROWHOUSE_CLIENT_INTERNAL_OUTGOING_PUSH_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/requests.h"
#include "client/internal/partition.h"
#include "client/internal/table_directory.h"
#include "rowhouse/client.h"

namespace rowhouse::internal {

// What a push has to know of its lookup.
struct TicketData {
  Partition partition;
  std::vector<std::shared_ptr<const KnownTable>> tables;  // by feature
  std::vector<std::vector<float>> scales;  // by feature; empty: all 1
  std::uint64_t client = 0;                // which client made it
  std::uint64_t restore_id = 0;            // of the life of the tables it saw
};

// Movable; views stay valid.
class OutgoingPush {
 public:
  // One shard's part: gradients by table, or rows to write.
  struct Part {
    ShardIndex shard;
    PushHeader header;  // for the sender to fill in, once
    std::vector<PushInput> inputs;
    std::optional<WriteRowsRequest> write;  // instead of `inputs`
    // What the views above point to, unless the ticket or the caller has it.
    std::vector<Id> ids;
    std::vector<float> values;  // gradients or weights
    std::vector<float> slots;
  };

  // `gradients` has the order and shapes of the activations; an empty span
  // leaves its feature out. With `copy` nothing refers to `gradients` later.
  // INVALID_ARGUMENT with the numbers: another shape, or a gradient or weight
  // that is not finite for a table that rejects it. RESOURCE_EXHAUSTED: a part
  // is larger than a shard takes.
  static absl::StatusOr<OutgoingPush> Make(TicketData ticket,
                                           Gradients gradients, bool copy);

  // Rows of one table, copied. INVALID_ARGUMENT: sizes differ, an id twice, an
  // id outside the table. RESOURCE_EXHAUSTED as above.
  static absl::StatusOr<OutgoingPush> MakeWrite(
      std::shared_ptr<const KnownTable> table, absl::Span<const Id> ids,
      absl::Span<const float> weights, absl::Span<const float> slots,
      const ShardMap& map);

  OutgoingPush(OutgoingPush&&) noexcept = default;
  OutgoingPush& operator=(OutgoingPush&&) noexcept = default;

  // By shard; a shard without a row of it has none.
  std::vector<Part>& parts() { return parts_; }
  const std::vector<Part>& parts() const { return parts_; }

  // Takes copies of gradients that still belong to the caller.
  void CopyGradients();

 private:
  OutgoingPush() = default;
  absl::Status AddWhole(Gradients gradients, bool copy);
  absl::Status AddParts(Gradients gradients, std::uint32_t shard_count);

  std::optional<TicketData> ticket_;         // none for a write
  std::shared_ptr<const KnownTable> table_;  // of a write
  std::vector<std::vector<float>> owned_;    // gradients of whole features
  std::vector<Part> parts_;
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_OUTGOING_PUSH_H_
