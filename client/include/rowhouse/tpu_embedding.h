// tf.tpu.experimental.embedding, as far as it runs on a CPU: tables and
// features configured as for TPUEmbedding, and looked up as its
// TPUEmbeddingForServing (serving_embedding_lookup) does.
//
//   auto words = std::make_shared<const TableConfig>(
//       TableConfig{.vocabulary_size = 1000, .dim = 8, .name = "words"});
//   auto embedding = TpuEmbeddingForServing::Create(
//       {{"title", {.table = words}}, {"text", {.table = words}}},
//       TpuAdagrad{.learning_rate = 0.1f});
//   embedding->CreateTables(*client);
//   auto step = embedding->Lookup(*client, features);
//   embedding->Backward(*client, std::move(step->ticket), gradients);
#ifndef ROWHOUSE_TPU_EMBEDDING_H_
#define ROWHOUSE_TPU_EMBEDDING_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "rowhouse/client.h"
#include "rowhouse/dense_tensor.h"
#include "rowhouse/features.h"
#include "rowhouse/id_batch.h"
#include "rowhouse/table_spec.h"
#include "rowhouse/tpu_optimizers.h"

namespace rowhouse {

// Levels that a TPU rounds the values of a row to before it combines rows:
// num_buckets from lower to upper, evenly. Checked; as in TensorFlow a lookup
// for serving does not round.
struct QuantizationConfig {
  std::int64_t num_buckets = 0;  // >= 2
  float lower = 0.0f;
  float upper = 0.0f;
};

// A table. Features that hold the same TableConfig object share it.
struct TableConfig {
  std::int64_t vocabulary_size = 0;  // >= 1; ids are below
  std::int64_t dim = 0;              // >= 1
  // Unset: truncated normal, mean 0, stddev 1 / sqrt(dim).
  std::optional<InitializerSpec> initializer = {};
  // Unset: that of the TpuEmbeddingForServing.
  std::optional<TpuOptimizer> optimizer = {};
  Combiner combiner = Combiner::kMean;  // kMean, kSum or kSqrtn
  // Empty: "table_<i>", i being its place in TpuEmbeddingForServing::tables.
  // (TensorFlow writes that name, and the optimizer, into the TableConfig; a
  // value here stays as it is.)
  std::string name = {};
  std::optional<QuantizationConfig> quantization_config = {};
  // What TensorFlow has no argument for; TableSpec describes each.
  std::uint64_t seed = 0;
  NanPolicy nan_policy = NanPolicy::kReject;
  Durability durability = Durability::kProcess;
  Placement placement = Placement::kHashed;
};

// One input, and what its output is. B is its batch size, the size of its first
// axis.
struct FeatureConfig {
  std::shared_ptr<const TableConfig> table;
  // Above 0: a sequence feature, [B, max_sequence_length, dim]: one row per
  // position, cut and padded with zeros at the end. >= 0.
  std::int64_t max_sequence_length = 0;
  // False: sparse ids of rank 2 are looked up as RawLookupSparse does it.
  bool validate_weights_and_indices = true;
  // Sizes before `dim`, >= 0; one that is unset is not known. It wins over
  // max_sequence_length. Ragged ids only are brought into that shape.
  std::optional<std::vector<std::optional<std::int64_t>>> output_shape = {};
  std::string name = {};  // for a reader of errors; empty: the feature's key
};

// Immutable; copies share one configuration. Thread-safe.
class TpuEmbeddingForServing {
 public:
  // By key; where TensorFlow has a nested structure the key is the path in it.
  // Tables are numbered by first use over the keys in their order.
  //
  // INVALID_ARGUMENT naming feature or table, argument, value and bound: what
  // the comments above rule out, no table, two tables of one name; else as
  // TableRulesOf. Without any optimizer a table has no slots (and plain SGD at
  // the rate 0.01).
  static absl::StatusOr<TpuEmbeddingForServing> Create(
      const std::map<std::string, FeatureConfig>& feature_config,
      const std::optional<TpuOptimizer>& optimizer = {});

  // In the order of first use.
  const std::vector<TableSpec>& tables() const;
  absl::Status CreateTables(Client& client) const;

  struct Output {
    std::map<std::string, DenseTensor> activations;  // float32, by feature
    Ticket ticket;
  };
  // A tensor of integers for every feature, and weights (float32) for some:
  //   dense ids: a row for each id, shape + [dim]. No weights, no sequences.
  //   sparse ids: [B, dim], or the leading axes of a higher rank, combined as
  //     SafeLookupSparse does it. A sequence feature with ids of rank 2: rows
  //     by position; several at one are added.
  //   ragged ids, a matrix: [B, dim], combined; ids < 0 are refused and
  //     weights <= 0 count. With an output_shape of B places the same in that
  //     shape; of k B places, k > 1: k positions of each row, without weights.
  // INVALID_ARGUMENT naming the feature: keys that differ from the
  // configuration's (weights: that are not among them); weights with dense ids,
  // of a sequence, of another layout than the ids or not float32; ids that are
  // no rows; a batch that does not fit output_shape. Else as Client::Lookup.
  absl::StatusOr<Output> Lookup(Client& client, const Features& features,
                                const Features* weights = nullptr) const;

  // By feature, d loss / d its activation; a feature that is left out gets
  // none. Learning rates that are functions are called, unless `options` has a
  // rate for the table. Returns what Client::Push does; INVALID_ARGUMENT for a
  // key that is no feature.
  absl::StatusOr<PushOutcome> Backward(
      Client& client, Ticket ticket,
      const std::map<std::string, absl::Span<const float>>& gradients,
      const PushOptions& options = {}) const;

 private:
  struct Compiled;
  explicit TpuEmbeddingForServing(std::shared_ptr<const Compiled> compiled);
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace rowhouse

#endif  // ROWHOUSE_TPU_EMBEDDING_H_
