// Feature columns: how raw features become ids and numbers. Names, arguments,
// ids and checks are those of TensorFlow's tf.feature_column; write them with
// designated initializers:
//
//   CategoricalColumnWithHashBucket{.key = "occupation", .hash_bucket_size =
//   100}
//
// Columns are plain values. FeaturePlan::Compile checks them; what it refuses
// is INVALID_ARGUMENT with the reason, unless a column says otherwise.
#ifndef ROWHOUSE_COLUMNS_H_
#define ROWHOUSE_COLUMNS_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "rowhouse/dtype.h"
#include "rowhouse/features.h"

namespace rowhouse {

// A number as it was written: 1 is for every type, 1.0 for floating ones only.
using Number = std::variant<std::int64_t, double>;

// What a data reader fills in: one number for every place, or a number for each
// place of the column's shape.
class NumericDefault {
 public:
  template <typename Value, typename = std::enable_if_t<
                                std::is_arithmetic_v<std::decay_t<Value>>>>
  NumericDefault(Value value)  // NOLINT: implicit
      : values_{Written(value)} {}
  NumericDefault(std::vector<Number> values, std::vector<std::int64_t> shape)
      : values_(std::move(values)), shape_(std::move(shape)) {}
  // Row-major; one number when there is no shape.
  const std::vector<Number>& values() const { return values_; }
  // Unset: the number goes to every place.
  const std::optional<std::vector<std::int64_t>>& shape() const {
    return shape_;
  }

 private:
  template <typename Value>
  static Number Written(Value value) {
    if constexpr (std::is_integral_v<Value>) {
      return static_cast<std::int64_t>(value);
    } else {
      return static_cast<double>(value);
    }
  }

  std::vector<Number> values_;
  std::optional<std::vector<std::int64_t>> shape_;
};

// Numbers taken as they are, cast to float32. Name: the key.
struct NumericColumn {
  std::string key;
  // Of one row: its product is the number of values per row.
  std::vector<std::int64_t> shape = {1};
  // Of ParseExampleSpec; Transform does not use it. Unset: a reader refuses an
  // example without the feature.
  std::optional<NumericDefault> default_value = {};
  // Of ParseExampleSpec; any number and bool are taken. Integer or floating.
  DType dtype = DType::kFloat32;
  // Applied to each value after the cast. Called from any thread.
  std::function<float(float)> normalizer_fn = {};
};

// Integers that are ids already, in [0, num_buckets). Name: the key.
// Other values become default_value; without one, negative values are dropped
// by the lookup and values >= num_buckets are an error of Resolve.
struct CategoricalColumnWithIdentity {
  std::string key;
  std::int64_t num_buckets = 0;
  std::optional<std::int64_t> default_value = {};
};

// Strings or integers.
class VocabularyList {
 public:
  VocabularyList() = default;
  VocabularyList(std::initializer_list<absl::string_view> tokens)
      : tokens_(std::vector<std::string>(tokens.begin(), tokens.end())) {}
  VocabularyList(std::initializer_list<std::int64_t> tokens)
      : tokens_(std::vector<std::int64_t>(tokens)) {}
  VocabularyList(std::vector<std::string> tokens)  // NOLINT: implicit
      : tokens_(std::move(tokens)) {}
  VocabularyList(std::vector<std::int64_t> tokens)  // NOLINT: implicit
      : tokens_(std::move(tokens)) {}
  const std::variant<std::vector<std::string>, std::vector<std::int64_t>>&
  tokens() const {
    return tokens_;
  }

 private:
  std::variant<std::vector<std::string>, std::vector<std::int64_t>> tokens_;
};

// The id of a value is its place in the list. Unknown values become
// default_value (-1: dropped by the lookup), or fall into one of
// num_oov_buckets behind the list by their hash. Name: the key.
struct CategoricalColumnWithVocabularyList {
  std::string key;
  VocabularyList vocabulary_list;
  // Unset: string or int64, as the list. Of the list's family.
  std::optional<DType> dtype = {};
  std::int64_t num_oov_buckets = 0;
  std::int64_t default_value = -1;
};

// The same with a file of tokens: one per line, or one per record of a
// gzip-compressed TFRecord file. Name: the key.
//
// The file is read twice: counted when the column is compiled, if
// vocabulary_size is unset (INVALID_ARGUMENT when it is not there, DATA_LOSS
// when it is not gzip); loaded at the first transform, which then and ever
// after returns NOT_FOUND (no file), INVALID_ARGUMENT (an empty line, too few
// lines, not an integer), FAILED_PRECONDITION (a token twice, too few records)
// or DATA_LOSS (damaged records).
struct CategoricalColumnWithVocabularyFile {
  std::string key;
  std::string vocabulary_file;
  // Tokens to use, from the first. Unset: those that the file has.
  std::optional<std::int64_t> vocabulary_size = {};
  // kString, or an integer type: tokens are decimal text then.
  DType dtype = DType::kString;
  // Unset: -1, which the lookup drops. Excludes num_oov_buckets.
  std::optional<std::int64_t> default_value = {};
  std::int64_t num_oov_buckets = 0;
  // "tfrecord_gzip"; any other is text. Unset: by whether the name ends in
  // "tfrecord.gz".
  std::optional<std::string> file_format = {};
};

// id = Fingerprint64(bytes, or decimal text of an integer) mod
// hash_bucket_size. Name: the key.
struct CategoricalColumnWithHashBucket {
  std::string key;
  std::int64_t hash_bucket_size = 0;
  DType dtype = DType::kString;  // or an integer type
};

// Which of the boundaries.size() + 1 ranges, closed below and open above, a
// number falls into, compared as float32; component j of a row counts from j *
// that many on. Name: "<source>_bucketized".
struct BucketizedColumn {
  NumericColumn source_column;
  std::vector<double> boundaries;
};

struct CategoricalColumn;

// A categorical column inside another one: a value, never changed, so copies
// share it.
class InnerColumn {
 public:
  // None; Compile refuses that.
  InnerColumn() = default;
  // Of any kind of categorical column.
  template <typename Column, typename = std::enable_if_t<!std::is_same_v<
                                 std::decay_t<Column>, InnerColumn>>>
  InnerColumn(Column&& column)  // NOLINT: implicit
      : column_(std::make_shared<const CategoricalColumn>(
            std::forward<Column>(column))) {}
  // Null when there is none.
  const CategoricalColumn* get() const { return column_.get(); }

 private:
  std::shared_ptr<const CategoricalColumn> column_;
};

// The key of a raw feature, or a categorical column.
using CrossedKey = std::variant<std::string, CategoricalColumn>;

// All combinations of the keys' values of a row, hashed. Crosses within are
// flattened. Name: the keys' names sorted and joined by "_X_".
struct CrossedColumn {
  std::vector<CrossedKey> keys;  // two or more; none with a hash bucket
  std::int64_t hash_bucket_size = 0;
  std::uint64_t hash_key = 0;  // 0: TensorFlow's default key
};

// A categorical column whose values have weights, from another feature: the
// i-th weight there is belongs to the i-th id there is, wherever they lie.
// Another number of weights than of ids is an error of what looks them up. In a
// dense tensor a weight of 0 is none. Over a bucketized column the ids are the
// plain buckets of all components. Name: "<inner>_weighted_by_<weight key>".
struct WeightedCategoricalColumn {
  InnerColumn categorical_column;
  std::string weight_feature_key;
  // Integer or floating; the feature's must be the same.
  DType dtype = DType::kFloat32;
};

// A categorical column whose second axis is time: its ids are [B, T, n]. Made
// by the functions below. Name: that of the inner column.
struct SequenceCategoricalColumn {
  std::variant<CategoricalColumnWithIdentity, CategoricalColumnWithHashBucket,
               CategoricalColumnWithVocabularyList,
               CategoricalColumnWithVocabularyFile>
      categorical_column;
};

// TensorFlow's sequence_categorical_column_with_*:
//
//   SequenceCategoricalColumnWithIdentity({.key = "words", .num_buckets = 100})
//
// That with a file knows no file_format: the file's name decides.
inline SequenceCategoricalColumn SequenceCategoricalColumnWithIdentity(
    CategoricalColumnWithIdentity column) {
  return {std::move(column)};
}
inline SequenceCategoricalColumn SequenceCategoricalColumnWithHashBucket(
    CategoricalColumnWithHashBucket column) {
  return {std::move(column)};
}
inline SequenceCategoricalColumn SequenceCategoricalColumnWithVocabularyList(
    CategoricalColumnWithVocabularyList column) {
  return {std::move(column)};
}
inline SequenceCategoricalColumn SequenceCategoricalColumnWithVocabularyFile(
    CategoricalColumnWithVocabularyFile column) {
  return {std::move(column)};
}

struct CategoricalColumn
    : std::variant<
          CategoricalColumnWithIdentity, CategoricalColumnWithVocabularyList,
          CategoricalColumnWithVocabularyFile, CategoricalColumnWithHashBucket,
          BucketizedColumn, CrossedColumn, WeightedCategoricalColumn,
          SequenceCategoricalColumn> {
  using variant::variant;
};

// How often each bucket of a categorical column occurs in a row; the sum of the
// weights where there are such. Ids outside the buckets count nowhere.
// Name: "<categorical>_indicator".
struct IndicatorColumn {
  CategoricalColumn categorical_column;
};

// Sequences of numbers: [B, T] + shape. Takes a sparse feature; fills gaps
// with default_value, which a type of integers takes only when it is one. The
// type is not cast. Name: the key.
struct SequenceNumericColumn {
  std::string key;
  std::vector<std::int64_t> shape = {1};
  Number default_value = 0.0;
  DType dtype = DType::kFloat32;
  // Applied to each value that there is, not to default_value; the tensor is
  // float32 then. Called from any thread.
  std::function<float(float)> normalizer_fn = {};
};

// Columns that give numbers without a table.
using DenseColumn =
    std::variant<NumericColumn, BucketizedColumn, IndicatorColumn>;

// The column's name, as TensorFlow composes it.
std::string ColumnName(const CategoricalColumn& column);
std::string ColumnName(const DenseColumn& column);
std::string ColumnName(const BucketizedColumn& column);
std::string ColumnName(const SequenceNumericColumn& column);

}  // namespace rowhouse

#endif  // ROWHOUSE_COLUMNS_H_
