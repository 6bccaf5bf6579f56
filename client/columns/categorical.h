// Categorical columns, compiled: features -> ids, exactly as TensorFlow's
// columns give them. What a lookup leaves out (ids < 0) is still there, because
// crosses count it.
#ifndef ROWHOUSE_CLIENT_COLUMNS_CATEGORICAL_H_
#define ROWHOUSE_CLIENT_COLUMNS_CATEGORICAL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rowhouse/columns.h"
#include "rowhouse/features.h"

namespace rowhouse::internal {

// Ids by row: TensorFlow's id SparseTensor. Filled row by row in order.
struct SparseIds {
  std::int64_t columns = 0;                   // of the dense shape
  std::vector<std::int64_t> ids;              // < 0: no row of a table
  std::vector<std::int64_t> positions;        // column of each id
  std::vector<std::size_t> row_splits = {0};  // rows + 1

  std::int64_t rows() const {
    return static_cast<std::int64_t>(row_splits.size()) - 1;
  }
  // REQUIRES: row >= rows() - 1.
  void Add(std::int64_t row, std::int64_t column, std::int64_t id);
  // Ends the last rows, so that there are `rows`.
  void Finish(std::int64_t rows);
};

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

  // INVALID_ARGUMENT: a feature is absent, of a wrong type or shape.
  virtual absl::StatusOr<SparseIds> Transform(
      const Features& features) const = 0;

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
CompiledCategorical Compile(const CategoricalColumnWithHashBucket& column);
CompiledCategorical Compile(const BucketizedColumn& column);
CompiledCategorical Compile(const CrossedColumn& column);

// What a string or integer column says to a feature of another type.
absl::Status WrongDType(absl::string_view column, DType expected, DType got);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_COLUMNS_CATEGORICAL_H_
