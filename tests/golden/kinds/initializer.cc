#include "tests/golden/kinds/initializer.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "base/status_macros.h"
#include "kernels/initializer.h"
#include "rowhouse/feature_plan.h"
#include "rowhouse/initializers.h"
#include "tests/golden/arguments.h"

namespace rowhouse::golden {
namespace {

struct Shape {
  std::uint64_t rows = 0;
  std::uint32_t dim = 0;
};

// What an embedding column of that dimension gives its table.
absl::StatusOr<InitializerSpec> ColumnDefault(const Json& json) {
  float dimension = 0;
  ROWHOUSE_RETURN_IF_ERROR(Arguments("embedding_column_default", json)
                               .Required("dimension", dimension)
                               .Finish());
  ROWHOUSE_ASSIGN_OR_RETURN(
      const FeaturePlan plan,
      FeaturePlan::Compile({EmbeddingColumn{
          .categorical_column =
              CategoricalColumnWithIdentity{.key = "k", .num_buckets = 4},
          .dimension = static_cast<std::int64_t>(dimension)}}));
  return plan.tables().at(0).initializer;
}

absl::StatusOr<InitializerSpec> ReadUniform(const std::string& name,
                                            const Json& json, float low,
                                            float high) {
  ROWHOUSE_RETURN_IF_ERROR(Arguments(name, json)
                               .Optional("minval", low)
                               .Optional("maxval", high)
                               .Finish());
  return RandomUniform(low, high);
}

absl::StatusOr<InitializerSpec> ReadNormal(const std::string& name,
                                           const Json& json, float stddev,
                                           bool truncated) {
  float mean = 0;
  ROWHOUSE_RETURN_IF_ERROR(Arguments(name, json)
                               .Optional("mean", mean)
                               .Optional("stddev", stddev)
                               .Finish());
  return truncated ? TruncatedNormal(mean, stddev) : RandomNormal(mean, stddev);
}

absl::StatusOr<InitializerSpec> ReadScaling(const std::string& name,
                                            const Json& json, Shape shape) {
  VarianceScaling scaling;
  std::string mode = "fan_in", distribution = "truncated_normal";
  ROWHOUSE_RETURN_IF_ERROR(Arguments(name, json)
                               .Optional("scale", scaling.scale)
                               .Optional("mode", mode)
                               .Optional("distribution", distribution)
                               .Finish());
  ROWHOUSE_ASSIGN_OR_RETURN(scaling.mode, FanModeFromName(mode));
  ROWHOUSE_ASSIGN_OR_RETURN(scaling.distribution,
                            ScalingDistributionFromName(distribution));
  return Scaled(scaling, shape.rows, shape.dim);
}

absl::StatusOr<InitializerSpec> ReadConstant(const std::string& name,
                                             const Json& json) {
  float value = 0;
  ROWHOUSE_RETURN_IF_ERROR(
      Arguments(name, json).Optional("value", value).Finish());
  return ConstantInitializer{value};
}

// tf.compat.v1's functions end in _initializer; without that they are Keras's
// by another name, but for the defaults.
absl::StatusOr<InitializerSpec> ReadV1(const std::string& name,
                                       const Json& json, Shape shape) {
  if (name == "random_uniform_initializer") {
    return ReadUniform(name, json, 0, 1);
  }
  if (name == "random_normal_initializer") {
    return ReadNormal(name, json, 1, false);
  }
  if (name == "truncated_normal_initializer") {
    return ReadNormal(name, json, 1, true);
  }
  if (name == "constant_initializer") return ReadConstant(name, json);
  if (name == "variance_scaling_initializer") {
    return ReadScaling(name, json, shape);
  }
  constexpr absl::string_view kSuffix = "_initializer";
  ROWHOUSE_RETURN_IF_ERROR(Arguments(name, json).Finish());
  return InitializerByName(name.substr(0, name.rfind(std::string(kSuffix))),
                           shape.rows, shape.dim);
}

absl::StatusOr<InitializerSpec> ReadKeras(const std::string& name,
                                          const Json& json, Shape shape) {
  if (name == "RandomUniform") return ReadUniform(name, json, -0.05f, 0.05f);
  if (name == "RandomNormal") return ReadNormal(name, json, 0.05f, false);
  if (name == "TruncatedNormal") return ReadNormal(name, json, 0.05f, true);
  if (name == "Constant") return ReadConstant(name, json);
  if (name == "VarianceScaling") return ReadScaling(name, json, shape);
  ROWHOUSE_RETURN_IF_ERROR(Arguments(name, json).Finish());
  return InitializerByName(name, shape.rows, shape.dim);
}

absl::StatusOr<InitializerSpec> ReadSpec(const Json& spec, Shape shape) {
  static constexpr absl::string_view kMembers[] = {"family", "name",
                                                   "arguments"};
  ROWHOUSE_RETURN_IF_ERROR(CheckMembers("spec", spec, kMembers));
  const auto family = spec.at("family").get<std::string>();
  const auto name = spec.at("name").get<std::string>();
  const Json& arguments = spec.at("arguments");
  if (family == "tf1") return ReadV1(name, arguments, shape);
  if (family == "keras") return ReadKeras(name, arguments, shape);
  if (family == "column" && name == "embedding_column_default") {
    return ColumnDefault(arguments);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown family '", family, "'"));
}

struct Moments {
  double mean = 0;
  double stddev = 0;
  double min = 0;
  double max = 0;
};

// Of the first rows of a table, column by column.
Moments Draw(const InitializerSpec& spec, Shape shape) {
  const std::uint64_t table = TableHash("t");
  const std::size_t count = shape.rows * shape.dim;
  std::vector<float> values(count);
  for (Id id = 0; id < shape.rows; ++id) {
    kernels::InitialRow(spec, /*seed=*/1, table, id, shape.dim,
                        values.data() + id * shape.dim);
  }
  double sum = 0, squares = 0;
  for (const double value : values) sum += value;
  const double mean = sum / static_cast<double>(count);
  for (const double value : values) squares += (value - mean) * (value - mean);
  const auto [min, max] = std::minmax_element(values.begin(), values.end());
  return {mean, std::sqrt(squares / static_cast<double>(count)), *min, *max};
}

// How far two samples of the same distribution may be apart, in its standard
// deviations: five standard errors of their difference. The fourth moment of
// none of the distributions is above the normal's, whose deviation has an error
// of 1 / sqrt(2 n). The ends of a bounded one are met within 20 / n of its
// probability, which is no more than 5e-4; a normal's extremes wander.
struct Tolerances {
  double mean;
  double stddev;
  double extremes;
};

Tolerances TolerancesOf(const InitializerSpec& spec, std::size_t count) {
  const double error = std::sqrt(2.0 / static_cast<double>(count));
  const auto* normal = std::get_if<NormalInitializer>(&spec);
  const bool unbounded = normal != nullptr && !normal->truncated;
  return {5 * error, 5 * error / std::sqrt(2.0), unbounded ? 1.5 : 5e-4};
}

absl::Status Compare(absl::string_view what, double got, const Json& expected,
                     double tolerance) {
  ROWHOUSE_ASSIGN_OR_RETURN(const double number, ReadNumber(expected));
  // TensorFlow's own moments were summed in float32.
  const double rounding = 1e-6 * std::fabs(number);
  if (std::fabs(got - number) <= tolerance + rounding) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(what, " is ", got, ", expected ",
                                          number, " +- ", tolerance));
}

Outcome RunInitializer(const Case& test, Context&) {
  const auto sizes = test.given.at("shape").get<std::vector<std::uint64_t>>();
  if (sizes.size() != 2) {
    return absl::InvalidArgumentError("shape is not that of a matrix");
  }
  const Shape shape = {sizes[0], static_cast<std::uint32_t>(sizes[1])};
  const auto spec = ReadSpec(test.given.at("spec"), shape);
  if (!spec.ok()) return CheckError(test, Moment::kConstruct, spec.status());
  ROWHOUSE_RETURN_IF_ERROR(CheckNoErrorIsExpected(test));
  ROWHOUSE_RETURN_IF_ERROR(Validate(TableSpec{.name = "t",
                                              .dim = shape.dim,
                                              .rows = shape.rows,
                                              .initializer = *spec}));
  const Moments got = Draw(*spec, shape);
  const Tolerances tolerances = TolerancesOf(*spec, shape.rows * shape.dim);
  const double unit = got.stddev;
  const Json& expect = test.expect;
  absl::Status status =
      Compare("mean", got.mean, expect.at("mean"), tolerances.mean * unit);
  status.Update(Compare("stddev", got.stddev, expect.at("stddev"),
                        tolerances.stddev * unit));
  status.Update(
      Compare("min", got.min, expect.at("min"), tolerances.extremes * unit));
  status.Update(
      Compare("max", got.max, expect.at("max"), tolerances.extremes * unit));
  return status;
}

}  // namespace

Kind InitializerKind() {
  return {.name = "initializer",
          .given = {"spec", "shape"},
          .expected = {"mean", "stddev", "min", "max", "rule"},
          .run = RunInitializer};
}

absl::StatusOr<InitializerSpec> KerasInitializerFromCall(
    const std::string& name, const Json& arguments, std::uint64_t rows,
    std::uint32_t dim) {
  return ReadKeras(name, arguments, {rows, dim});
}

}  // namespace rowhouse::golden
