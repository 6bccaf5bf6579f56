// Feature columns: how raw features become ids and numbers. Names, arguments,
// ids and checks are those of TensorFlow's tf.feature_column; write them with
// designated initializers:
//
//   CategoricalColumnWithHashBucket{.key = "occupation", .hash_bucket_size =
//   100}
//
// Columns are plain values. FeaturePlan::Compile checks them; what it refuses
// is INVALID_ARGUMENT with the reason.
#ifndef ROWHOUSE_COLUMNS_H_
#define ROWHOUSE_COLUMNS_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "rowhouse/features.h"

namespace rowhouse {

// Numbers taken as they are, cast to float. Name: the key.
struct NumericColumn {
  std::string key;
  // Of one row: its product is the number of values per row.
  std::vector<std::int64_t> shape = {1};
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
  std::int64_t num_oov_buckets = 0;
  std::int64_t default_value = -1;
};

// id = Fingerprint64(bytes, or decimal text of an integer) mod
// hash_bucket_size. Name: the key.
struct CategoricalColumnWithHashBucket {
  std::string key;
  std::int64_t hash_bucket_size = 0;
  DType dtype = DType::kString;
};

// Which of the boundaries.size() + 1 ranges, closed below and open above, a
// number falls into; component j of a row counts from j * that many on.
// Name: "<source>_bucketized".
struct BucketizedColumn {
  NumericColumn source_column;
  std::vector<float> boundaries;
};

struct CategoricalColumn;

// The key of a raw feature, or a categorical column.
using CrossedKey = std::variant<std::string, CategoricalColumn>;

// All combinations of the keys' values of a row, hashed. Crosses within are
// flattened. Name: the keys' names sorted and joined by "_X_".
struct CrossedColumn {
  std::vector<CrossedKey> keys;  // two or more; none with a hash bucket
  std::int64_t hash_bucket_size = 0;
  std::uint64_t hash_key = 0;  // 0: TensorFlow's default key
};

struct CategoricalColumn
    : std::variant<
          CategoricalColumnWithIdentity, CategoricalColumnWithVocabularyList,
          CategoricalColumnWithHashBucket, BucketizedColumn, CrossedColumn> {
  using variant::variant;
};

// The column's name, as TensorFlow composes it.
std::string ColumnName(const CategoricalColumn& column);

}  // namespace rowhouse

#endif  // ROWHOUSE_COLUMNS_H_
