#include "client/layers/layer_columns.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace rowhouse::internal {
namespace {

absl::Status WrongKind(absl::string_view column, bool sequences) {
  return absl::InvalidArgumentError(
      absl::StrCat("column \"", column, "\" is ",
                   sequences ? "no sequence; SequenceFeatures takes only such"
                             : "a sequence; DenseFeatures takes none"));
}

}  // namespace

absl::StatusOr<std::shared_ptr<const LayerColumns>> LayerColumns::Create(
    const std::vector<PlanColumn>& columns, const PlanOptions& options) {
  if (columns.empty()) {
    return absl::InvalidArgumentError("a layer needs columns, got none");
  }
  ROWHOUSE_ASSIGN_OR_RETURN(FeaturePlan plan,
                            FeaturePlan::Compile(columns, options));
  std::shared_ptr<LayerColumns> layer(new LayerColumns(std::move(plan)));
  ROWHOUSE_RETURN_IF_ERROR(layer->Arrange());
  return layer;
}

absl::Status LayerColumns::Arrange() {
  struct Column {
    const std::string* name;
    std::size_t width;
    Place place;
  };
  const FeaturePlan::Compiled& plan = *plan_.compiled_;
  std::vector<Column> columns;
  for (std::size_t i = 0; i < plan.embeddings.size(); ++i) {
    const auto& embedding = plan.embeddings[i];
    columns.push_back({&embedding.column.name,
                       plan.tables[embedding.table].dim,
                       {.index = i, .is_lookup = true}});
  }
  for (std::size_t i = 0; i < plan.numbers.size(); ++i) {
    columns.push_back(
        {&plan.numbers[i].name, plan.numbers[i].elements, {.index = i}});
  }
  std::sort(columns.begin(), columns.end(),
            [](const Column& a, const Column& b) { return *a.name < *b.name; });
  for (Column& column : columns) {
    if (!names_.empty() && names_.back() == *column.name) {
      return absl::InvalidArgumentError(
          absl::StrCat("two columns are named \"", *column.name, "\""));
    }
    column.place.offset = width_;
    width_ += column.width;
    names_.push_back(*column.name);
    widths_.push_back(column.width);
    places_.push_back(column.place);
  }
  return absl::OkStatus();
}

absl::StatusOr<LayerColumns::Part> LayerColumns::ReadNumbers(
    std::size_t index, const Features& features, bool sequences) const {
  const auto& numbers = plan_.compiled_->numbers[index];
  Part part;
  if (sequences) {
    if (numbers.sequence == nullptr) return WrongKind(numbers.name, true);
    ROWHOUSE_ASSIGN_OR_RETURN(SequenceTensor tensor,
                              numbers.sequence->Transform(features));
    part.numbers = std::move(tensor.dense);
    part.lengths = std::move(tensor.lengths);
  } else {
    if (numbers.dense == nullptr) return WrongKind(numbers.name, false);
    ROWHOUSE_ASSIGN_OR_RETURN(part.numbers, numbers.dense->Transform(features));
  }
  part.shape = part.numbers.shape;
  return part;
}

absl::StatusOr<LayerColumns::Batch> LayerColumns::Resolve(
    const Features& features, bool sequences) const {
  const FeaturePlan::Compiled& plan = *plan_.compiled_;
  Batch batch;
  batch.parts.reserve(places_.size());
  batch.lookups.resize(plan.embeddings.size());
  for (const Place& place : places_) {
    if (!place.is_lookup) {
      ROWHOUSE_ASSIGN_OR_RETURN(batch.parts.emplace_back(),
                                ReadNumbers(place.index, features, sequences));
      continue;
    }
    const auto& embedding = plan.embeddings[place.index];
    if (embedding.column.is_sequence != sequences) {
      return WrongKind(embedding.column.name, sequences);
    }
    const TableSpec& table = plan.tables[embedding.table];
    ROWHOUSE_ASSIGN_OR_RETURN(
        ResolvedEmbedding resolved,
        internal::Resolve(embedding.column, table, features));
    Part& part = batch.parts.emplace_back();
    part.shape = std::move(resolved.shape);
    part.shape.push_back(table.dim);
    part.lengths = std::move(resolved.sequence_lengths);
    part.lookup = place.index;
    part.is_lookup = true;
    batch.lookups[place.index] = std::move(resolved.ids);
  }
  return batch;
}

std::vector<float> LayerColumns::Concatenate(
    std::size_t rows, const std::vector<Part>& parts,
    const std::vector<Activation>& found) const {
  std::vector<float> out(rows * width_);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const float* from = parts[i].is_lookup
                            ? found[parts[i].lookup].values.data()
                            : parts[i].numbers.values.data();
    float* to = out.data() + places_[i].offset;
    for (std::size_t row = 0; row < rows; ++row) {
      std::copy_n(from + row * widths_[i], widths_[i], to + row * width_);
    }
  }
  return out;
}

absl::StatusOr<std::vector<std::vector<float>>> LayerColumns::Split(
    absl::Span<const float> upstream) const {
  if (upstream.size() % width_ != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(upstream.size(), " gradient values are no rows of ",
                     width_, " columns"));
  }
  const std::size_t rows = upstream.size() / width_;
  std::vector<std::vector<float>> gradients(plan_.compiled_->embeddings.size());
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (!places_[i].is_lookup) continue;
    std::vector<float>& gradient = gradients[places_[i].index];
    gradient.resize(rows * widths_[i]);
    const float* from = upstream.data() + places_[i].offset;
    for (std::size_t row = 0; row < rows; ++row) {
      std::copy_n(from + row * width_, widths_[i],
                  gradient.data() + row * widths_[i]);
    }
  }
  return gradients;
}

PushOptions LayerColumns::WithLearningRates(PushOptions options) const {
  for (auto& [table, rate] : plan_.LearningRates(options.step)) {
    options.learning_rates.emplace(table, rate);
  }
  return options;
}

absl::StatusOr<PushOutcome> LayerColumns::Push(
    Client& client, Ticket ticket, absl::Span<const float> upstream,
    const PushOptions& options) const {
  ROWHOUSE_ASSIGN_OR_RETURN(const auto gradients, Split(upstream));
  const std::vector<absl::Span<const float>> views(gradients.begin(),
                                                   gradients.end());
  return client.Push(std::move(ticket), views, WithLearningRates(options));
}

absl::Status LayerColumns::PushAsync(Client& client, Ticket ticket,
                                     absl::Span<const float> upstream,
                                     const PushOptions& options) const {
  ROWHOUSE_ASSIGN_OR_RETURN(const auto gradients, Split(upstream));
  const std::vector<absl::Span<const float>> views(gradients.begin(),
                                                   gradients.end());
  return client.PushAsync(std::move(ticket), views, WithLearningRates(options));
}

}  // namespace rowhouse::internal
