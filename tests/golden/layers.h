// What the kinds about layers have in common: columns of a case, made into a
// layer, run forward and backward.
#ifndef ROWHOUSE_TESTS_GOLDEN_LAYERS_H_
#define ROWHOUSE_TESTS_GOLDEN_LAYERS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rowhouse/client.h"
#include "rowhouse/dense_features.h"
#include "rowhouse/dense_tensor.h"
#include "rowhouse/sequence_features.h"
#include "tests/golden/case.h"
#include "tests/golden/value.h"

namespace rowhouse::golden {

// Either layer.
class Layer {
 public:
  // Of the columns `specs`, named as the cases have it. Errors: those of the
  // columns and of the layer.
  static absl::StatusOr<Layer> Create(const Json& specs,
                                      const std::string& folder,
                                      bool sequences);

  // Of columns in hand.
  static absl::StatusOr<Layer> Create(std::vector<PlanColumn> columns,
                                      bool sequences);
  // DenseFeatures in the place of TensorFlow 1's input_layer.
  static absl::StatusOr<Layer> CreateInputLayer(
      std::vector<PlanColumn> columns);

  struct Output {
    DenseTensor tensor;
    std::vector<std::int64_t> lengths;  // of sequences
    Ticket ticket;
  };
  absl::StatusOr<Output> Forward(Client& client, const Json& features) const;
  absl::Status Backward(Client& client, Ticket ticket, const Json& upstream,
                        const PushOptions& options = {}) const;

  const std::vector<std::string>& column_names() const;
  const std::vector<std::size_t>& widths() const;
  const std::vector<TableSpec>& tables() const;

 private:
  using Kind = std::variant<DenseFeatures, SequenceFeatures>;
  explicit Layer(Kind layer) : layer_(std::move(layer)) {}
  Kind layer_;
};

// A case of kind `dense_features` or `sequence_features`.
absl::Status RunLayer(const Case& test, const std::string& folder,
                      Client& client, bool sequences);

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_LAYERS_H_
