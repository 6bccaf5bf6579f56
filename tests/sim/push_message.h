// One shard's part of a push, as a client keeps it until it is answered.
#ifndef ROWHOUSE_TESTS_SIM_PUSH_MESSAGE_H_
#define ROWHOUSE_TESTS_SIM_PUSH_MESSAGE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/requests.h"
#include "shard/shard.h"
#include "tests/sim/ledger.h"
#include "tests/sim/node.h"
#include "tests/sim/random.h"
#include "tests/sim/story.h"

namespace rowhouse::sim {

struct MessageInput {
  std::string table;
  TableIncarnation incarnation;
  std::uint32_t dim = 0;
  std::vector<Id> ids;
  std::vector<float> weights;
  std::vector<std::uint32_t> row_splits;
  std::vector<float> gradients;  // of a write, the weights
  std::vector<float> slots;      // of a write
  std::optional<float> learning_rate;
  std::optional<std::uint64_t> table_step;
};

struct PushMessage {
  PushHeader header;
  bool writes = false;  // the rows of one input are set
  std::vector<MessageInput> inputs;

  absl::StatusOr<PushReply> Deliver(shard::Shard& shard) const;
};

// What an arriving copy of the message does; the ledger is told of the answer.
std::function<absl::StatusOr<PushReply>(Node&, Life&)> Deliver(
    Story& story, std::shared_ptr<const PushMessage> message);

// Small numbers whose sums round, so that the order of additions shows.
float DrawGradient(Random& random);

// Without ids.
MessageInput InputOf(const SimTable& table);

// Ids of the table and gradients for them; the ids among `buckets` alone, maybe
// none.
MessageInput DrawInput(const SimTable& table, BucketRange buckets,
                       Random& random);

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_PUSH_MESSAGE_H_
