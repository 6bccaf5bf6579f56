// TensorFlow's initializers as the InitializerSpec of a table. All of them are
// constant, uniform or normal in the end; what differs is where the bounds and
// the spread come from.
//
//   ZerosInitializer, OnesInitializer, ConstantInitializer: ConstantInitializer
//   RandomUniform, random_uniform_initializer: RandomUniform()
//   RandomNormal, random_normal_initializer: RandomNormal()
//   TruncatedNormal, truncated_normal_initializer: TruncatedNormal()
//   VarianceScaling, Glorot*, He*, Lecun*: below
//   Orthogonal, Identity: refused. A first row is a function of its own id
//     alone, so that no shard needs another's rows; an orthogonal row depends
//     on all others, a row of the identity on its place in a square matrix.
//
// The distributions are TensorFlow's; the draws are not (kernels/initializer).
#ifndef ROWHOUSE_INITIALIZERS_H_
#define ROWHOUSE_INITIALIZERS_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rowhouse/table_spec.h"

namespace rowhouse {

// What embedding columns and TPU tables take when none is given: a normal of
// standard deviation 1 / sqrt(dim), cut at two of them. REQUIRES: dim > 0.
InitializerSpec DefaultInitializer(std::uint32_t dim);

// Uniform from `minval` on and below `maxval`; the bounds may come the other
// way round or be equal. Defaults are Keras's; random_uniform_initializer of
// tf.compat.v1 has 0 and 1.
InitializerSpec RandomUniform(float minval = -0.05f, float maxval = 0.05f);

// Normal. The sign of `stddev` does not matter. Defaults are Keras's;
// random_normal_initializer of tf.compat.v1 has stddev 1.
InitializerSpec RandomNormal(float mean = 0.0f, float stddev = 0.05f);

// Normal without what is further than two stddev from the mean, not made wider
// to make up for it. Defaults are Keras's; truncated_normal_initializer of
// tf.compat.v1 has stddev 1.
InitializerSpec TruncatedNormal(float mean = 0.0f, float stddev = 0.05f);

// Which size of the matrix [rows, dim] divides the variance, never below 1.
enum class FanMode {
  kFanIn,   // rows
  kFanOut,  // dim
  kFanAvg,  // their mean
};

// The distribution that has the variance.
enum class ScalingDistribution {
  // Cut at two standard deviations and made wider by 1 / 0.87962566103423978,
  // the standard deviation of a standard normal so cut.
  kTruncatedNormal,
  kUntruncatedNormal,
  kUniform,  // on [-sqrt(3 v), sqrt(3 v)) for the variance v
};

// First values of mean 0 and variance scale / fan.
struct VarianceScaling {
  double scale = 1.0;  // > 0
  FanMode mode = FanMode::kFanIn;
  ScalingDistribution distribution = ScalingDistribution::kTruncatedNormal;
};

// The spec for a table of `rows` rows of `dim` weights. INVALID_ARGUMENT for a
// scale that is not above 0 and finite, or where either size is 0 (a table of
// any 64-bit id has no fan).
absl::StatusOr<InitializerSpec> Scaled(const VarianceScaling& scaling,
                                       std::uint64_t rows, std::uint32_t dim);

inline constexpr VarianceScaling kGlorotUniform{1.0, FanMode::kFanAvg,
                                                ScalingDistribution::kUniform};
inline constexpr VarianceScaling kGlorotNormal{
    1.0, FanMode::kFanAvg, ScalingDistribution::kTruncatedNormal};
inline constexpr VarianceScaling kHeUniform{2.0, FanMode::kFanIn,
                                            ScalingDistribution::kUniform};
inline constexpr VarianceScaling kHeNormal{
    2.0, FanMode::kFanIn, ScalingDistribution::kTruncatedNormal};
inline constexpr VarianceScaling kLecunUniform{1.0, FanMode::kFanIn,
                                               ScalingDistribution::kUniform};
inline constexpr VarianceScaling kLecunNormal{
    1.0, FanMode::kFanIn, ScalingDistribution::kTruncatedNormal};

// "fan_in", "fan_out", "fan_avg"; another is INVALID_ARGUMENT.
absl::StatusOr<FanMode> FanModeFromName(absl::string_view name);

// "truncated_normal" and its older name "normal", "untruncated_normal",
// "uniform", in any case; another is INVALID_ARGUMENT.
absl::StatusOr<ScalingDistribution> ScalingDistributionFromName(
    absl::string_view name);

// The initializer that Keras makes of a name, all arguments at their defaults,
// for a table of `rows` rows of `dim` weights. Names of classes ("HeNormal")
// and of functions ("he_normal", "uniform") are taken. INVALID_ARGUMENT for an
// unknown name, for one that is refused (above), with the reason, and as
// Scaled.
absl::StatusOr<InitializerSpec> InitializerByName(absl::string_view name,
                                                  std::uint64_t rows,
                                                  std::uint32_t dim);

}  // namespace rowhouse

#endif  // ROWHOUSE_INITIALIZERS_H_
