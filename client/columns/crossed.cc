#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/columns/categorical.h"
#include "client/columns/feature_input.h"
#include "client/columns/fingerprint_cat.h"

namespace rowhouse::internal {
namespace {

// TensorFlow's seed of a cross without a key of its own. Do not change.
constexpr std::uint64_t kDefaultHashKey = 0xDECAFCAFFEULL;

// A raw feature, or a column whose ids are crossed.
using Leaf = std::variant<std::string, std::unique_ptr<CategoricalTransform>>;

// One leaf's entries, ready to be combined.
struct Fingerprints {
  bool sparse = true;
  std::vector<std::uint64_t> values;
  std::vector<std::size_t> row_splits;
};

// Cut towards zero, as TensorFlow casts. What int64 cannot hold becomes its
// least value: the result of the conversion on x86.
std::int64_t CutToInt64(double value) {
  constexpr double kBound = 9223372036854775808.0;
  if (value >= -kBound && value < kBound)
    return static_cast<std::int64_t>(value);
  return std::numeric_limits<std::int64_t>::min();
}

template <typename Value>
std::uint64_t FingerprintOf(const Value& value) {
  if constexpr (kIsString<Value>) {
    return Fingerprint64(value);
  } else if constexpr (std::is_integral_v<Value>) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
  } else if constexpr (std::is_floating_point_v<Value>) {
    return static_cast<std::uint64_t>(CutToInt64(value));
  } else {
    return static_cast<std::uint64_t>(CutToInt64(value.ToFloat()));
  }
}

absl::Status WrongRank(absl::string_view leaf, std::size_t rank) {
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", leaf, "\" has rank ", rank, ", only rank 2 is crossed"));
}

absl::StatusOr<Fingerprints> ReadRaw(const Features& features,
                                     const std::string& key) {
  ROWHOUSE_ASSIGN_OR_RETURN(const FeatureInput input,
                            FeatureInput::Of(features, key));
  if (input.shape().size() != 2) return WrongRank(key, input.shape().size());
  Fingerprints out{.sparse = input.sparse()};
  out.values.reserve(input.count());
  out.row_splits.assign(static_cast<std::size_t>(input.rows()) + 1, 0);
  std::visit(
      [&](auto values) {
        input.VisitCells(
            values, [&](std::int64_t row, std::int64_t, const auto& value) {
              out.values.push_back(FingerprintOf(value));
              ++out.row_splits[static_cast<std::size_t>(row) + 1];
            });
      },
      input.values());
  for (std::size_t row = 1; row < out.row_splits.size(); ++row) {
    out.row_splits[row] += out.row_splits[row - 1];
  }
  return out;
}

absl::StatusOr<Fingerprints> ReadIds(const Features& features,
                                     const CategoricalTransform& column) {
  ROWHOUSE_ASSIGN_OR_RETURN(SparseIds ids, column.Transform(features));
  if (ids.weights.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", column.name(), "\" is weighted, which cannot be crossed"));
  }
  if (ids.dense_shape.size() != 2) {
    return WrongRank(column.name(), ids.dense_shape.size());
  }
  return Fingerprints{.sparse = true,
                      .values = {ids.values.begin(), ids.values.end()},
                      .row_splits = std::move(ids.row_splits)};
}

class Crossed final : public CategoricalTransform {
 public:
  Crossed(const CrossedColumn& column, std::vector<Leaf> leaves)
      : CategoricalTransform(ColumnName(column), static_cast<std::uint64_t>(
                                                     column.hash_bucket_size)),
        leaves_(std::move(leaves)),
        hash_key_(column.hash_key == 0 ? kDefaultHashKey : column.hash_key) {}

  // INVALID_ARGUMENT also when the batch has more crosses than a request may
  // have ids: products grow fast, so that is seen before memory is taken.
  absl::StatusOr<SparseIds> Transform(const Features& features) const override {
    ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<Fingerprints> inputs,
                              Read(features));
    SparseIds out;
    std::int64_t columns = 0;
    const std::size_t rows = inputs.front().row_splits.size() - 1;
    std::vector<std::uint64_t> hashes;
    for (std::size_t row = 0; row < rows; ++row) {
      const std::size_t left = kIdsPerRequestMax - out.values.size();
      const std::size_t crosses = Crosses(inputs, row, left);
      if (crosses == 0) continue;
      if (crosses > left) {
        return absl::InvalidArgumentError(
            absl::StrCat("column \"", name(), "\": more than ",
                         kIdsPerRequestMax, " crosses in rows 0 to ", row));
      }
      CrossRow(inputs, row, hashes);
      Append(row, hashes, out);
      columns = std::max(columns, static_cast<std::int64_t>(hashes.size()));
    }
    out.Finish(static_cast<std::int64_t>(rows));
    out.dense_shape = {static_cast<std::int64_t>(rows), columns};
    return out;
  }

 private:
  // Sparse leaves come before dense ones, whatever the order of the keys.
  absl::StatusOr<std::vector<Fingerprints>> Read(
      const Features& features) const {
    std::vector<Fingerprints> inputs;
    for (const Leaf& leaf : leaves_) {
      const auto* raw = std::get_if<std::string>(&leaf);
      ROWHOUSE_ASSIGN_OR_RETURN(
          Fingerprints input,
          raw != nullptr
              ? ReadRaw(features, *raw)
              : ReadIds(
                    features,
                    *std::get<std::unique_ptr<CategoricalTransform>>(leaf)));
      inputs.push_back(std::move(input));
    }
    for (const Fingerprints& input : inputs) {
      if (input.row_splits.size() == inputs.front().row_splits.size()) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("column \"", name(), "\": features of ",
                       inputs.front().row_splits.size() - 1, " and of ",
                       input.row_splits.size() - 1, " rows cannot be crossed"));
    }
    std::stable_partition(
        inputs.begin(), inputs.end(),
        [](const Fingerprints& input) { return input.sparse; });
    return inputs;
  }

  // Crosses of a row; what is more than `most` is given as most + 1.
  static std::size_t Crosses(const std::vector<Fingerprints>& inputs,
                             std::size_t row, std::size_t most) {
    std::size_t crosses = 1;
    for (const Fingerprints& input : inputs) {
      const std::size_t entries =
          input.row_splits[row + 1] - input.row_splits[row];
      if (entries == 0) return 0;
      crosses = crosses > most / entries ? most + 1 : crosses * entries;
    }
    return crosses;
  }

  // The product of the row's entries, the last input varying fastest.
  void CrossRow(const std::vector<Fingerprints>& inputs, std::size_t row,
                std::vector<std::uint64_t>& hashes) const {
    hashes.assign(1, hash_key_);
    for (const Fingerprints& input : inputs) {
      const std::size_t begin = input.row_splits[row];
      const std::size_t entries = input.row_splits[row + 1] - begin;
      const std::size_t before = hashes.size();
      hashes.resize(before * entries);
      // From the back, so that a hash is read before it is written over.
      for (std::size_t i = before; i-- > 0;) {
        const std::uint64_t hash = hashes[i];
        for (std::size_t j = entries; j-- > 0;) {
          hashes[i * entries + j] =
              FingerprintCat64(hash, input.values[begin + j]);
        }
      }
    }
  }

  void Append(std::size_t row, const std::vector<std::uint64_t>& hashes,
              SparseIds& out) const {
    for (std::size_t k = 0; k < hashes.size(); ++k) {
      out.Add(static_cast<std::int64_t>(row), static_cast<std::int64_t>(k),
              static_cast<std::int64_t>(hashes[k] % num_buckets()));
    }
  }

  std::vector<Leaf> leaves_;
  std::uint64_t hash_key_;
};

absl::Status CollectLeaves(const CrossedColumn& column,
                           std::vector<Leaf>& leaves) {
  const auto refuse = [&](const auto&... parts) {
    return absl::InvalidArgumentError(absl::StrCat(
        "crossed column \"", ColumnName(column), "\": ", parts...));
  };
  if (column.hash_bucket_size < 1) {
    return refuse("hash_bucket_size is ", column.hash_bucket_size,
                  ", expected at least 1");
  }
  if (column.keys.size() < 2) {
    return refuse(column.keys.size(), " keys, expected at least 2");
  }
  for (const CrossedKey& key : column.keys) {
    if (const auto* raw = std::get_if<std::string>(&key)) {
      leaves.emplace_back(*raw);
      continue;
    }
    const auto& inner = std::get<CategoricalColumn>(key);
    if (std::holds_alternative<CategoricalColumnWithHashBucket>(inner)) {
      return refuse("\"", ColumnName(inner),
                    "\" is hashed already; cross the raw key");
    }
    if (const auto* cross = std::get_if<CrossedColumn>(&inner)) {
      ROWHOUSE_RETURN_IF_ERROR(CollectLeaves(*cross, leaves));
      continue;
    }
    ROWHOUSE_ASSIGN_OR_RETURN(auto leaf, Compile(inner));
    leaves.emplace_back(std::move(leaf));
  }
  return absl::OkStatus();
}

}  // namespace

CompiledCategorical Compile(const CrossedColumn& column) {
  std::vector<Leaf> leaves;
  ROWHOUSE_RETURN_IF_ERROR(CollectLeaves(column, leaves));
  return std::make_unique<Crossed>(column, std::move(leaves));
}

}  // namespace rowhouse::internal
