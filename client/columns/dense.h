// Dense columns, compiled: features -> numbers, as TensorFlow's columns give
// them to a layer, before it flattens them.
#ifndef ROWHOUSE_CLIENT_COLUMNS_DENSE_H_
#define ROWHOUSE_CLIENT_COLUMNS_DENSE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "rowhouse/columns.h"
#include "rowhouse/dense_tensor.h"
#include "rowhouse/features.h"

namespace rowhouse::internal {

// Immutable, thread-safe.
class DenseTransform {
 public:
  DenseTransform(std::string name, std::vector<std::int64_t> variable_shape)
      : name_(std::move(name)), variable_shape_(std::move(variable_shape)) {}
  virtual ~DenseTransform() = default;
  DenseTransform(const DenseTransform&) = delete;
  DenseTransform& operator=(const DenseTransform&) = delete;

  const std::string& name() const { return name_; }
  // Of one row; its product is the number of elements that a layer takes.
  const std::vector<std::int64_t>& variable_shape() const {
    return variable_shape_;
  }

  // float32, [B, ...]: as the feature is shaped, which need not be
  // variable_shape. INVALID_ARGUMENT: a feature is absent, ragged, sparse where
  // numbers are wanted, ids are a sequence; UNIMPLEMENTED: strings for numbers;
  // RESOURCE_EXHAUSTED: more than kDenseValuesMax values; and what the
  // categorical column of an indicator says.
  virtual absl::StatusOr<DenseTensor> Transform(
      const Features& features) const = 0;

 private:
  std::string name_;
  std::vector<std::int64_t> variable_shape_;
};

using CompiledDense = absl::StatusOr<std::unique_ptr<DenseTransform>>;

// Each checks the column's arguments: INVALID_ARGUMENT with the reason; an
// indicator also says what its categorical column says.
CompiledDense CompileDense(const DenseColumn& column);
CompiledDense CompileDense(const NumericColumn& column);
CompiledDense CompileDense(const BucketizedColumn& column);
CompiledDense CompileDense(const IndicatorColumn& column);

// A column of SequenceFeatures. Immutable, thread-safe.
class SequenceTransform {
 public:
  SequenceTransform(std::string name, std::vector<std::int64_t> variable_shape)
      : name_(std::move(name)), variable_shape_(std::move(variable_shape)) {}
  virtual ~SequenceTransform() = default;
  SequenceTransform(const SequenceTransform&) = delete;
  SequenceTransform& operator=(const SequenceTransform&) = delete;

  const std::string& name() const { return name_; }
  // Of one step; its product is the number of elements that a layer takes.
  const std::vector<std::int64_t>& variable_shape() const {
    return variable_shape_;
  }

  // [B, T, ...] and the lengths. INVALID_ARGUMENT: a feature is absent, ragged,
  // of a wrong type or shape, or ids are no sequence; RESOURCE_EXHAUSTED: more
  // than kDenseValuesMax values; and what the categorical column of an
  // indicator says.
  virtual absl::StatusOr<SequenceTensor> Transform(
      const Features& features) const = 0;

 private:
  std::string name_;
  std::vector<std::int64_t> variable_shape_;
};

using CompiledSequence = absl::StatusOr<std::unique_ptr<SequenceTransform>>;

// Each checks the column's arguments, as CompileDense does.
CompiledSequence CompileSequence(const SequenceNumericColumn& column);
CompiledSequence CompileSequence(const IndicatorColumn& column);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_COLUMNS_DENSE_H_
