// tf.keras.layers.DenseFeatures: columns in, one matrix out, gradients back.
//
//   auto layer = DenseFeatures::Create({...columns...});
//   layer->CreateTables(*client);
//   auto step = layer->Forward(*client, features);     // [rows, width]
//   layer->Backward(*client, std::move(step->ticket), gradient_of_values);
#ifndef ROWHOUSE_DENSE_FEATURES_H_
#define ROWHOUSE_DENSE_FEATURES_H_

#include <cstddef>
#include <cstdint>
#include <map>
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

struct DenseFeaturesOptions {
  std::string name = "dense_features";  // of the layer, for its tables' names
  TableNaming table_naming = TableNaming::kLayer;
  bool trainable = true;  // false: no gradient of any column is pushed
};

// Immutable; copies share one compiled plan. Thread-safe.
class DenseFeatures {
 public:
  struct Output {
    std::size_t rows = 0;
    std::size_t width = 0;
    std::vector<float> values;  // rows x width, row-major
    Ticket ticket;
  };
  // By column name: rows x its width floats.
  using ColumnTensors = std::map<std::string, std::vector<float>>;

  // INVALID_ARGUMENT with the reason: no columns, two of one name, one that has
  // no dense output (a categorical column without an embedding or indicator, a
  // sequence_numeric_column), or as FeaturePlan::Compile.
  static absl::StatusOr<DenseFeatures> Create(
      const std::vector<PlanColumn>& columns,
      const DenseFeaturesOptions& options = {});

  // Columns in the order of their outputs: by name, byte by byte, whatever
  // order they were given in. Shared ones stand one by one.
  const std::vector<std::string>& column_names() const;
  // By column: floats per row.
  const std::vector<std::size_t>& widths() const;
  std::size_t width() const;  // the sum of widths()
  const FeaturePlan& plan() const;

  absl::Status CreateTables(Client& client) const;

  // Outputs of the columns side by side. Floating features count as float32,
  // as in Keras: others are cast. Features that no column uses do not matter.
  // `cols_to_output_tensors`, if given, receives each column's part too.
  // INVALID_ARGUMENT: batch sizes differ; a column's output is not
  // rows x its width (ids of rank 3 with more than one position, say); a
  // sequence column; or as FeaturePlan::Resolve and Client::Lookup.
  absl::StatusOr<Output> Forward(
      Client& client, const Features& features,
      ColumnTensors* cols_to_output_tensors = nullptr) const;

  // Pushes d loss / d values, of the output that `ticket` came with. Returns
  // what Client::Push does; INVALID_ARGUMENT for a gradient of another size.
  absl::StatusOr<PushOutcome> Backward(Client& client, Ticket ticket,
                                       absl::Span<const float> upstream,
                                       const PushOptions& options = {}) const;
  // As Client::PushAsync.
  absl::Status BackwardAsync(Client& client, Ticket ticket,
                             absl::Span<const float> upstream,
                             const PushOptions& options = {}) const;

 private:
  explicit DenseFeatures(std::shared_ptr<const internal::LayerColumns> columns);
  std::shared_ptr<const internal::LayerColumns> columns_;
};

}  // namespace rowhouse

#endif  // ROWHOUSE_DENSE_FEATURES_H_
