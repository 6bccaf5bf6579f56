// What a client asks of a shard and what the shard answers, as plain values and
// views: the vocabulary that shard/, proto/wire/ and client/ share. Views point
// into memory of the caller and are valid for the call only.
#ifndef ROWHOUSE_BASE_REQUESTS_H_
#define ROWHOUSE_BASE_REQUESTS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "rowhouse/ids.h"
#include "rowhouse/shard_map.h"
#include "rowhouse/table_spec.h"

namespace rowhouse {

// Bags of ids, as compressed sparse rows.
struct BagsView {
  absl::Span<const Id> ids;
  // Empty: every weight is 1. Else one per id.
  absl::Span<const float> weights;
  // Empty: one id per bag. Else bags + 1 offsets into `ids`, from 0 to
  // ids.size(), never falling; an empty bag is two equal neighbours.
  absl::Span<const std::uint32_t> row_splits;

  std::size_t bags() const {
    return row_splits.empty() ? ids.size() : row_splits.size() - 1;
  }
};

// INVALID_ARGUMENT with the numbers unless weights and row_splits fit the ids.
// `table` is named in the message.
absl::Status Validate(const BagsView& bags, absl::string_view table);

enum class Pooling {
  kNone = 0,  // one output row per id, unscaled; weights must be empty
  kSum = 1,   // one output row per bag: the sum of weight * row
};

struct LookupInput {
  absl::string_view table;
  TableIncarnation incarnation;  // 0: whichever lives now
  std::uint32_t dim = 0;
  Pooling pooling = Pooling::kNone;
  BagsView bags;

  std::size_t output_rows() const {
    return pooling == Pooling::kNone ? bags.ids.size() : bags.bags();
  }
};

struct LookupRequest {
  std::uint64_t map_version = 0;
  absl::Span<const LookupInput> inputs;
};

struct LookupReply {
  // By input: output_rows() x dim floats, row-major. They live in `storage`.
  std::vector<absl::Span<const float>> values;
  std::shared_ptr<const void> storage;
};

// Which session of which life of a data directory. Never equal for two
// sessions, whatever is killed, restored or copied.
struct SessionName {
  std::uint64_t incarnation = 0;  // 64 random bits of the data directory
  std::uint64_t number = 0;       // rises from 1 on this shard
  friend bool operator==(const SessionName&, const SessionName&) = default;
};

// What makes a push (or write) exactly once, and where it belongs.
struct PushHeader {
  std::uint64_t map_version = 0;
  SessionName session;
  std::uint64_t sequence = 0;  // from 0; rises by one per push of the session
  // Every sequence below is acknowledged; the shard forgets those.
  std::uint64_t lowest_unacknowledged = 0;
  std::uint64_t snapshot_epoch = 0;  // the checkpoint cut it belongs to
  std::uint64_t step = 0;            // the trainer's step, for schedules
  // At least this; the strictest default of the tables named counts too.
  std::optional<Durability> durability;
};

struct PushInput {
  absl::string_view table;
  TableIncarnation incarnation;
  std::uint32_t dim = 0;
  BagsView bags;
  // bags() x dim floats: d loss / d (sum of weight * row) of each bag. The row
  // of an id receives weight * gradient from each of its occurrences.
  absl::Span<const float> gradients;
  // The rate of this step, in place of the table's schedule or constant. All
  // inputs of one table in a push say the same, as of table_step.
  std::optional<float> learning_rate;
  // Of a table whose rows move without a gradient, and of no other: which step
  // of the table this is, from 0. Such a push goes to every shard, with or
  // without ids.
  std::optional<std::uint64_t> table_step;
};

struct PushRequest {
  PushHeader header;
  absl::Span<const PushInput> inputs;
};

struct PushReply {
  Lsn lsn;  // the journal record that holds it, or a later one if `duplicate`
  bool duplicate = false;                        // it had been applied before
  Durability durability = Durability::kProcess;  // what this ack survives
  std::uint64_t wanted_snapshot_epoch = 0;       // move there at a step border
};

struct ReadRowsRequest {
  std::uint64_t map_version = 0;
  absl::string_view table;
  TableIncarnation incarnation;
  absl::Span<const Id> ids;
};

// Rows as they are, in the order of the ids asked.
struct RowsReply {
  std::uint32_t dim = 0;
  std::uint32_t slot_floats = 0;     // per row, after the optimizer's spec
  std::vector<std::uint8_t> stored;  // 1: pushed or written at least once
  std::vector<std::uint64_t> lsns;   // of the last push in the row; 0: none
  std::vector<float> weights;        // ids x dim
  std::vector<float> slots;          // ids x slot_floats
};

struct WriteRowsRequest {
  PushHeader header;
  absl::string_view table;
  TableIncarnation incarnation;
  std::uint32_t dim = 0;
  absl::Span<const Id> ids;         // an id twice: INVALID_ARGUMENT
  absl::Span<const float> weights;  // ids x dim
  // ids x slot floats, or empty: slots become those of a first row.
  absl::Span<const float> slots;
};

struct OpenSessionReply {
  SessionName session;
  std::uint64_t restore_id = 0;  // of the last restore; 0: none
  std::uint64_t wanted_snapshot_epoch = 0;
};

// What a step of a table uses beside gradients.
struct TableStep {
  float learning_rate = 0;
  std::uint64_t iteration = 0;  // the trainer's step
  friend bool operator==(const TableStep&, const TableStep&) = default;
};

// A client's sign of life.
struct HeartbeatRequest {
  std::uint64_t map_version = 0;  // 0 is not checked
  SessionName session;
  // All its pushes of lower epochs are acknowledged by every shard.
  std::uint64_t snapshot_epoch = 0;
};

struct TableInfo {
  TableSpec spec;
  TableIncarnation incarnation;
  std::uint64_t rows_stored = 0;   // on this shard
  std::uint64_t memory_bytes = 0;  // on this shard
  // Pushes that the table took. Where rows move without a gradient: the number
  // of the next step, on every shard alike.
  std::uint64_t steps = 0;
  std::optional<TableStep> last_step = {};  // none before the first
};

struct ShardInfo {
  std::string version;  // of the program, "0.1.0"
  std::uint64_t map_version = 0;
  ShardIndex index;
  std::uint32_t shard_count = 0;
  BucketRange buckets;
  std::uint64_t incarnation = 0;  // of the data directory
  std::uint64_t restore_id = 0;
  std::string state;  // "serving", "restoring", "failed: ..."
  std::uint64_t sessions = 0;
  std::uint64_t tables = 0;
  std::uint64_t rows_stored = 0;
  std::uint64_t memory_bytes = 0;
  Lsn last_lsn;
  Lsn synced_lsn;
  std::uint64_t journal_bytes = 0;
  std::uint64_t lookups = 0;      // requests since start
  std::uint64_t lookup_rows = 0;  // ids looked up since start
  std::uint64_t pushes = 0;       // applied since start
  std::uint64_t push_rows = 0;    // ids pushed since start
  std::uint64_t duplicates = 0;   // pushes answered from the window
  std::uint64_t refused = 0;      // pushes refused since start
  // What clients are asked to push in; the least that a checkpoint may cut.
  std::uint64_t snapshot_epoch = 0;
};

// One shard's part of a checkpoint.
struct ShardCheckpoint {
  ShardIndex index;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::string manifest_sha256;  // lower-case hex of the shard's manifest file
  friend bool operator==(const ShardCheckpoint&,
                         const ShardCheckpoint&) = default;
};

struct CheckpointInfo {
  std::string name;
  absl::Time created;
  std::uint64_t snapshot_epoch = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::vector<ShardCheckpoint> shards;  // in shard order
  friend bool operator==(const CheckpointInfo&,
                         const CheckpointInfo&) = default;
};

// Names what it is to take, so that it takes nothing newer when it is asked
// twice or arrives late.
struct DropTableRequest {
  std::string name;
  // Of the table, and of the shard, which a restore gives a new one. 0: not
  // checked.
  TableIncarnation incarnation;
  std::uint64_t shard_incarnation = 0;
};

// As DropTableRequest: it replaces one life of the shard.
struct RestoreRequest {
  std::string name;              // of the checkpoint
  std::uint64_t restore_id = 0;  // never used before, the same on all shards
  bool replace = false;          // the tables that are there
  // Of the shard when the restore was asked for. 0: not checked.
  std::uint64_t incarnation = 0;
};

}  // namespace rowhouse

#endif  // ROWHOUSE_BASE_REQUESTS_H_
