// What DenseFeatures and SequenceFeatures have alike: a plan, its columns in
// the order of their names, and gradients cut into columns again.
#ifndef ROWHOUSE_CLIENT_LAYERS_LAYER_COLUMNS_H_
#define ROWHOUSE_CLIENT_LAYERS_LAYER_COLUMNS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "client/columns/compiled_plan.h"
#include "rowhouse/client.h"
#include "rowhouse/dense_tensor.h"
#include "rowhouse/feature_plan.h"
#include "rowhouse/features.h"

namespace rowhouse::internal {

// Immutable, thread-safe.
class LayerColumns {
 public:
  // INVALID_ARGUMENT: no columns, two of one name; else as
  // FeaturePlan::Compile.
  static absl::StatusOr<std::shared_ptr<const LayerColumns>> Create(
      const std::vector<PlanColumn>& columns, const PlanOptions& options);

  const FeaturePlan& plan() const { return plan_; }
  const std::vector<std::string>& names() const { return names_; }
  const std::vector<std::size_t>& widths() const { return widths_; }
  std::size_t width() const { return width_; }

  // One column's output in a batch.
  struct Part {
    std::vector<std::int64_t> shape;    // of the whole tensor
    std::vector<std::int64_t> lengths;  // of sequences
    DenseTensor numbers;                // of a column without a table
    std::size_t lookup = 0;             // else which activation it is
    bool is_lookup = false;
  };
  struct Batch {
    std::vector<Part> parts;          // in the order of names()
    std::vector<FeatureIds> lookups;  // in the order of the plan
  };

  // Every column of the batch, all as sequences or none. INVALID_ARGUMENT: a
  // column is of the other kind; else as FeaturePlan::Resolve.
  absl::StatusOr<Batch> Resolve(const Features& features, bool sequences) const;

  // Copies the parts side by side: rows x width() floats. REQUIRES: each part
  // has rows x its width of them.
  std::vector<float> Concatenate(std::size_t rows,
                                 const std::vector<Part>& parts,
                                 const std::vector<Activation>& found) const;

  // `options` with the rates of columns that have a learning_rate_fn; those
  // that are there stay.
  PushOptions WithLearningRates(PushOptions options) const;

  // Client::Push and PushAsync with d loss / d of what Concatenate gave, at the
  // rates of WithLearningRates.
  // INVALID_ARGUMENT: not a whole number of rows.
  absl::StatusOr<PushOutcome> Push(Client& client, Ticket ticket,
                                   absl::Span<const float> upstream,
                                   const PushOptions& options) const;
  absl::Status PushAsync(Client& client, Ticket ticket,
                         absl::Span<const float> upstream,
                         const PushOptions& options) const;

 private:
  // Which column of the plan stands at a place of a row.
  struct Place {
    std::size_t index = 0;  // into the plan's embeddings, or its numbers
    bool is_lookup = false;
    std::size_t offset = 0;  // of its first float
  };

  explicit LayerColumns(FeaturePlan plan) : plan_(std::move(plan)) {}
  absl::Status Arrange();
  absl::StatusOr<Part> ReadNumbers(std::size_t index, const Features& features,
                                   bool sequences) const;
  // By activation of the lookup, its gradient, cut out of `upstream`.
  absl::StatusOr<std::vector<std::vector<float>>> Split(
      absl::Span<const float> upstream) const;

  FeaturePlan plan_;
  std::vector<Place> places_;
  std::vector<std::string> names_;
  std::vector<std::size_t> widths_;
  std::size_t width_ = 0;
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_LAYERS_LAYER_COLUMNS_H_
