#include "tests/property/reference_columns.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/hash.h"
#include "base/status_macros.h"

namespace rowhouse::property {
namespace {

using Coordinates = std::vector<std::int64_t>;

// A tensor as a list of the cells that there are.
struct Cells {
  std::string dtype;
  Coordinates shape;
  std::vector<Coordinates> at;
  std::vector<Json> values;
  bool sparse = true;
};

absl::Status Refused(const char* why) {
  return absl::InvalidArgumentError(why);
}

bool IsText(const Cells& cells) { return cells.dtype == "string"; }
bool IsFloat(const Cells& cells) { return cells.dtype[0] == 'f'; }
bool IsInteger(const Cells& cells) {
  return cells.dtype[0] == 'i' || cells.dtype[0] == 'u';
}

bool IsMissing(const std::string& dtype, const Json& value) {
  if (dtype == "string") return value == "";
  if (dtype[0] == 'f') return value == 0.0;
  if (dtype == "uint8") return value == 255;
  if (dtype == "uint64") return value == ~std::uint64_t{0};
  return value == -1;
}

// uint64 beyond int64 becomes negative.
std::int64_t AsInt64(const Json& value) {
  if (value.is_number_unsigned()) {
    return static_cast<std::int64_t>(value.get<std::uint64_t>());
  }
  return value.get<std::int64_t>();
}

float AsFloat(const Json& value) {
  return value.is_string() ? std::numeric_limits<float>::quiet_NaN()
                           : value.get<float>();
}

// A feature; with `drop`, cells of dense ones that mean "no value" are gone.
absl::StatusOr<Cells> Feature(const Json& features, const std::string& key,
                              bool drop) {
  if (!features.contains(key)) return Refused("absent");
  const Json& tensor = features.at(key);
  Cells cells;
  cells.sparse = tensor.contains("sparse");
  const Json& body = tensor.front();
  cells.dtype = body.at("dtype");
  cells.shape =
      body.at(cells.sparse ? "dense_shape" : "shape").get<Coordinates>();
  const std::size_t rank = cells.shape.size();
  for (std::size_t i = 0; i < body.at("values").size(); ++i) {
    Coordinates at(rank);
    if (cells.sparse) {
      at = body.at("indices").at(i).get<Coordinates>();
    } else {
      auto rest = static_cast<std::int64_t>(i);
      for (std::size_t axis = rank; axis-- > 0;) {
        at[axis] = rest % cells.shape[axis];
        rest /= cells.shape[axis];
      }
    }
    const Json& value = body.at("values").at(i);
    if (!cells.sparse && drop && IsMissing(cells.dtype, value)) continue;
    if (rank == 1) at.push_back(0);
    cells.at.push_back(at);
    cells.values.push_back(value);
  }
  if (rank == 1) cells.shape.push_back(1);
  return cells;
}

absl::StatusOr<Cells> Identity(const Json& spec, const Json& features) {
  ROWHOUSE_ASSIGN_OR_RETURN(Cells cells,
                            Feature(features, spec.at("key"), true));
  if (!IsInteger(cells)) return Refused("not integers");
  for (Json& value : cells.values) {
    const std::int64_t id = AsInt64(value);
    const bool inside = id >= 0 && id < spec.at("num_buckets");
    value = inside || !spec.contains("default_value")
                ? id
                : spec.at("default_value").get<std::int64_t>();
  }
  return cells;
}

absl::StatusOr<Cells> Vocabulary(const Json& spec, const Json& features) {
  ROWHOUSE_ASSIGN_OR_RETURN(Cells cells,
                            Feature(features, spec.at("key"), true));
  const Json& list = spec.at("vocabulary_list");
  if (IsFloat(cells) || IsText(cells) != list.at(0).is_string()) {
    return Refused("another family");
  }
  for (Json& value : cells.values) {
    const Json token = IsText(cells) ? value : Json(AsInt64(value));
    const auto found = std::find(list.begin(), list.end(), token);
    if (found != list.end()) {
      value = found - list.begin();
    } else if (spec.contains("num_oov_buckets")) {
      const std::string text = IsText(cells)
                                   ? token.get<std::string>()
                                   : std::to_string(token.get<std::int64_t>());
      const std::uint64_t buckets = spec.at("num_oov_buckets");
      value = static_cast<std::int64_t>(list.size() +
                                        Fingerprint64(text) % buckets);
    } else {
      value = spec.value("default_value", std::int64_t{-1});
    }
  }
  return cells;
}

absl::StatusOr<Cells> Hash(const Json& spec, const Json& features) {
  ROWHOUSE_ASSIGN_OR_RETURN(Cells cells,
                            Feature(features, spec.at("key"), true));
  const bool text = spec.value("dtype", "string") == "string";
  if (IsFloat(cells) || IsText(cells) != text) return Refused("another family");
  const std::uint64_t buckets = spec.at("hash_bucket_size");
  for (Json& value : cells.values) {
    const std::string bytes =
        text ? value.get<std::string>() : value.dump();  // decimal
    value = static_cast<std::int64_t>(Fingerprint64(bytes) % buckets);
  }
  return cells;
}

// With `offset`, each component has ids of its own.
absl::StatusOr<Cells> Bucketized(const Json& spec, const Json& features,
                                 bool offset) {
  const std::string key = spec.at("source_column").at("key");
  ROWHOUSE_ASSIGN_OR_RETURN(Cells cells, Feature(features, key, false));
  const Json& boundaries = spec.at("boundaries");
  const auto buckets = static_cast<std::int64_t>(boundaries.size()) + 1;
  for (std::size_t i = 0; i < cells.values.size(); ++i) {
    const float number = AsFloat(cells.values[i]);
    std::int64_t bucket = 0;
    for (const Json& boundary : boundaries) {
      // Not a number is beyond every boundary.
      bucket += number < boundary.get<float>() ? 0 : 1;
    }
    cells.values[i] = bucket + (offset ? buckets * cells.at[i][1] : 0);
  }
  cells.sparse = true;
  return cells;
}

absl::StatusOr<Cells> Ids(const Json& spec, const Json& features, bool offset);

void CollectLeaves(const Json& keys, std::vector<Json>& leaves) {
  for (const Json& key : keys) {
    if (key.is_object() && key.at("type") == "crossed_column") {
      CollectLeaves(key.at("keys"), leaves);
    } else {
      leaves.push_back(key);
    }
  }
}

std::uint64_t Shuffled(std::uint64_t x) { return x ^ (x >> 47); }

std::uint64_t Concatenated(std::uint64_t hash, std::uint64_t value) {
  constexpr std::uint64_t kMul = 0xc6a4a7935bd1e995u;
  std::uint64_t r = hash ^ kMul;
  r ^= Shuffled(value * kMul) * kMul;
  r *= kMul;
  return Shuffled(Shuffled(r) * kMul);
}

std::uint64_t Hashed(const Cells& cells, const Json& value) {
  if (IsText(cells)) return Fingerprint64(value.get<std::string>());
  if (!IsFloat(cells)) return static_cast<std::uint64_t>(AsInt64(value));
  const float number = AsFloat(value);
  // What the processor makes of a number that is none.
  return std::isnan(number)
             ? std::uint64_t{1} << 63
             : static_cast<std::uint64_t>(static_cast<std::int64_t>(number));
}

// The hashes of all combinations of the inputs' values of a row from input
// `next` on, the last input varying fastest.
void Combine(const std::vector<Cells>& inputs, std::size_t next,
             std::int64_t row, std::uint64_t hash,
             std::vector<std::uint64_t>& out) {
  if (next == inputs.size()) {
    out.push_back(hash);
    return;
  }
  const Cells& input = inputs[next];
  for (std::size_t i = 0; i < input.values.size(); ++i) {
    if (input.at[i][0] != row) continue;
    Combine(inputs, next + 1, row,
            Concatenated(hash, Hashed(input, input.values[i])), out);
  }
}

absl::StatusOr<Cells> Crossed(const Json& spec, const Json& features) {
  std::vector<Json> leaves;
  CollectLeaves(spec.at("keys"), leaves);
  std::vector<Cells> inputs;
  std::vector<Cells> dense;
  for (const Json& leaf : leaves) {
    ROWHOUSE_ASSIGN_OR_RETURN(Cells cells, leaf.is_string()
                                               ? Feature(features, leaf, false)
                                               : Ids(leaf, features, true));
    // A column gives a sparse tensor of ids, whatever its feature was.
    if (!leaf.is_string()) {
      cells.dtype = "int64";
      cells.sparse = true;
    }
    (cells.sparse ? inputs : dense).push_back(std::move(cells));
  }
  inputs.insert(inputs.end(), dense.begin(), dense.end());
  for (const Cells& input : inputs) {
    if (input.shape.size() != 2 || input.shape[0] != inputs[0].shape[0]) {
      return Refused("ranks or batch sizes");
    }
  }
  std::uint64_t key = spec.value("hash_key", std::uint64_t{0});
  if (key == 0) key = 956888297470u;
  const std::uint64_t buckets = spec.at("hash_bucket_size");
  Cells out{"int64", {inputs[0].shape[0], 0}, {}, {}, true};
  for (std::int64_t row = 0; row < out.shape[0]; ++row) {
    std::vector<std::uint64_t> hashes;
    Combine(inputs, 0, row, key, hashes);
    for (std::size_t i = 0; i < hashes.size(); ++i) {
      out.at.push_back({row, static_cast<std::int64_t>(i)});
      out.values.push_back(static_cast<std::int64_t>(hashes[i] % buckets));
    }
    out.shape[1] =
        std::max(out.shape[1], static_cast<std::int64_t>(hashes.size()));
  }
  return out;
}

// The type without what a sequence puts before it.
std::string TypeOf(const Json& spec) {
  const std::string type = spec.at("type");
  return type.substr(type.find("sequence_") == 0 ? 9 : 0);
}

absl::StatusOr<Cells> Ids(const Json& spec, const Json& features, bool offset) {
  const std::string type = TypeOf(spec);
  if (type == "categorical_column_with_identity") {
    return Identity(spec, features);
  }
  if (type == "categorical_column_with_vocabulary_list") {
    return Vocabulary(spec, features);
  }
  if (type == "categorical_column_with_hash_bucket") {
    return Hash(spec, features);
  }
  if (type == "bucketized_column") return Bucketized(spec, features, offset);
  if (type == "crossed_column") return Crossed(spec, features);
  return Ids(spec.at("categorical_column"), features, false);
}

std::string NameOf(const Json& spec) {
  const std::string type = TypeOf(spec);
  if (type == "bucketized_column") {
    return spec.at("source_column").at("key").get<std::string>() +
           "_bucketized";
  }
  if (type == "weighted_categorical_column") {
    return NameOf(spec.at("categorical_column")) + "_weighted_by_" +
           spec.at("weight_feature_key").get<std::string>();
  }
  if (type != "crossed_column") return spec.at("key");
  std::vector<Json> leaves;
  CollectLeaves(spec.at("keys"), leaves);
  std::vector<std::string> names;
  for (const Json& leaf : leaves) {
    names.push_back(leaf.is_string() ? leaf.get<std::string>() : NameOf(leaf));
  }
  std::sort(names.begin(), names.end());
  return absl::StrJoin(names, "_X_");
}

std::int64_t BucketsOf(const Json& spec) {
  const std::string type = TypeOf(spec);
  if (type == "categorical_column_with_identity") return spec.at("num_buckets");
  if (type == "categorical_column_with_vocabulary_list") {
    return static_cast<std::int64_t>(spec.at("vocabulary_list").size()) +
           spec.value("num_oov_buckets", std::int64_t{0});
  }
  if (type == "bucketized_column") {
    return (static_cast<std::int64_t>(spec.at("boundaries").size()) + 1) *
           spec.at("source_column").at("shape").at(0).get<std::int64_t>();
  }
  if (type == "weighted_categorical_column") {
    return BucketsOf(spec.at("categorical_column"));
  }
  return spec.at("hash_bucket_size");
}

// [B, T] and [B, T, ...] as [B, T, n].
Cells AsSequence(Cells cells) {
  if (cells.shape.size() == 2) cells.shape.push_back(1);
  std::int64_t places = 1;
  for (std::size_t axis = 2; axis < cells.shape.size(); ++axis) {
    places *= cells.shape[axis];
  }
  for (Coordinates& at : cells.at) {
    std::int64_t place = 0;
    for (std::size_t axis = 2; axis < at.size(); ++axis) {
      place = place * cells.shape[axis] + at[axis];
    }
    at.resize(2);
    at.push_back(place);
  }
  cells.shape.resize(2);
  cells.shape.push_back(places);
  return cells;
}

Json ToJson(const Cells& cells, const std::string& dtype) {
  return {{"sparse",
           {{"dtype", dtype},
            {"indices", cells.at},
            {"values", cells.values},
            {"dense_shape", cells.shape}}}};
}

}  // namespace

absl::StatusOr<Json> ReferenceColumn(const Json& spec, const Json& features) {
  ROWHOUSE_ASSIGN_OR_RETURN(Cells ids, Ids(spec, features, true));
  Json out = {{"name", NameOf(spec)}, {"num_buckets", BucketsOf(spec)}};
  if (spec.at("type").get<std::string>().find("sequence_") == 0) {
    ids = AsSequence(std::move(ids));
    std::vector<std::int64_t> lengths(ids.shape[0]);
    for (const Coordinates& at : ids.at) {
      lengths[at[0]] = std::max(lengths[at[0]], at[1] + 1);
    }
    out["sequence_length"] = lengths;
  }
  out["ids"] = ToJson(ids, "int64");
  if (spec.contains("weight_feature_key")) {
    ROWHOUSE_ASSIGN_OR_RETURN(
        const Cells weights,
        Feature(features, spec.at("weight_feature_key"), true));
    out["weights"] = ToJson(weights, "float32");
  }
  return out;
}

}  // namespace rowhouse::property
