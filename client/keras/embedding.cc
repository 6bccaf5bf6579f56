#include "rowhouse/keras_embedding.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/keras/constraint.h"
#include "client/keras/id_tensor.h"
#include "client/keras/input.h"
#include "client/keras/regularizer.h"
#include "client/keras/shapes.h"
#include "client/keras/sparse_output.h"
#include "rowhouse/initializers.h"

namespace rowhouse::keras {
namespace {

using Layout = Features::Layout;
using Tensor = Features::Tensor;

// Weights that RegularizationLoss asks for at once: 4 MiB, far from the bound
// of a message.
constexpr std::size_t kWeightsPerRead = 1u << 20;

absl::Status CheckDimensions(const EmbeddingArguments& arguments) {
  if (arguments.input_dim < 1 || arguments.output_dim < 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "layer \"", arguments.name, "\": input_dim ", arguments.input_dim,
        " and output_dim ", arguments.output_dim, " must be 1 or more"));
  }
  if (arguments.output_dim > kDimMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("layer \"", arguments.name, "\": output_dim ",
                     arguments.output_dim, " is above ", kDimMax));
  }
  return absl::OkStatus();
}

// The table without an optimizer, regularizer and constraint.
absl::StatusOr<TableSpec> BareTable(const EmbeddingArguments& arguments) {
  TableSpec spec;
  spec.name = absl::StrCat(arguments.name, "/embeddings");
  spec.dim = static_cast<std::uint32_t>(arguments.output_dim);
  spec.rows = static_cast<std::uint64_t>(arguments.input_dim);
  const Initializer& initializer = arguments.embeddings_initializer;
  if (const auto* name = std::get_if<std::string>(&initializer)) {
    ROWHOUSE_ASSIGN_OR_RETURN(spec.initializer,
                              InitializerByName(*name, spec.rows, spec.dim));
  } else {
    spec.initializer = std::get<InitializerSpec>(initializer);
  }
  ROWHOUSE_RETURN_IF_ERROR(Validate(spec));
  return spec;
}

// Whose optimizer it is, where its spec says.
Generation GenerationOf(const OptimizerSpec& optimizer, Generation otherwise) {
  return std::visit(
      [&](const auto& spec) {
        if constexpr (requires { spec.generation; }) return spec.generation;
        return otherwise;
      },
      optimizer);
}

absl::Status RefuseOrthogonal() {
  return absl::UnimplementedError(
      "embeddings_regularizer OrthogonalRegularizer: the gradient of a row "
      "would be made of all other rows");
}

// The rows that the one-hot input picks out of the whole table.
std::vector<float> PickRows(absl::Span<const std::int64_t> ids,
                            absl::Span<const float> table, std::size_t dim) {
  std::vector<float> out(ids.size() * dim, 0.0f);
  const auto rows = static_cast<std::int64_t>(table.size() / dim);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < 0 || ids[i] >= rows) continue;
    const auto row = static_cast<std::size_t>(ids[i]);
    std::copy_n(table.data() + row * dim, dim, out.data() + i * dim);
  }
  return out;
}

// Gradients of the output rows, summed into the rows of the table.
std::vector<float> SumByRow(absl::Span<const std::int64_t> ids,
                            absl::Span<const float> gradients, std::size_t rows,
                            std::size_t dim) {
  std::vector<float> out(rows * dim, 0.0f);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < 0 || ids[i] >= static_cast<std::int64_t>(rows)) continue;
    float* to = out.data() + static_cast<std::size_t>(ids[i]) * dim;
    for (std::size_t k = 0; k < dim; ++k) to[k] += gradients[i * dim + k];
  }
  return out;
}

}  // namespace

Embedding::Embedding(EmbeddingArguments arguments, TableSpec spec)
    : arguments_(std::move(arguments)), spec_(std::move(spec)) {}

absl::StatusOr<Embedding> Embedding::Make(EmbeddingArguments arguments) {
  ROWHOUSE_RETURN_IF_ERROR(CheckDimensions(arguments));
  if (arguments.sparse && arguments.mask_zero) {
    return absl::InvalidArgumentError(
        absl::StrCat("layer \"", arguments.name,
                     "\": a sparse output has no mask, mask_zero"));
  }
  ROWHOUSE_RETURN_IF_ERROR(internal::CheckRegularizer(
      "embeddings_regularizer", arguments.embeddings_regularizer));
  ROWHOUSE_RETURN_IF_ERROR(internal::CheckRegularizer(
      "activity_regularizer", arguments.activity_regularizer));
  ROWHOUSE_ASSIGN_OR_RETURN(
      arguments.embeddings_constraint,
      internal::ResolveConstraint(arguments.embeddings_constraint));
  ROWHOUSE_ASSIGN_OR_RETURN(TableSpec spec, BareTable(arguments));
  return Embedding(std::move(arguments), std::move(spec));
}

absl::StatusOr<Embedding> Embedding::MakeSequential(
    EmbeddingArguments arguments) {
  ROWHOUSE_ASSIGN_OR_RETURN(Embedding layer, Make(std::move(arguments)));
  ROWHOUSE_RETURN_IF_ERROR(internal::ModelLength(layer.arguments_.name,
                                                 layer.arguments_.input_length)
                               .status());
  layer.sequential_ = true;
  return layer;
}

absl::StatusOr<TableSpec> Embedding::Table(const TableOptions& options,
                                           Generation generation) const {
  const UpdateSpec& update = options.update;
  if (update.regularizer.on() ||
      !std::holds_alternative<std::monostate>(update.constraint)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "layer \"", arguments_.name,
        "\": its regularizer and constraint are arguments of the layer, not "
        "options of its table"));
  }
  TableSpec spec = spec_;
  spec.optimizer = options.optimizer;
  spec.update = update;
  spec.seed = options.seed;
  spec.nan_policy = options.nan_policy;
  spec.durability = options.durability;
  spec.placement = options.placement;
  // What is not trained has no steps to be regularized or constrained in.
  if (arguments_.trainable) {
    auto* const lion = std::get_if<LionSpec>(&spec.optimizer);
    if (lion != nullptr) lion->dense_gradients = !gradient_is_rows();
    ROWHOUSE_RETURN_IF_ERROR(AddRegularizer(spec.update));
    ROWHOUSE_RETURN_IF_ERROR(AddConstraint(
        GenerationOf(options.optimizer, generation), spec.update));
  }
  ROWHOUSE_RETURN_IF_ERROR(Validate(spec));
  return spec;
}

absl::Status Embedding::AddRegularizer(UpdateSpec& update) const {
  ROWHOUSE_ASSIGN_OR_RETURN(
      const Regularizer regularizer,
      internal::ResolveRegularizer("embeddings_regularizer",
                                   arguments_.embeddings_regularizer));
  if (std::holds_alternative<OrthogonalRegularizer>(regularizer)) {
    return RefuseOrthogonal();
  }
  if (const auto* sums = std::get_if<L1L2>(&regularizer)) {
    update.regularizer = {sums->l1, sums->l2};
  }
  return absl::OkStatus();
}

absl::Status Embedding::AddConstraint(Generation generation,
                                      UpdateSpec& update) const {
  const auto& constraint =
      std::get<AxisConstraint>(arguments_.embeddings_constraint);
  if (std::holds_alternative<std::monostate>(constraint.rule)) {
    return absl::OkStatus();
  }
  if (gradient_is_rows() && generation != Generation::kKeras) {
    return absl::FailedPreconditionError(absl::StrCat(
        "layer \"", arguments_.name, "\": embeddings_constraint '",
        ConstraintName(constraint.rule), "' of a gradient of rows: optimizers ",
        "of '", GenerationName(generation),
        "' do not apply it, those of 'keras' do"));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(update.constraint,
                            internal::RowConstraint(constraint));
  return absl::OkStatus();
}

absl::Status Embedding::CreateTable(Client& client, const TableOptions& options,
                                    Generation generation) const {
  ROWHOUSE_ASSIGN_OR_RETURN(const TableSpec spec, Table(options, generation));
  return client.CreateTable(spec);
}

bool Embedding::gradient_is_rows() const {
  if (arguments_.use_one_hot_matmul) return false;
  const auto regularizer = internal::ResolveRegularizer(
      "embeddings_regularizer", arguments_.embeddings_regularizer);
  if (!regularizer.ok()) return true;  // nothing can be trained with it
  if (const auto* sums = std::get_if<L1L2>(&*regularizer)) {
    return *sums == L1L2{};
  }
  return std::holds_alternative<std::monostate>(*regularizer);
}

absl::StatusOr<Tensor> Embedding::Conform(const Tensor& input) const {
  ROWHOUSE_RETURN_IF_ERROR(internal::CheckTensor(arguments_.name, input));
  if (!sequential_) return input;
  ROWHOUSE_ASSIGN_OR_RETURN(
      const auto length,
      internal::ModelLength(arguments_.name, arguments_.input_length));
  return internal::ConformToModel(arguments_.name, length, input);
}

absl::StatusOr<std::optional<std::vector<bool>>> Embedding::ComputeMask(
    const Tensor& input) const {
  if (!arguments_.mask_zero) return std::optional<std::vector<bool>>();
  if (input.layout == Layout::kSparse) {
    return absl::InvalidArgumentError(absl::StrCat(
        "layer \"", arguments_.name, "\": a sparse input has no mask"));
  }
  return internal::NotZero(arguments_.name, input.values);
}

absl::Status Embedding::AddActivity(EmbeddingOutput& output) const {
  ROWHOUSE_ASSIGN_OR_RETURN(
      const Regularizer regularizer,
      internal::ResolveRegularizer("activity_regularizer",
                                   arguments_.activity_regularizer));
  const auto* sums = std::get_if<L1L2>(&regularizer);
  if (std::holds_alternative<std::monostate>(regularizer) ||
      (sums != nullptr && *sums == L1L2{})) {
    return absl::OkStatus();
  }
  if (output.layout == Layout::kSparse ||
      (output.layout == Layout::kRagged && sums == nullptr)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "layer \"", arguments_.name,
        "\": its activity_regularizer does not take an output that is not "
        "dense"));
  }
  const std::int64_t batch =
      output.layout == Layout::kRagged
          ? static_cast<std::int64_t>(output.row_splits[0].size()) - 1
          : output.shape[0];
  ROWHOUSE_ASSIGN_OR_RETURN(
      internal::Penalty penalty,
      internal::PenaltyOf(regularizer, output.shape, output.values, batch));
  output.activity_loss = static_cast<float>(penalty.loss);
  output.ticket.activity_gradient_ = std::move(penalty.gradient);
  return absl::OkStatus();
}

absl::StatusOr<EmbeddingOutput> Embedding::Forward(Client& client,
                                                   const Tensor& input) const {
  ROWHOUSE_ASSIGN_OR_RETURN(const Tensor tensor, Conform(input));
  ROWHOUSE_ASSIGN_OR_RETURN(internal::EmbeddingInput read,
                            internal::ReadEmbeddingInput(arguments_, tensor));
  EmbeddingOutput out;
  ROWHOUSE_ASSIGN_OR_RETURN(out.mask, ComputeMask(tensor));
  read.lookup.table = spec_.name;
  std::vector<FeatureIds> lookups;
  lookups.push_back(std::move(read.lookup));
  ROWHOUSE_ASSIGN_OR_RETURN(LookupResult found,
                            client.Lookup(std::move(lookups)));
  std::vector<float>& rows = found.activations[0].values;
  out.values =
      read.one_hot ? PickRows(read.ids, rows, spec_.dim) : std::move(rows);
  out.ticket.ticket_ = std::move(found.ticket);
  out.ticket.one_hot_ = read.one_hot;
  out.ticket.ids_ = std::move(read.ids);
  out.shape.assign(tensor.shape.begin(), tensor.shape.end());
  out.shape.push_back(spec_.dim);
  if (tensor.layout == Layout::kRagged) {
    out.layout = Layout::kRagged;
    for (const auto splits : tensor.row_splits) {
      out.row_splits.emplace_back(splits.begin(), splits.end());
    }
  }
  if (arguments_.sparse) {
    out.layout = Layout::kSparse;
    if (tensor.layout == Layout::kSparse) {
      out.indices = internal::IndicesOfComponents(
          tensor.indices, tensor.shape.size(), spec_.dim);
    } else {
      out.ticket.places_ =
          internal::KeepNonZeros(out.shape, out.values, out.indices);
    }
  }
  out.ticket.values_ = out.values.size();
  ROWHOUSE_RETURN_IF_ERROR(AddActivity(out));
  return out;
}

absl::StatusOr<PartialShape> Embedding::ComputeOutputShape(
    const PartialShape& input_shape) const {
  return internal::OutputShape(arguments_.name, arguments_.input_length,
                               arguments_.output_dim, input_shape);
}

// d loss / d each row that was looked up, the activity loss included.
absl::StatusOr<std::vector<float>> Embedding::GradientOfLookup(
    const EmbeddingTicket& ticket, absl::Span<const float> upstream) const {
  if (upstream.size() != ticket.values_) {
    return absl::InvalidArgumentError(
        absl::StrCat("layer \"", arguments_.name, "\": ", upstream.size(),
                     " gradient values for an output of ", ticket.values_));
  }
  std::vector<float> rows(ticket.ids_.size() * spec_.dim, 0.0f);
  if (ticket.values_ == rows.size()) {
    std::copy(upstream.begin(), upstream.end(), rows.begin());
  } else {
    for (std::size_t i = 0; i < upstream.size(); ++i) {
      rows[ticket.places_[i]] = upstream[i];
    }
  }
  for (std::size_t i = 0; i < ticket.activity_gradient_.size(); ++i) {
    rows[i] += ticket.activity_gradient_[i];
  }
  if (!ticket.one_hot_) return rows;
  return SumByRow(ticket.ids_, rows, spec_.rows, spec_.dim);
}

absl::StatusOr<EmbeddingGradient> Embedding::Gradient(
    const EmbeddingTicket& ticket, absl::Span<const float> upstream) const {
  EmbeddingGradient gradient;
  ROWHOUSE_ASSIGN_OR_RETURN(gradient.values,
                            GradientOfLookup(ticket, upstream));
  gradient.ids = ticket.ids_;
  if (ticket.one_hot_) {
    gradient.ids.resize(spec_.rows);
    std::iota(gradient.ids.begin(), gradient.ids.end(), std::int64_t{0});
  }
  return gradient;
}

absl::StatusOr<PushOutcome> Embedding::Backward(
    Client& client, EmbeddingTicket ticket, absl::Span<const float> upstream,
    const PushOptions& options) const {
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<float> rows,
                            GradientOfLookup(ticket, upstream));
  const absl::Span<const float> gradients[] = {rows};
  return client.Push(std::move(ticket.ticket_), gradients, options);
}

absl::Status Embedding::BackwardAsync(Client& client, EmbeddingTicket ticket,
                                      absl::Span<const float> upstream,
                                      const PushOptions& options) const {
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<float> rows,
                            GradientOfLookup(ticket, upstream));
  const absl::Span<const float> gradients[] = {rows};
  return client.PushAsync(std::move(ticket.ticket_), gradients, options);
}

absl::StatusOr<float> Embedding::RegularizationLoss(Client& client) const {
  ROWHOUSE_ASSIGN_OR_RETURN(
      const Regularizer regularizer,
      internal::ResolveRegularizer("embeddings_regularizer",
                                   arguments_.embeddings_regularizer));
  if (std::holds_alternative<OrthogonalRegularizer>(regularizer)) {
    return RefuseOrthogonal();
  }
  const auto* sums = std::get_if<L1L2>(&regularizer);
  if (sums == nullptr || *sums == L1L2{}) return 0.0f;
  double loss = 0;
  const std::uint64_t step =
      std::max<std::uint64_t>(1, kWeightsPerRead / spec_.dim);
  for (std::uint64_t begin = 0; begin < spec_.rows; begin += step) {
    std::vector<Id> ids(std::min(step, spec_.rows - begin));
    std::iota(ids.begin(), ids.end(), begin);
    ROWHOUSE_ASSIGN_OR_RETURN(const Rows rows,
                              client.ReadRows(spec_.name, ids));
    loss += internal::LossOf(*sums, rows.weights);
  }
  return static_cast<float>(loss);
}

}  // namespace rowhouse::keras
