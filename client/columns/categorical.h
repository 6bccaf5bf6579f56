// Categorical columns, compiled: features -> ids, exactly as TensorFlow's
// columns give them. What a lookup leaves out (ids < 0) is still there, because
// crosses count it.
#ifndef ROWHOUSE_CLIENT_COLUMNS_CATEGORICAL_H_
#define ROWHOUSE_CLIENT_COLUMNS_CATEGORICAL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/columns/sparse_ids.h"
#include "rowhouse/columns.h"
#include "rowhouse/features.h"

namespace rowhouse::internal {

// Immutable, thread-safe.
class CategoricalTransform {
 public:
  CategoricalTransform(std::string name, std::uint64_t num_buckets)
      : name_(std::move(name)), num_buckets_(num_buckets) {}
  virtual ~CategoricalTransform() = default;
  CategoricalTransform(const CategoricalTransform&) = delete;
  CategoricalTransform& operator=(const CategoricalTransform&) = delete;

  const std::string& name() const { return name_; }
  std::uint64_t num_buckets() const { return num_buckets_; }

  // Ids of the features' rank (1 becomes 2), of rank 3 for a sequence column.
  // INVALID_ARGUMENT: a feature is absent, ragged, of a wrong type or shape;
  // UNIMPLEMENTED: strings where numbers are cast; and what a vocabulary file
  // says when it is loaded.
  virtual absl::StatusOr<SparseIds> Transform(
      const Features& features) const = 0;

  // The same before a column of its own makes ids of it: what a weighted column
  // weighs. Rank is not raised, components have no offset.
  // INVALID_ARGUMENT also when the column is weighted itself.
  virtual absl::StatusOr<SparseIds> TransformUnshaped(
      const Features& features) const {
    return Transform(features);
  }

 private:
  std::string name_;
  std::uint64_t num_buckets_;
};

using CompiledCategorical =
    absl::StatusOr<std::unique_ptr<CategoricalTransform>>;

// Each checks the column's arguments: INVALID_ARGUMENT with the reason.
CompiledCategorical Compile(const CategoricalColumn& column);
CompiledCategorical Compile(const CategoricalColumnWithIdentity& column);
CompiledCategorical Compile(const CategoricalColumnWithVocabularyList& column);
// Also DATA_LOSS: the file is to be counted and is not what it should be.
CompiledCategorical Compile(const CategoricalColumnWithVocabularyFile& column);
CompiledCategorical Compile(const CategoricalColumnWithHashBucket& column);
CompiledCategorical Compile(const BucketizedColumn& column);
CompiledCategorical Compile(const CrossedColumn& column);
CompiledCategorical Compile(const WeightedCategoricalColumn& column);
CompiledCategorical Compile(const SequenceCategoricalColumn& column);

// SequenceFeatures takes these only, DenseFeatures refuses them. A weighted
// column around a sequence is none.
inline bool IsSequence(const CategoricalColumn& column) {
  return std::holds_alternative<SequenceCategoricalColumn>(column);
}

// INVALID_ARGUMENT: `dtype` is neither string nor integer.
absl::Status CheckIdDType(absl::string_view column, DType dtype);

// INVALID_ARGUMENT: `got`, a feature's type, is not a string or not an integer
// as the column's is. Widths need not agree.
absl::Status CheckFamily(absl::string_view column, DType expected, DType got);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_COLUMNS_CATEGORICAL_H_
