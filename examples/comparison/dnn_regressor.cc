// A DNNRegressor over one embedding column. In TensorFlow:
//
//   category_id = categorical_column_with_identity('category_id', 1000)
//   estimator = DNNRegressor(
//       feature_columns=[embedding_column(category_id, dimension=128)],
//       hidden_units=[128, 64])
//   estimator.train(input_fn, steps=...)
//
// usage: dnn_regressor embedded:DIR, or HOST:PORT,... of all servers

#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "examples/dense/dense_model.h"
#include "examples/dense/loss.h"
#include "examples/dense/loss_report.h"
#include "examples/dense/program.h"
#include "rowhouse/client.h"
#include "rowhouse/columns.h"
#include "rowhouse/dense_features.h"
#include "rowhouse/embedding.h"

namespace rowhouse {
namespace {

constexpr int kSteps = 300;

absl::Status Train(const std::vector<std::string>& words) {
  // The optimizer is the table's: it runs where the rows are.
  const EmbeddingColumn embedding = {
      .categorical_column = CategoricalColumnWithIdentity{.key = "category_id",
                                                          .num_buckets = 1000},
      .dimension = 128,
      .table = {.optimizer = AdagradSpec{.learning_rate = 0.05f}, .seed = 1}};
  ROWHOUSE_ASSIGN_OR_RETURN(const DenseFeatures layer,
                            DenseFeatures::Create({embedding}));
  ROWHOUSE_ASSIGN_OR_RETURN(Client client, Client::Connect(words[0]));
  ROWHOUSE_RETURN_IF_ERROR(layer.CreateTables(client));
  dense::DenseModel network({layer.width(), 128, 64, 1}, 1);

  const std::vector<std::int64_t> category_ids = {1, 5, 10};
  const std::vector<float> labels = {10.0f, 20.0f, 30.0f};
  Features features;
  features.Set("category_id", category_ids);

  dense::LossReport report("dnn_regressor", kSteps);
  for (std::uint64_t step = 0; step < kSteps; ++step) {
    // Rows of the table come in, with a ticket for the way back.
    ROWHOUSE_ASSIGN_OR_RETURN(DenseFeatures::Output found,
                              layer.Forward(client, features));
    const dense::Matrix inputs = Eigen::Map<const dense::Matrix>(
        found.values.data(), static_cast<Eigen::Index>(found.rows),
        static_cast<Eigen::Index>(found.width));
    const dense::Loss loss =
        dense::MeanSquaredError(network.Forward(inputs), labels);
    const dense::Matrix& gradients = network.Backward(loss.gradients);
    // Their gradients go out; the servers do the step of the table.
    ROWHOUSE_RETURN_IF_ERROR(
        layer
            .Backward(client, std::move(found.ticket),
                      absl::MakeConstSpan(gradients.data(), gradients.size()),
                      {.step = step})
            .status());
    network.Step(0.005f);
    report.Step(loss.value);
  }
  std::puts(report.Json().c_str());
  return absl::OkStatus();
}

}  // namespace
}  // namespace rowhouse

int main(int argc, char** argv) {
  return rowhouse::dense::RunProgram(argc, argv, {"ADDRESS"}, rowhouse::Train);
}
