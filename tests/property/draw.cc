#include "tests/property/draw.h"

#include <cmath>
#include <set>
#include <utility>
#include <vector>

namespace rowhouse::property {
namespace {

constexpr const char* kIntegers[] = {"int8", "int32", "int64", "uint8",
                                     "uint64"};
constexpr const char* kWords[] = {"", "a", "b", "avon", "-1", "7", "\xc3\xa4"};

bool IsUnsigned(const std::string& dtype) { return dtype[0] == 'u'; }

std::string IntegerType(Draw& draw) { return kIntegers[draw.Int(0, 4)]; }

// A value of a type: small, so that vocabularies and buckets are hit, with what
// counts as missing among them.
Json ValueOf(const std::string& dtype, Draw& draw) {
  if (dtype == "string") return kWords[draw.Int(0, 6)];
  if (dtype == "float32") {
    if (draw.Chance(0.05)) return "nan";
    return draw.Float(-3, 3);
  }
  if (IsUnsigned(dtype)) {
    if (!draw.Chance(0.2)) return static_cast<std::uint64_t>(draw.Int(0, 9));
    return dtype == "uint8" ? std::uint64_t{255} : ~std::uint64_t{0};
  }
  return draw.Int(-2, 9);
}

Json Sparse(const std::string& dtype, const std::vector<std::int64_t>& shape,
            Draw& draw) {
  std::int64_t cells = 1;
  for (const std::int64_t size : shape) cells *= size;
  Json indices = Json::array();
  Json values = Json::array();
  for (std::int64_t cell = 0; cell < cells; ++cell) {
    if (draw.Chance(0.4)) continue;
    std::vector<std::int64_t> at(shape.size());
    std::int64_t rest = cell;
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      at[axis] = rest % shape[axis];
      rest /= shape[axis];
    }
    indices.push_back(at);
    values.push_back(ValueOf(dtype, draw));
  }
  return {{"sparse",
           {{"dtype", dtype},
            {"indices", indices},
            {"values", values},
            {"dense_shape", shape}}}};
}

Json Dense(const std::string& dtype, const std::vector<std::int64_t>& shape,
           Draw& draw) {
  std::int64_t cells = 1;
  for (const std::int64_t size : shape) cells *= size;
  Json values = Json::array();
  for (std::int64_t i = 0; i < cells; ++i) {
    values.push_back(ValueOf(dtype, draw));
  }
  return {{"dense", {{"dtype", dtype}, {"shape", shape}, {"values", values}}}};
}

Json Tensor(const std::string& dtype, const std::vector<std::int64_t>& shape,
            Draw& draw) {
  return draw.Chance(0.5) ? Sparse(dtype, shape, draw)
                          : Dense(dtype, shape, draw);
}

// Draws columns of one batch size and their features.
class Columns {
 public:
  explicit Columns(Draw& draw) : draw_(draw), batch_(draw.Int(1, 4)) {}

  // A column of any kind.
  Json Any() {
    switch (draw_.Int(0, 7)) {
      case 0:
        return Crossed();
      case 1:
        return Weighted();
      case 2:
        return Bucketized();
      case 3:
        return Sequence();
      default:
        return Simple();
    }
  }

  Json TakeFeatures() { return std::move(features_); }

 private:
  std::string NewKey() { return "k" + std::to_string(features_.size()); }

  // Mostly [B, n]; now and then a rank of its own, another type, or nothing.
  void Feature(const std::string& key, std::string dtype) {
    features_[key] = nullptr;  // so that the next key is another one
    std::vector<std::int64_t> shape = {batch_, draw_.Int(1, 3)};
    if (draw_.Chance(0.08)) shape.pop_back();
    if (draw_.Chance(0.04)) shape.push_back(2);
    if (draw_.Chance(0.03)) {
      dtype = draw_.Pick<const char*>({"string", "int64", "float32"});
    }
    if (draw_.Chance(0.02)) {
      features_.erase(key);
      return;
    }
    features_[key] = Tensor(dtype, shape, draw_);
  }

  Json Identity(const std::string& key) {
    Feature(key, IntegerType(draw_));
    const std::int64_t buckets = draw_.Int(1, 8);
    Json spec = {{"type", "categorical_column_with_identity"},
                 {"key", key},
                 {"num_buckets", buckets}};
    if (draw_.Chance(0.4)) spec["default_value"] = draw_.Int(0, buckets - 1);
    return spec;
  }

  Json Vocabulary(const std::string& key) {
    const bool strings = draw_.Chance(0.6);
    Feature(key, strings ? "string" : IntegerType(draw_));
    std::set<Json> tokens;
    const std::int64_t size = draw_.Int(1, 5);
    while (static_cast<std::int64_t>(tokens.size()) < size) {
      tokens.insert(ValueOf(strings ? "string" : "int64", draw_));
    }
    Json spec = {{"type", "categorical_column_with_vocabulary_list"},
                 {"key", key},
                 {"vocabulary_list", Json(tokens)}};
    if (draw_.Chance(0.3)) {
      spec["num_oov_buckets"] = draw_.Int(1, 4);
    } else if (draw_.Chance(0.5)) {
      spec["default_value"] = draw_.Int(-2, 6);
    }
    return spec;
  }

  Json Hash(const std::string& key) {
    const std::string dtype = draw_.Chance(0.5) ? "string" : IntegerType(draw_);
    Feature(key, dtype);
    return {{"type", "categorical_column_with_hash_bucket"},
            {"key", key},
            {"hash_bucket_size", draw_.Int(1, 1000)},
            {"dtype", dtype}};
  }

  Json Simple() {
    const std::string key = NewKey();
    switch (draw_.Int(0, 2)) {
      case 0:
        return Identity(key);
      case 1:
        return Vocabulary(key);
      default:
        return Hash(key);
    }
  }

  Json Bucketized() {
    const std::string key = NewKey();
    const std::int64_t width = draw_.Int(1, 3);
    features_[key] = Dense("float32", {batch_, width}, draw_);
    std::set<double> boundaries;
    for (std::int64_t i = draw_.Int(1, 4); i > 0; --i) {
      boundaries.insert(draw_.Float(-2, 2));
    }
    return {{"type", "bucketized_column"},
            {"source_column",
             {{"type", "numeric_column"}, {"key", key}, {"shape", {width}}}},
            {"boundaries", boundaries}};
  }

  Json Crossed() {
    Json keys = Json::array();
    for (std::int64_t i = draw_.Int(2, 3); i > 0; --i) {
      const std::string key = NewKey();
      if (draw_.Chance(0.4)) {
        Feature(key, draw_.Chance(0.7) ? "string" : "int64");
        keys.push_back(key);
      } else if (draw_.Chance(0.2)) {
        keys.push_back(Bucketized());
      } else if (draw_.Chance(0.15)) {
        keys.push_back(Crossed());
      } else {
        keys.push_back(draw_.Chance(0.5) ? Identity(key) : Vocabulary(key));
      }
    }
    Json spec = {{"type", "crossed_column"},
                 {"keys", keys},
                 {"hash_bucket_size", draw_.Int(1, 1000)}};
    if (draw_.Chance(0.3)) spec["hash_key"] = draw_.Int(0, 9);
    return spec;
  }

  Json Weighted() {
    const Json inner = draw_.Chance(0.3) ? Bucketized() : Simple();
    const std::string key = NewKey();
    features_[key] = Tensor("float32", {batch_, draw_.Int(1, 3)}, draw_);
    return {{"type", "weighted_categorical_column"},
            {"categorical_column", inner},
            {"weight_feature_key", key}};
  }

  Json Sequence() {
    Json spec = Simple();
    spec["type"] = "sequence_" + spec.at("type").get<std::string>();
    return spec;
  }

  Draw& draw_;
  const std::int64_t batch_;
  Json features_ = Json::object();
};

}  // namespace

double Draw::Float(double low, double high) {
  if (Chance(0.7)) return std::round(low + (high - low) * Int(0, 8) / 8);
  return static_cast<float>(
      std::uniform_real_distribution<double>(low, high)(generator_));
}

Json DrawCategorical(Draw& draw) {
  Columns columns(draw);
  Json spec = columns.Any();
  return {{"spec", std::move(spec)}, {"features", columns.TakeFeatures()}};
}

Json DrawLookup(Draw& draw, std::int64_t rows) {
  const std::int64_t batch = draw.Int(1, 5);
  const std::int64_t width = draw.Int(1, 4);
  Json indices = Json::array();
  Json ids = Json::array();
  Json weights = Json::array();
  for (std::int64_t row = 0; row < batch; ++row) {
    for (std::int64_t at = 0; at < width; ++at) {
      if (draw.Chance(0.35)) continue;
      indices.push_back({row, at});
      ids.push_back(draw.Chance(0.1) ? -draw.Int(1, 3) : draw.Int(0, rows - 1));
      weights.push_back(draw.Float(-1, 2));
    }
  }
  const auto sparse = [&](const char* dtype, const Json& values) -> Json {
    return {{"sparse",
             {{"dtype", dtype},
              {"indices", indices},
              {"values", values},
              {"dense_shape", {batch, width}}}}};
  };
  Json lookup = {{"ids", sparse("int64", ids)},
                 {"combiner", draw.Pick<const char*>({"sum", "mean", "sqrtn"})},
                 {"weights", nullptr},
                 {"max_norm", nullptr},
                 {"default_id", nullptr}};
  if (draw.Chance(0.5)) lookup["weights"] = sparse("float32", weights);
  if (draw.Chance(0.4)) lookup["max_norm"] = draw.Float(0.5, 3);
  if (draw.Chance(0.3)) lookup["default_id"] = draw.Int(0, rows - 1);
  return lookup;
}

}  // namespace rowhouse::property
