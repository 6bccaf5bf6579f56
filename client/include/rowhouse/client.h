// The door to Rowhouse for a trainer.
//
//   auto client = rowhouse::Client::Connect("embedded:/tmp/tables");
//   auto plan = rowhouse::FeaturePlan::Compile({...});
//   client->CreateTables(*plan);
//   auto step = client->Lookup(*plan, features);      // activations + ticket
//   client->Push(std::move(step->ticket), gradients);  // exactly once
#ifndef ROWHOUSE_CLIENT_H_
#define ROWHOUSE_CLIENT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "rowhouse/id_batch.h"
#include "rowhouse/table_spec.h"

namespace rowhouse {

class FeaturePlan;  // rowhouse/feature_plan.h
class Features;     // rowhouse/features.h

struct ClientOptions {
  // Longest that one call may take, its retries included. The outcome of a push
  // that was sent and ends so is unknown (UNAVAILABLE, DEADLINE_EXCEEDED): the
  // client keeps it and completes it, once, in the next Push or in Flush. Do
  // not push its gradients again. One that was not even sent is ABORTED.
  absl::Duration timeout = absl::Seconds(60);
  // First and longest wait between tries; each wait doubles, with jitter.
  absl::Duration retry_wait_min = absl::Milliseconds(10);
  absl::Duration retry_wait_max = absl::Seconds(1);
  // Of the jitter of these waits; 0 takes one from the machine. (Rows depend
  // on the seeds of their tables alone.)
  std::uint64_t seed = 0;
  // Threads that work a push or lookup beside the caller's, embedded mode only.
  std::uint32_t embedded_threads = 0;
  // False: no session is opened and pushes and writes are FAILED_PRECONDITION.
  // For programs that only look, or only administer tables and checkpoints.
  bool open_sessions = true;
  // Called before each wait for another try, with the error that is the reason
  // and, where one shard has it, names it. From any thread, several at a time;
  // it must not block, nor call the client.
  std::function<void(const absl::Status&)> on_retry = {};
};

// What a push needs to know of the lookup it belongs to: partition and scales.
// Move-only; used once. May outlive the Client.
class Ticket {
 public:
  Ticket();
  ~Ticket();
  Ticket(Ticket&&) noexcept;
  Ticket& operator=(Ticket&&) noexcept;

 private:
  friend class Client;
  struct State;
  std::unique_ptr<State> state_;
};

// Output rows of one feature: rows x dim floats, row-major.
struct Activation {
  std::size_t rows = 0;
  std::uint32_t dim = 0;
  std::vector<float> values;
};

struct LookupResult {
  std::vector<Activation> activations;  // one per feature, in order
  Ticket ticket;
};

// d loss / d activation of each feature, in the order and shapes of the
// activations. An empty span: that feature gets no gradient.
using Gradients = absl::Span<const absl::Span<const float>>;

struct PushOptions {
  // Of the trainer, from 0 and rising: what schedules and the optimizers that
  // count steps go by. Tables whose rows move without a gradient
  // (MovesEveryRow) refuse one that does not rise.
  std::uint64_t step = 0;
  // By table: the rate of this step, instead of the table's schedule or
  // constant.
  absl::flat_hash_map<std::string, float> learning_rates = {};
};

struct PushOutcome {
  Durability durability = Durability::kProcess;  // the least over the shards
  std::uint32_t shards = 0;                      // that took part
};

// State and rows of the cluster, as a person asks for them.
struct TableSummary {
  TableSpec spec;
  std::uint64_t incarnation = 0;
  std::uint64_t rows_stored = 0;   // over all shards
  std::uint64_t memory_bytes = 0;  // over all shards
  // The highest PushOptions::step of the pushes that the table took; none
  // before the first. A trainer that starts again goes on with the next one.
  std::optional<std::uint64_t> last_step = {};
};

struct Rows {
  std::uint32_t dim = 0;
  std::uint32_t slot_floats = 0;
  std::vector<std::uint8_t> stored;  // by id: 1 when pushed or written
  std::vector<std::uint64_t> lsns;   // by id: of its shard; 0: never pushed
  std::vector<float> weights;        // ids x dim
  std::vector<float> slots;          // ids x slot_floats
};

struct CheckpointSummary {
  std::string name;
  absl::Time created;
  std::uint64_t snapshot_epoch = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::uint32_t shards = 0;
};

// A directory among the checkpoints whose manifest cannot be read: damaged, of
// a newer version, or a copy of another one. DeleteCheckpoint removes it.
struct UnreadableCheckpoint {
  std::string name;
  absl::Status why;
};

struct ShardSummary {
  std::string address;
  std::string version;
  std::string state;  // "serving", "restoring", "failed: ..."
  std::uint64_t map_version = 0;
  std::uint32_t index = 0;
  std::uint32_t shard_count = 0;
  std::uint64_t sessions = 0;
  std::uint64_t tables = 0;
  std::uint64_t rows_stored = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t last_lsn = 0;
  std::uint64_t synced_lsn = 0;
  std::uint64_t journal_bytes = 0;
  std::uint64_t lookups = 0;
  std::uint64_t pushes = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t refused = 0;
};

// What a server says of itself, or why it does not.
struct ShardAnswer {
  std::string address;
  absl::StatusOr<ShardSummary> shard;
};

// Thread safety: all methods may be called from any thread. Pushes are applied
// in the order of the calls; those of different threads in some order.
//
// Errors: absl::Status with the codes of docs/semantics.md. UNAVAILABLE and
// unanswered calls are retried until the timeout; a retried push carries the
// same sequence, so it is applied once.
//
// Signs of life: while it lives, a client with sessions sends one to every
// shard each second from a thread of its own. A checkpoint ends the session of
// a client that is silent for 30 seconds; its next push is FAILED_PRECONDITION
// and opens new ones.
//
// Cancellation: a call returns at its timeout at the latest; one to an embedded
// shard runs to its end, since nothing it waits for can go away. Destroying the
// client waits for queued pushes up to the timeout; what is not acknowledged
// then has an unknown outcome.
class Client {
 public:
  // "embedded:DIR" opens one shard in this process, in the directory DIR.
  // "host:port,host:port,..." or "unix:PATH,..." connects to all shards of a
  // cluster, in any order. Opens a session on every shard.
  static absl::StatusOr<Client> Connect(absl::string_view address,
                                        const ClientOptions& options = {});
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  // Makes the table on every shard. OK when an equal one is there;
  // ALREADY_EXISTS for another spec under that name.
  absl::Status CreateTable(const TableSpec& spec);
  // All tables that the plan's columns name. One of a column with
  // ckpt_to_load_from is filled when it has no rows yet (errors of
  // LoadTableFromCheckpoint, rowhouse/interchange.h), by one client: a table
  // "NAME.loading" is there as long, and other clients wait in this call while
  // rows come. FAILED_PRECONDITION: none came for the timeout, perhaps since
  // that client is gone; or the table has some rows and others not and nobody
  // loads it: it was trained before. When a load breaks off whose rows were
  // written or may be yet, "NAME.loading" stays, which the message says;
  // another call of this client loads anew, unless the table was pushed to.
  absl::Status CreateTables(const FeaturePlan& plan);
  absl::Status DropTable(absl::string_view name);
  absl::StatusOr<TableSummary> DescribeTable(absl::string_view name);
  absl::StatusOr<std::vector<TableSummary>> ListTables();

  // Looks the features up: resolved by `plan`, or given as ids.
  absl::StatusOr<LookupResult> Lookup(const FeaturePlan& plan,
                                      const Features& features);
  absl::StatusOr<LookupResult> Lookup(std::vector<FeatureIds> features);

  // Sends gradients of the activations that `ticket` came with, and waits
  // until every shard that holds a row of them has acknowledged. Nothing was
  // sent: INVALID_ARGUMENT (shapes differ, a NaN where a table rejects it, or a
  // rate for a table that the lookup did not use),
  // RESOURCE_EXHAUSTED before a shard is named (a part is beyond a message),
  // FAILED_PRECONDITION of the ticket (used, another client's, or from before a
  // restore), ABORTED. UNAVAILABLE, DEADLINE_EXCEEDED: see
  // ClientOptions::timeout. Else a shard refused its part; the message says why
  // and which shards applied theirs. RESOURCE_EXHAUSTED: no shard did, since
  // there is no room; it may be pushed again. Where there is none on some
  // shards only, it is tried until there is, and kept as one that is unknown.
  //
  // ABORTED, which no shard answers: the time was over before it was this
  // push's turn, because an earlier one waits for its answer (that one is still
  // kept), others are under way, or sessions could not be opened. It may be
  // pushed again, with the ticket of another lookup.
  //
  // All features of one table are one step of its optimizer. Features that are
  // not trainable send nothing. Where a table's update clips gradients, they
  // are clipped here, as a Keras optimizer does: tables with equal optimizers
  // and clipping count as one optimizer's variables.
  absl::StatusOr<PushOutcome> Push(Ticket ticket, Gradients gradients,
                                   const PushOptions& options = {});
  // The same without waiting; gradients are copied. Waits while
  // kQueuedPushesMax are queued; ABORTED when that takes the whole timeout.
  // Other errors come from Flush. Pushes are sent one after the other, so the
  // result is that of Push.
  absl::Status PushAsync(Ticket ticket, Gradients gradients,
                         const PushOptions& options = {});
  // Waits for all pushes before it and completes one whose outcome is unknown.
  // UNAVAILABLE, DEADLINE_EXCEEDED: not done within the timeout; nothing is
  // lost, call it again. Otherwise everything has ended, and the result is that
  // of the first push, in the order of the calls since the last such Flush,
  // that failed: of those queued by PushAsync (ABORTED: it was not sent) and
  // those whose outcome Push left unknown. OK: all of these were applied. An
  // outcome that was unknown for a while is no failure.
  absl::Status Flush();

  // Ends a step of the trainer: a checkpoint holds all pushes of a step or
  // none. To be called after the pushes of a step, in the thread that makes
  // them, from the first step on; it does not wait. A client that never calls
  // it lets a checkpoint fall between any two of its pushes. One that does and
  // stops doing so holds checkpoints up until they give up.
  void EndStep();

  absl::StatusOr<Rows> ReadRows(absl::string_view table,
                                absl::Span<const std::uint64_t> ids);
  // Sets rows; `slots` empty: as of rows never pushed. Exactly once, in the
  // order of pushes and with the errors of Push.
  absl::Status WriteRows(absl::string_view table,
                         absl::Span<const std::uint64_t> ids,
                         absl::Span<const float> weights,
                         absl::Span<const float> slots);

  // Cluster-wide, while all trainers go on. It holds every push of this client
  // called before, and of each trainer all pushes up to one of its step borders
  // (EndStep); so a trainer that calls EndStep calls it before this. Waits
  // until every client has come to a border. ALREADY_EXISTS;
  // FAILED_PRECONDITION: another is being made, or a shard was started anew
  // meanwhile. UNAVAILABLE: some client did not move, or a shard did not
  // answer, within the timeout. After an error there is no checkpoint; where
  // nobody could be asked for that, the message says so and ListCheckpoints
  // tells.
  absl::StatusOr<CheckpointSummary> CreateCheckpoint(absl::string_view name);
  // Complete ones, by name. Those that cannot be read are none, and
  // `unreadable` has them unless it is null.
  absl::StatusOr<std::vector<CheckpointSummary>> ListCheckpoints(
      std::vector<UnreadableCheckpoint>* unreadable = nullptr);
  // With what failed attempts of that name have left. NOT_FOUND;
  // FAILED_PRECONDITION: a restore is under way, or one of that name is made.
  absl::Status DeleteCheckpoint(absl::string_view name);
  // Replaces all tables by the checkpoint's, from any number of shards. Ends
  // all sessions, this client's too: it opens new ones; tickets from before
  // are refused with FAILED_PRECONDITION. A push whose outcome is unknown is
  // given up, which Flush says.
  absl::Status RestoreCheckpoint(absl::string_view name, bool replace);

  absl::StatusOr<std::vector<ShardSummary>> Shards();
  // Asks every server of an address for itself, in the order given, as long as
  // the timeout: for looking at a cluster that cannot be connected to because
  // some do not answer. Whether they belong together is not checked.
  static absl::StatusOr<std::vector<ShardAnswer>> AskShards(
      absl::string_view address, const ClientOptions& options = {});

 private:
  struct State;
  explicit Client(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace rowhouse

#endif  // ROWHOUSE_CLIENT_H_
