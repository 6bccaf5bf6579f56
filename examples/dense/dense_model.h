// A network of dense layers: ReLU between them, one output, trained with Adam.
#ifndef ROWHOUSE_EXAMPLES_DENSE_DENSE_MODEL_H_
#define ROWHOUSE_EXAMPLES_DENSE_DENSE_MODEL_H_

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace rowhouse::dense {

using Matrix =
    Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Single-threaded and deterministic: same seed, same calls, same bits.
class DenseModel {
 public:
  // A weight matrix or bias row, its gradient, and Adam's moments.
  struct Parameter {
    Matrix value;
    Matrix gradient;
    Matrix first_moment;
    Matrix second_moment;
  };

  // `widths` are the inputs and the outputs of each layer, the last one 1.
  // Weights are Glorot-uniform, biases zero.
  DenseModel(const std::vector<std::size_t>& widths, std::uint64_t seed);

  // One output per row of `inputs` (rows x widths[0]), as a column. Remembers
  // what Backward needs; `inputs` must live, unchanged, until then.
  const Matrix& Forward(const Matrix& inputs);

  // Takes d loss / d output per row and sets the parameters' gradients, summed
  // over rows. Returns d loss / d inputs. REQUIRES: after Forward.
  const Matrix& Backward(const Matrix& output_gradients);

  // One step of Adam with the gradients of the last Backward.
  void Step(float learning_rate);

  // Weights and bias of each layer in turn.
  std::vector<Parameter>& parameters() { return parameters_; }

 private:
  std::size_t layers() const { return parameters_.size() / 2; }

  std::vector<Parameter> parameters_;
  const Matrix* inputs_ = nullptr;
  std::vector<Matrix> outputs_;          // of each layer, after ReLU
  std::vector<Matrix> input_gradients_;  // of each layer
  std::int64_t steps_ = 0;
};

}  // namespace rowhouse::dense

#endif  // ROWHOUSE_EXAMPLES_DENSE_DENSE_MODEL_H_
