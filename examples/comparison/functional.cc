// A functional model with two inputs: an embedded category beside five numbers.
// In TensorFlow:
//
//   category = tf.keras.Input(shape=(1,), name='category')
//   numerical = tf.keras.Input(shape=(5,), name='numerical')
//   embedding = tf.keras.layers.Embedding(1000, 128)(category)
//   joined = concatenate([Flatten()(embedding), numerical])
//   output = Dense(1)(Dense(64, activation='relu')(joined))
//   model = tf.keras.Model(inputs=[category, numerical], outputs=output)
//   model.compile(optimizer='adam', loss='mse')
//   model.fit([x_category, x_numerical], y, epochs=...)
//
// usage: functional embedded:DIR, or HOST:PORT,... of all servers, without the
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
#include "examples/dense/random.h"
#include "rowhouse/client.h"
#include "rowhouse/features.h"
#include "rowhouse/keras_embedding.h"

namespace rowhouse {
namespace {

constexpr std::int64_t kCategories = 1000;  // that the layer has room for
constexpr std::uint64_t kSeen = 20;         // that the data has
constexpr std::int64_t kOutputDim = 128;
constexpr int kNumbers = 5;
constexpr int kBatchRows = 32;
constexpr int kSteps = 400;
constexpr float kLearningRate = 0.005f;

// Examples of a function that the model can learn: each category has an amount
// of its own, and each number a weight.
class Examples {
 public:
  Examples() : random_(1, 1) {
    for (std::uint64_t i = 0; i < kSeen; ++i) {
      amounts_.push_back(6 * random_.Uniform() - 3);
    }
  }

  // Draws the next batch.
  void Next() {
    category.clear();
    labels.clear();
    for (int row = 0; row < kBatchRows; ++row) {
      const std::uint64_t drawn = random_.Below(kSeen);
      double label = amounts_[drawn];
      for (int i = 0; i < kNumbers; ++i) {
        const double number = 2 * random_.Uniform() - 1;
        numerical(row, i) = static_cast<float>(number);
        label += kWeights[i] * number;
      }
      category.push_back(static_cast<std::int64_t>(drawn));
      labels.push_back(static_cast<float>(label));
    }
  }

  std::vector<std::int64_t> category;
  dense::Matrix numerical{kBatchRows, kNumbers};
  std::vector<float> labels;

 private:
  static constexpr double kWeights[kNumbers] = {1, -1, 0.5, 2, -0.5};
  dense::Random random_;
  std::vector<double> amounts_;
};

absl::Status Train(const std::vector<std::string>& words) {
  ROWHOUSE_ASSIGN_OR_RETURN(const keras::Embedding embedding,
                            keras::Embedding::Make({.input_dim = kCategories,
                                                    .output_dim = kOutputDim}));
  ROWHOUSE_ASSIGN_OR_RETURN(Client client, Client::Connect(words[0]));
  ROWHOUSE_RETURN_IF_ERROR(embedding.CreateTable(
      client,
      {.optimizer = AdamSpec{.learning_rate = kLearningRate}, .seed = 1}));
  dense::DenseModel network({kOutputDim + kNumbers, 64, 1}, 1);

  Examples examples;
  dense::LossReport report("functional", kSteps);
  for (std::uint64_t step = 0; step < kSteps; ++step) {
    examples.Next();
    ROWHOUSE_ASSIGN_OR_RETURN(
        keras::EmbeddingOutput found,
        embedding.Forward(client,
                          {.values = absl::MakeConstSpan(examples.category),
                           .shape = {kBatchRows, 1}}));
    dense::Matrix joined(kBatchRows, kOutputDim + kNumbers);
    joined.leftCols(kOutputDim) = Eigen::Map<const dense::Matrix>(
        found.values.data(), kBatchRows, kOutputDim);
    joined.rightCols(kNumbers) = examples.numerical;
    const dense::Loss loss =
        dense::MeanSquaredError(network.Forward(joined), examples.labels);
    // The numbers are inputs of the model: theirs is nobody's gradient.
    const dense::Matrix gradients =
        network.Backward(loss.gradients).leftCols(kOutputDim);
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
