#include "examples/census/train.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "examples/census/columns.h"
#include "examples/dense/dense_model.h"
#include "examples/dense/random.h"

namespace rowhouse::census {
namespace {

using dense::DenseModel;
using dense::Matrix;
using dense::Random;

constexpr float kDenseLearningRate = 1e-3f;
// Rows of a test batch: larger than a training batch, as nothing waits.
constexpr std::size_t kTestBatchRows = 2048;
// Tells the shuffles' draws from others of the same seed.
constexpr std::uint64_t kShuffleStream = 2;

std::vector<std::uint32_t> AllRows(const Dataset& data) {
  std::vector<std::uint32_t> rows(data.rows());
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

class Trainer {
 public:
  Trainer(Client& client, const FeaturePlan& plan, std::uint64_t seed)
      : client_(client),
        plan_(plan),
        network_({kNetworkInputs, 64, 32, 1}, seed) {}

  // Returns the summed loss of the batch, before the update.
  absl::StatusOr<double> Step(const Dataset& data,
                              absl::Span<const std::uint32_t> rows,
                              float learning_rate, std::uint64_t step) {
    ROWHOUSE_ASSIGN_OR_RETURN(LookupResult found, Predict(data, rows));
    const double loss = SetLogitGradients();
    const Matrix& inputs = network_.Backward(logit_gradients_);
    ROWHOUSE_RETURN_IF_ERROR(Push(std::move(found.ticket), inputs, step));
    network_.Step(learning_rate);
    return loss;
  }

  absl::StatusOr<Metrics> Test(const Dataset& data) {
    const std::vector<std::uint32_t> rows = AllRows(data);
    std::vector<float> logits;
    for (std::size_t begin = 0; begin < rows.size(); begin += kTestBatchRows) {
      const auto part =
          absl::MakeConstSpan(rows).subspan(begin, kTestBatchRows);
      ROWHOUSE_RETURN_IF_ERROR(Predict(data, part).status());
      logits.insert(logits.end(), logits_.data(), logits_.data() + part.size());
    }
    return Measure(logits, data.labels);
  }

 private:
  // Fills logits_ for the rows.
  absl::StatusOr<LookupResult> Predict(const Dataset& data,
                                       absl::Span<const std::uint32_t> rows) {
    batch_.Gather(data, rows);
    ROWHOUSE_ASSIGN_OR_RETURN(LookupResult found,
                              client_.Lookup(plan_, batch_.features()));
    ROWHOUSE_ASSIGN_OR_RETURN(const DenseBatch dense,
                              plan_.Dense(batch_.features()));
    GatherInputs(found, dense);
    logits_ = network_.Forward(inputs_);
    for (std::size_t column = 0; column < kWideColumns; ++column) {
      logits_ += Eigen::Map<const Matrix>(
          found.activations[column].values.data(), logits_.rows(), 1);
    }
    return found;
  }

  // Embeddings and scaled numbers side by side.
  void GatherInputs(const LookupResult& found, const DenseBatch& dense) {
    const auto rows = static_cast<Eigen::Index>(dense.rows);
    constexpr auto kWidth = static_cast<Eigen::Index>(kDeepDimension);
    inputs_.resize(rows, kNetworkInputs);
    for (std::size_t column = 0; column < kDeepColumns; ++column) {
      const auto& values = found.activations[kWideColumns + column].values;
      inputs_.middleCols(static_cast<Eigen::Index>(column) * kWidth, kWidth) =
          Eigen::Map<const Matrix>(values.data(), rows, kWidth);
    }
    inputs_.rightCols(kDenseColumns) =
        Eigen::Map<const Matrix>(dense.values.data(), rows, kDenseColumns);
  }

  // The gradient of the summed log loss is the probability less the label.
  double SetLogitGradients() {
    double loss = 0;
    logit_gradients_.resize(logits_.rows(), 1);
    for (Eigen::Index row = 0; row < logits_.rows(); ++row) {
      const double logit = logits_(row, 0);
      const double label = batch_.labels()[static_cast<std::size_t>(row)];
      loss += LogLoss(logit, label);
      logit_gradients_(row, 0) =
          static_cast<float>(1 / (1 + std::exp(-logit)) - label);
    }
    return loss;
  }

  absl::Status Push(Ticket ticket, const Matrix& input_gradients,
                    std::uint64_t step) {
    constexpr auto kWidth = static_cast<Eigen::Index>(kDeepDimension);
    const absl::Span<const float> wide(
        logit_gradients_.data(),
        static_cast<std::size_t>(logit_gradients_.size()));
    std::vector<absl::Span<const float>> gradients(kWideColumns, wide);
    deep_gradients_.resize(kDeepColumns);
    for (std::size_t column = 0; column < kDeepColumns; ++column) {
      Matrix& deep = deep_gradients_[column];
      deep = input_gradients.middleCols(
          static_cast<Eigen::Index>(column) * kWidth, kWidth);
      gradients.emplace_back(deep.data(),
                             static_cast<std::size_t>(deep.size()));
    }
    return client_.Push(std::move(ticket), gradients, {.step = step}).status();
  }

  Client& client_;
  const FeaturePlan& plan_;
  DenseModel network_;
  Batch batch_;
  Matrix inputs_;
  Matrix logits_;
  Matrix logit_gradients_;
  std::vector<Matrix> deep_gradients_;
};

absl::StatusOr<std::uint64_t> StoredRows(Client& client,
                                         const FeaturePlan& plan) {
  std::uint64_t rows = 0;
  for (const TableSpec& table : plan.tables()) {
    ROWHOUSE_ASSIGN_OR_RETURN(const TableSummary summary,
                              client.DescribeTable(table.name));
    rows += summary.rows_stored;
  }
  return rows;
}

}  // namespace

absl::StatusOr<TrainResult> Train(Client& client, const FeaturePlan& plan,
                                  const Census& census,
                                  const TrainOptions& options,
                                  Progress& progress) {
  const std::size_t steps = census.train.rows() / options.batch_rows;
  if (steps == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(census.train.rows(), " rows to train on, a batch takes ",
                     options.batch_rows));
  }
  ROWHOUSE_RETURN_IF_ERROR(client.CreateTables(plan));
  Trainer trainer(client, plan, options.seed);
  Random random(options.seed, kShuffleStream);
  std::vector<std::uint32_t> order = AllRows(census.train);
  TrainResult result;
  for (int epoch = 0; epoch < options.epochs; ++epoch) {
    const absl::Time begin = absl::Now();
    const float rate =
        kDenseLearningRate *
        (1 - static_cast<float>(epoch) / static_cast<float>(options.epochs));
    random.Shuffle(order);
    double loss = 0;
    for (std::size_t i = 0; i < steps; ++i) {
      const auto rows = absl::MakeConstSpan(order).subspan(
          i * options.batch_rows, options.batch_rows);
      ROWHOUSE_ASSIGN_OR_RETURN(
          const double batch_loss,
          trainer.Step(census.train, rows, rate, ++result.pushes));
      loss += batch_loss;
      progress.Step(epoch, i + 1, steps);
    }
    EpochResult done{
        .train_loss = loss / static_cast<double>(steps * options.batch_rows),
        .seconds = absl::ToDoubleSeconds(absl::Now() - begin)};
    ROWHOUSE_ASSIGN_OR_RETURN(done.test, trainer.Test(census.test));
    result.seconds += done.seconds;
    progress.Epoch(epoch, done.train_loss, done.test, done.seconds);
    result.epochs.push_back(done);
  }
  ROWHOUSE_ASSIGN_OR_RETURN(result.rows, StoredRows(client, plan));
  return result;
}

}  // namespace rowhouse::census
