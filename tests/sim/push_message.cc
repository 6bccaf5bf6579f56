#include "tests/sim/push_message.h"

#include <utility>

namespace rowhouse::sim {

float DrawGradient(Random& random) {
  return static_cast<float>(random.Between(1, 2000)) / 997.0f - 1.0f;
}

absl::StatusOr<PushReply> PushMessage::Deliver(shard::Shard& shard) const {
  if (writes) {
    const MessageInput& rows = inputs.front();
    return shard.WriteRows({.header = header,
                            .table = rows.table,
                            .incarnation = rows.incarnation,
                            .dim = rows.dim,
                            .ids = rows.ids,
                            .weights = rows.gradients,
                            .slots = rows.slots});
  }
  std::vector<PushInput> views;
  for (const MessageInput& input : inputs) {
    views.push_back({.table = input.table,
                     .incarnation = input.incarnation,
                     .dim = input.dim,
                     .bags = {input.ids, input.weights, input.row_splits},
                     .gradients = input.gradients,
                     .learning_rate = input.learning_rate,
                     .table_step = input.table_step});
  }
  return shard.Push({header, views});
}

std::function<absl::StatusOr<PushReply>(Node&, Life&)> Deliver(
    Story& story, std::shared_ptr<const PushMessage> message) {
  return [story = &story, message = std::move(message)](
             Node& at, Life& life) -> absl::StatusOr<PushReply> {
    absl::StatusOr<PushReply> pushed = message->Deliver(*life.shard);
    if (pushed.ok() && life.alive()) {
      story->Check(at.ledger().OnAcknowledged(message->header, *pushed));
    }
    return pushed;
  };
}

MessageInput InputOf(const SimTable& table) {
  return {.table = table.spec.name,
          .incarnation = table.incarnation,
          .dim = table.spec.dim};
}

MessageInput DrawInput(const SimTable& table, BucketRange buckets,
                       Random& random) {
  const BucketFunction bucket_of(table.spec.name, table.spec.placement);
  MessageInput input = InputOf(table);
  const std::uint64_t count = random.Between(1, 6);
  const bool bags = random.OneIn(3);
  const bool weighted = bags && random.OneIn(2);
  if (bags) input.row_splits.push_back(0);
  for (std::uint64_t i = 0; i < count; ++i) {
    const Id id = table.ids[random.Below(table.ids.size())];
    if (!buckets.Contains(bucket_of(id))) continue;
    input.ids.push_back(id);
    if (weighted) input.weights.push_back(DrawGradient(random));
    const bool new_bag = !bags || random.OneIn(2) || input.ids.size() == 1;
    if (new_bag) {
      for (std::uint32_t d = 0; d < table.spec.dim; ++d) {
        input.gradients.push_back(DrawGradient(random));
      }
    }
    if (!bags) continue;
    if (new_bag) {
      input.row_splits.push_back(static_cast<std::uint32_t>(input.ids.size()));
    } else {
      input.row_splits.back() = static_cast<std::uint32_t>(input.ids.size());
    }
  }
  return input;
}

}  // namespace rowhouse::sim
