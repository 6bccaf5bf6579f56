// A Sequential model of Embedding, Flatten and two Dense layers. In TensorFlow:
//
//   model = tf.keras.Sequential([
//       tf.keras.layers.Embedding(input_dim=1000, output_dim=128,
//                                 input_length=1),
//       tf.keras.layers.Flatten(),
//       tf.keras.layers.Dense(64, activation='relu'),
//       tf.keras.layers.Dense(1)])
//   model.compile(optimizer='adam', loss='mse')
//   model.fit(x_train, y_train, epochs=...)
//
// usage: sequential embedded:DIR, or HOST:PORT,... of all servers, without the
// table of an earlier run: the steps of Adam's table go on, never back

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
#include "rowhouse/features.h"
#include "rowhouse/keras_embedding.h"

namespace rowhouse {
namespace {

constexpr std::int64_t kOutputDim = 128;
constexpr int kEpochs = 300;  // of one batch
constexpr float kLearningRate = 0.005f;

absl::Status Train(const std::vector<std::string>& words) {
  ROWHOUSE_ASSIGN_OR_RETURN(
      const keras::Embedding embedding,
      keras::Embedding::MakeSequential(
          {.input_dim = 1000, .output_dim = kOutputDim, .input_length = 1}));
  ROWHOUSE_ASSIGN_OR_RETURN(Client client, Client::Connect(words[0]));
  ROWHOUSE_RETURN_IF_ERROR(embedding.CreateTable(
      client,
      {.optimizer = AdamSpec{.learning_rate = kLearningRate}, .seed = 1}));
  dense::DenseModel network({kOutputDim, 64, 1}, 1);

  const std::vector<std::int64_t> ids = {1, 5, 10};
  const Features::Tensor x_train = {.values = absl::MakeConstSpan(ids),
                                    .shape = {3, 1}};
  const std::vector<float> y_train = {10.0f, 20.0f, 30.0f};

  dense::LossReport report("sequential", kEpochs);
  for (std::uint64_t step = 0; step < kEpochs; ++step) {
    ROWHOUSE_ASSIGN_OR_RETURN(keras::EmbeddingOutput found,
                              embedding.Forward(client, x_train));
    // [3, 1, 128] as [3, 128]: Flatten moves nothing.
    const dense::Matrix flat = Eigen::Map<const dense::Matrix>(
        found.values.data(), static_cast<Eigen::Index>(found.shape[0]),
        kOutputDim);
    const dense::Loss loss =
        dense::MeanSquaredError(network.Forward(flat), y_train);
    const dense::Matrix& gradients = network.Backward(loss.gradients);
    ROWHOUSE_RETURN_IF_ERROR(
        embedding
            .Backward(client, std::move(found.ticket),
                      absl::MakeConstSpan(gradients.data(), gradients.size()),
                      {.step = step})
            .status());
    network.Step(kLearningRate);
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
