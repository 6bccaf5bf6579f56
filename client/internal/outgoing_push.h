// One push or write on its way: what each shard is sent. Made once; every retry
// sends the same bytes.
#ifndef ROWHOUSE_CLIENT_INTERNAL_OUTGOING_PUSH_H_
#define ROWHOUSE_CLIENT_INTERNAL_OUTGOING_PUSH_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/requests.h"
#include "client/internal/partition.h"
#include "client/internal/sliced_gradients.h"
#include "client/internal/table_directory.h"
#include "client/internal/ticket.h"
#include "rowhouse/client.h"

namespace rowhouse::internal {

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

  // A step that some shards have done already, for those that lack it: without
  // ids, with the rate it had. REQUIRES: the table is one whose rows all move.
  static OutgoingPush MakeStep(std::shared_ptr<const KnownTable> table,
                               std::uint64_t table_step, float learning_rate,
                               absl::Span<const ShardIndex> shards);

  OutgoingPush(OutgoingPush&&) noexcept = default;
  OutgoingPush& operator=(OutgoingPush&&) noexcept = default;

  // By shard; a shard without a row of it has none, unless a table is in it
  // whose rows move without a gradient.
  std::vector<Part>& parts() { return parts_; }
  const std::vector<Part>& parts() const { return parts_; }

  // The rate of this step, by table, instead of the table's own.
  // INVALID_ARGUMENT: a table that no feature of the lookup uses, or a rate
  // that its optimizer does not take.
  absl::Status SetLearningRates(
      const absl::flat_hash_map<std::string, float>& rates);

  // Takes copies of gradients that still belong to the caller.
  void CopyGradients();

 private:
  // What one input is made of: ids on a shard, and gradients of its feature's
  // output rows, to be divided by `denominators` (empty: not).
  struct Share {
    const ShardInput* input;
    std::uint32_t feature;  // index in the batch
    absl::Span<const float> gradients;
    absl::Span<const float> denominators;
    bool owned;  // the gradients are in slices_
  };

  // Ids of empty bags in features of one table, each once.
  struct EmptyBags {
    const KnownTable* table;
    std::vector<Id> ids;
  };

  OutgoingPush() = default;
  bool IsSliced(std::size_t f) const;
  absl::Status TakeSlices(Gradients gradients);
  std::vector<Share> Shares(Gradients gradients, ShardIndex shard) const;
  absl::Status AddWhole(absl::Span<const Share> shares, bool copy, Part& part);
  absl::Status AddGathered(absl::Span<const Share> shares, Part& part);
  void FindEmptyBags(Gradients gradients);
  void AddEmptyBagIds(Part& part) const;
  void AddSteppedTables(Gradients gradients, Part& part) const;

  std::optional<TicketData> ticket_;         // none for a write
  std::shared_ptr<const KnownTable> table_;  // of a write, or a step
  // Features whose gradients became rows, and where these go.
  std::vector<SlicedFeature> slices_;
  std::optional<Partition> slice_partition_;
  std::vector<std::vector<float>> owned_;  // gradients of whole features
  std::vector<std::size_t>
      borrowed_;  // inputs of parts_[0]: still the caller's
  std::vector<EmptyBags> empty_bags_;
  std::vector<float> zeros_;  // gradients of their ids
  std::vector<Part> parts_;
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_OUTGOING_PUSH_H_
