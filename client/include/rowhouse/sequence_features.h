// tf.keras.experimental.SequenceFeatures: sequence columns in, one tensor
// [rows, steps, width] and the lengths of its sequences out, gradients back.
#ifndef ROWHOUSE_SEQUENCE_FEATURES_H_
#define ROWHOUSE_SEQUENCE_FEATURES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "rowhouse/client.h"
#include "rowhouse/feature_plan.h"
#include "rowhouse/features.h"

namespace rowhouse {

struct SequenceFeaturesOptions {
  std::string name = "sequence_features";  // of the layer
  TableNaming table_naming = TableNaming::kLayerSanitized;
  bool trainable = true;  // false: no gradient of any column is pushed
};

// Immutable; copies share one compiled plan. Thread-safe.
class SequenceFeatures {
 public:
  struct Output {
    std::size_t rows = 0;
    std::size_t steps = 0;  // greatest length that the batch has room for
    std::size_t width = 0;
    // kFloat32; an integer type where every column is a sequence_numeric_column
    // of that type, which keeps it.
    DType dtype = DType::kFloat32;
    std::vector<float> values;           // rows x steps x width, row-major
    std::vector<std::int64_t> integers;  // the same, instead of `values`
    std::vector<std::int64_t> sequence_lengths;  // by row
    Ticket ticket;
  };

  // INVALID_ARGUMENT with the reason: no columns, two of one name, one that is
  // no sequence_numeric_column, embedding or indicator, or as
  // FeaturePlan::Compile.
  static absl::StatusOr<SequenceFeatures> Create(
      const std::vector<PlanColumn>& columns,
      const SequenceFeaturesOptions& options = {});

  // As of DenseFeatures; widths are floats per position.
  const std::vector<std::string>& column_names() const;
  const std::vector<std::size_t>& widths() const;
  std::size_t width() const;
  const FeaturePlan& plan() const;

  absl::Status CreateTables(Client& client) const;

  // Outputs of the columns side by side; positions without ids are zeros, and
  // count for the length of their sequence where a later position has some.
  // INVALID_ARGUMENT: a column over a categorical column that is no sequence;
  // columns that differ in rows, steps, lengths or type; or as
  // FeaturePlan::Resolve and Client::Lookup.
  absl::StatusOr<Output> Forward(Client& client,
                                 const Features& features) const;

  // As of DenseFeatures, for rows x steps x width gradients.
  absl::StatusOr<PushOutcome> Backward(Client& client, Ticket ticket,
                                       absl::Span<const float> upstream,
                                       const PushOptions& options = {}) const;
  absl::Status BackwardAsync(Client& client, Ticket ticket,
                             absl::Span<const float> upstream,
                             const PushOptions& options = {}) const;

 private:
  explicit SequenceFeatures(
      std::shared_ptr<const internal::LayerColumns> columns);
  std::shared_ptr<const internal::LayerColumns> columns_;
};

}  // namespace rowhouse

#endif  // ROWHOUSE_SEQUENCE_FEATURES_H_
