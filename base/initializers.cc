#include "rowhouse/initializers.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace rowhouse {
namespace {

absl::Status Invalid(absl::string_view what) {
  return absl::InvalidArgumentError(what);
}

double Fan(FanMode mode, std::uint64_t rows, std::uint32_t dim) {
  const auto in = static_cast<double>(rows);
  switch (mode) {
    case FanMode::kFanIn:
      return in;
    case FanMode::kFanOut:
      return dim;
    case FanMode::kFanAvg:
      return (in + dim) / 2;
  }
  return in;
}

// Names of classes and functions that VarianceScaling stands behind.
struct ScalingName {
  absl::string_view name;
  VarianceScaling scaling;
};
constexpr ScalingName kScalings[] = {
    {"VarianceScaling", {}},           {"variance_scaling", {}},
    {"GlorotUniform", kGlorotUniform}, {"glorot_uniform", kGlorotUniform},
    {"GlorotNormal", kGlorotNormal},   {"glorot_normal", kGlorotNormal},
    {"HeUniform", kHeUniform},         {"he_uniform", kHeUniform},
    {"HeNormal", kHeNormal},           {"he_normal", kHeNormal},
    {"LecunUniform", kLecunUniform},   {"lecun_uniform", kLecunUniform},
    {"LecunNormal", kLecunNormal},     {"lecun_normal", kLecunNormal},
};

bool IsOneOf(absl::string_view name,
             std::initializer_list<absl::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

InitializerSpec DefaultInitializer(std::uint32_t dim) {
  return TruncatedNormal(
      0, static_cast<float>(1 / std::sqrt(static_cast<double>(dim))));
}

InitializerSpec RandomUniform(float minval, float maxval) {
  if (minval == maxval) return ConstantInitializer{minval};
  return UniformInitializer{std::min(minval, maxval), std::max(minval, maxval)};
}

InitializerSpec RandomNormal(float mean, float stddev) {
  return NormalInitializer{mean, std::fabs(stddev), /*truncated=*/false};
}

InitializerSpec TruncatedNormal(float mean, float stddev) {
  return NormalInitializer{mean, std::fabs(stddev), /*truncated=*/true};
}

absl::StatusOr<InitializerSpec> Scaled(const VarianceScaling& scaling,
                                       std::uint64_t rows, std::uint32_t dim) {
  if (!(scaling.scale > 0) || !std::isfinite(scaling.scale)) {
    return Invalid(absl::StrCat("variance scaling scale ", scaling.scale,
                                " is not above 0 and finite"));
  }
  if (rows == 0 || dim == 0) {
    return Invalid(absl::StrCat("variance scaling of a table of ", rows,
                                " rows and dim ", dim,
                                ": both must be known and above 0"));
  }
  // Standard deviation of a standard normal cut at two of its own.
  constexpr double kCutDeviation = 0.87962566103423978;
  const double variance =
      scaling.scale / std::max(1.0, Fan(scaling.mode, rows, dim));
  switch (scaling.distribution) {
    case ScalingDistribution::kTruncatedNormal:
      return TruncatedNormal(
          0, static_cast<float>(std::sqrt(variance) / kCutDeviation));
    case ScalingDistribution::kUntruncatedNormal:
      return RandomNormal(0, static_cast<float>(std::sqrt(variance)));
    case ScalingDistribution::kUniform:
      break;
  }
  const auto limit = static_cast<float>(std::sqrt(3 * variance));
  return RandomUniform(-limit, limit);
}

absl::StatusOr<FanMode> FanModeFromName(absl::string_view name) {
  if (name == "fan_in") return FanMode::kFanIn;
  if (name == "fan_out") return FanMode::kFanOut;
  if (name == "fan_avg") return FanMode::kFanAvg;
  return Invalid(absl::StrCat("variance scaling mode '", name,
                              "' is not fan_in, fan_out or fan_avg"));
}

absl::StatusOr<ScalingDistribution> ScalingDistributionFromName(
    absl::string_view name) {
  const std::string lower = absl::AsciiStrToLower(name);
  if (IsOneOf(lower, {"truncated_normal", "normal"})) {
    return ScalingDistribution::kTruncatedNormal;
  }
  if (lower == "untruncated_normal") {
    return ScalingDistribution::kUntruncatedNormal;
  }
  if (lower == "uniform") return ScalingDistribution::kUniform;
  return Invalid(absl::StrCat("variance scaling distribution '", name,
                              "' is not truncated_normal, untruncated_normal "
                              "or uniform"));
}

absl::StatusOr<InitializerSpec> InitializerByName(absl::string_view name,
                                                  std::uint64_t rows,
                                                  std::uint32_t dim) {
  if (IsOneOf(name, {"Zeros", "zeros", "zero", "Constant", "constant"})) {
    return ConstantInitializer{0};
  }
  if (IsOneOf(name, {"Ones", "ones", "one"})) return ConstantInitializer{1};
  if (IsOneOf(name, {"RandomUniform", "random_uniform", "uniform"})) {
    return RandomUniform();
  }
  if (IsOneOf(name, {"RandomNormal", "random_normal", "normal"})) {
    return RandomNormal();
  }
  if (IsOneOf(name, {"TruncatedNormal", "truncated_normal"})) {
    return TruncatedNormal();
  }
  for (const ScalingName& entry : kScalings) {
    if (entry.name == name) return Scaled(entry.scaling, rows, dim);
  }
  if (IsOneOf(name, {"Orthogonal", "orthogonal"})) {
    return Invalid(absl::StrCat(
        "initializer '", name,
        "' is refused: its rows depend on each other, and a first row here is "
        "a function of its own id alone"));
  }
  if (IsOneOf(name, {"Identity", "identity"})) {
    return Invalid(absl::StrCat(
        "initializer '", name,
        "' is refused: its rows depend on their place in a square matrix, and "
        "a first row here is drawn from one distribution for all ids"));
  }
  std::string known =
      "zeros, ones, constant, random_uniform, random_normal, truncated_normal";
  for (const ScalingName& entry : kScalings) {
    if (absl::ascii_islower(entry.name[0])) {
      absl::StrAppend(&known, ", ", entry.name);
    }
  }
  return Invalid(
      absl::StrCat("unknown initializer '", name, "'; known: ", known));
}

}  // namespace rowhouse
