// tf.keras.layers.Embedding: ids of any shape in, a row of one table for each
// out, gradients back.
//
//   auto layer = keras::Embedding::Make({.input_dim = 1000, .output_dim = 64});
//   layer->CreateTable(*client, {.optimizer = AdagradSpec{}});
//   auto out = layer->Forward(*client, ids);           // [..., 64]
//   layer->Backward(*client, std::move(out->ticket), gradient_of_values);
#ifndef ROWHOUSE_KERAS_EMBEDDING_H_
#define ROWHOUSE_KERAS_EMBEDDING_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "rowhouse/client.h"
#include "rowhouse/embedding.h"
#include "rowhouse/features.h"
#include "rowhouse/keras_arguments.h"
#include "rowhouse/table_spec.h"

namespace rowhouse::keras {

// Names and defaults are TensorFlow's.
struct EmbeddingArguments {
  std::int64_t input_dim = 0;   // rows of the table
  std::int64_t output_dim = 0;  // weights per row
  Initializer embeddings_initializer = "uniform";
  // Its loss is of the whole table; every row moves in every step.
  Regularizer embeddings_regularizer = {};
  // Its loss is of each output, divided by the batch size.
  Regularizer activity_regularizer = {};
  Constraint embeddings_constraint = {};
  // An output has a mask: which inputs are not 0. (Their rows are looked up and
  // trained all the same.)
  bool mask_zero = false;
  // Of ComputeOutputShape and MakeSequential; Forward of a layer by itself does
  // not compare it.
  InputLength input_length = {};
  // Outputs are sparse: of a sparse input, what it has; of a dense one, what is
  // not 0.
  bool sparse = false;
  // The whole table is looked up, and multiplied by the one-hot input: an id
  // out of range gives zeros, and the gradient is of every row.
  bool use_one_hot_matmul = false;
  std::string name = "embedding";
  bool trainable = true;  // false: no gradient is pushed
};

// What a backward pass has to know of the forward pass. Move-only; used once.
class EmbeddingTicket {
 public:
  EmbeddingTicket() = default;
  EmbeddingTicket(EmbeddingTicket&&) = default;
  EmbeddingTicket& operator=(EmbeddingTicket&&) = default;

 private:
  friend class Embedding;
  Ticket ticket_;
  // The whole table was looked up, once, whatever the ids are.
  bool one_hot_ = false;
  // The row of each output row; outside the table (one-hot only): none.
  std::vector<std::int64_t> ids_;
  std::size_t values_ = 0;  // of the output
  // Of a sparse output of a dense input: where its values stand among all.
  std::vector<std::size_t> places_;
  // Of the activity loss, by value of the output. Empty: there is none.
  std::vector<float> activity_gradient_;
};

struct EmbeddingOutput {
  // That of the input; dense for a sparse one, unless the layer is sparse.
  Features::Layout layout = Features::Layout::kDense;
  // Dense and sparse: the input's and output_dim. Ragged: of one flat value,
  // the input's and output_dim.
  std::vector<std::int64_t> shape;
  std::vector<float> values;
  std::vector<std::int64_t> indices;                  // sparse: values x rank
  std::vector<std::vector<std::int64_t>> row_splits;  // ragged: the input's
  // With mask_zero, by value of the input.
  std::optional<std::vector<bool>> mask;
  // What the activity_regularizer adds to the loss. Backward adds its gradient.
  float activity_loss = 0.0f;
  EmbeddingTicket ticket;
};

// Rows of the gradient of the table; an id may come more than once.
struct EmbeddingGradient {
  std::vector<std::int64_t> ids;
  std::vector<float> values;  // ids x output_dim
};

// Sizes of a tensor; an unset one is not known.
using PartialShape = std::vector<std::optional<std::int64_t>>;

// Immutable. Thread-safe.
class Embedding {
 public:
  // INVALID_ARGUMENT with the reason: a dimension below 1 (or output_dim beyond
  // kDimMax), a coefficient that is not finite, an unknown name of an
  // initializer or constraint, an initializer that no table has, sparse beside
  // mask_zero.
  static absl::StatusOr<Embedding> Make(EmbeddingArguments arguments);
  // The layer as the only one of a Sequential model, which knows its input's
  // shape from input_length: Forward refuses other lengths, drops a last axis
  // of one when the input has one axis too many, and adds it when it is
  // missing. INVALID_ARGUMENT also for more than one length. (TensorFlow casts
  // ids to float32 on the way in, so that they lose bits above 2^24. Not here.)
  static absl::StatusOr<Embedding> MakeSequential(EmbeddingArguments arguments);

  const EmbeddingArguments& arguments() const { return arguments_; }
  // "<name>/embeddings", TensorFlow's name of the variable.
  const std::string& table_name() const { return spec_.name; }

  // The layer's table under an optimizer, whose generation is `generation`
  // where its spec has none of its own.
  // INVALID_ARGUMENT: options that give a regularizer or constraint, which are
  // the layer's; an unknown name of a regularizer; an axis that is none; as
  // Validate of a TableSpec. FAILED_PRECONDITION: a constraint, and an
  // optimizer that is not of kKeras while the gradient is of rows.
  // UNIMPLEMENTED: what makes rows depend on one another (docs/optimizers.md):
  // a constraint over axis 0, an OrthogonalRegularizer of the table.
  absl::StatusOr<TableSpec> Table(
      const TableOptions& options,
      Generation generation = Generation::kKeras) const;
  absl::Status CreateTable(Client& client, const TableOptions& options,
                           Generation generation = Generation::kKeras) const;

  // One row per value of `input`: dense of any rank, sparse or ragged. Values
  // of a type other than int32 and int64 are cast to int32, floats cut toward
  // zero. A value that a sparse tensor does not have is row 0, and so is an id
  // < 0 in one, unless the layer is sparse.
  // UNIMPLEMENTED: strings. INVALID_ARGUMENT: an id outside [0, input_dim),
  // with id and place; a tensor that contradicts itself; a mask of bools or of
  // a sparse tensor; a ragged input of a sparse layer; an activity_regularizer
  // that is unknown or does not take the output. Else as Client::Lookup.
  absl::StatusOr<EmbeddingOutput> Forward(Client& client,
                                          const Features::Tensor& input) const;

  // The mask of Forward alone. INVALID_ARGUMENT as there.
  absl::StatusOr<std::optional<std::vector<bool>>> ComputeMask(
      const Features::Tensor& input) const;

  // The shape of the output for an input of a shape. INVALID_ARGUMENT when
  // input_length has another number of axes or contradicts it.
  absl::StatusOr<PartialShape> ComputeOutputShape(
      const PartialShape& input_shape) const;

  // True unless the gradient of the table is dense, which it is with an
  // embeddings_regularizer and with use_one_hot_matmul.
  bool gradient_is_rows() const;

  // The gradient of the table that Backward pushes, regularizer of the table
  // not included: one row per row of the output, or, with use_one_hot_matmul,
  // one per row of the table. `upstream` is d loss / d values of the output
  // that `ticket` came with. INVALID_ARGUMENT for another number of values.
  absl::StatusOr<EmbeddingGradient> Gradient(
      const EmbeddingTicket& ticket, absl::Span<const float> upstream) const;

  // Pushes d loss / d values, of the output that `ticket` came with, together
  // with the gradient of its activity_loss. Returns what Client::Push does;
  // INVALID_ARGUMENT for another number of values.
  absl::StatusOr<PushOutcome> Backward(Client& client, EmbeddingTicket ticket,
                                       absl::Span<const float> upstream,
                                       const PushOptions& options = {}) const;
  // As Client::PushAsync.
  absl::Status BackwardAsync(Client& client, EmbeddingTicket ticket,
                             absl::Span<const float> upstream,
                             const PushOptions& options = {}) const;

  // What the embeddings_regularizer adds to the loss, for the table as it is.
  // Reads every row. Errors as Table and Client::ReadRows.
  absl::StatusOr<float> RegularizationLoss(Client& client) const;

 private:
  Embedding(EmbeddingArguments arguments, TableSpec spec);
  absl::Status AddRegularizer(UpdateSpec& update) const;
  absl::Status AddConstraint(Generation generation, UpdateSpec& update) const;
  absl::StatusOr<Features::Tensor> Conform(const Features::Tensor& input) const;
  absl::Status AddActivity(EmbeddingOutput& output) const;
  absl::StatusOr<std::vector<float>> GradientOfLookup(
      const EmbeddingTicket& ticket, absl::Span<const float> upstream) const;

  EmbeddingArguments arguments_;
  TableSpec spec_;  // without an optimizer
  bool sequential_ = false;
};

}  // namespace rowhouse::keras

#endif  // ROWHOUSE_KERAS_EMBEDDING_H_
