#include "rowhouse/initializers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "tests/testing/status_matchers.h"

namespace rowhouse {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kRows = 65536;
constexpr std::uint32_t kDim = 16;

InitializerSpec Made(const absl::StatusOr<InitializerSpec>& spec) {
  ROWHOUSE_EXPECT_OK(spec.status());
  return spec.value_or(InitializerSpec{});
}

auto Refused(const std::string& reason) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(reason));
}

void ExpectUniform(const InitializerSpec& spec, double limit) {
  const auto* uniform = std::get_if<UniformInitializer>(&spec);
  ASSERT_NE(uniform, nullptr);
  EXPECT_EQ(uniform->high, static_cast<float>(limit));
  EXPECT_EQ(uniform->low, static_cast<float>(-limit));
}

void ExpectNormal(const InitializerSpec& spec, double stddev, bool truncated) {
  const auto* normal = std::get_if<NormalInitializer>(&spec);
  ASSERT_NE(normal, nullptr);
  EXPECT_EQ(normal->mean, 0);
  EXPECT_EQ(normal->stddev, static_cast<float>(stddev));
  EXPECT_EQ(normal->truncated, truncated);
}

TEST(DefaultInitializer, HasTheSpreadOfItsDimension) {
  ExpectNormal(DefaultInitializer(16), 0.25, true);
  ExpectNormal(DefaultInitializer(1), 1, true);
  ExpectNormal(DefaultInitializer(8), std::sqrt(0.125), true);
}

TEST(RandomUniform, TakesBoundsAsTensorFlowDoes) {
  EXPECT_EQ(RandomUniform(),
            (InitializerSpec{UniformInitializer{-0.05f, 0.05f}}));
  EXPECT_EQ(RandomUniform(2, 3), (InitializerSpec{UniformInitializer{2, 3}}));
  EXPECT_EQ(RandomUniform(3, 2), (InitializerSpec{UniformInitializer{2, 3}}));
  EXPECT_EQ(RandomUniform(3, 3), InitializerSpec{ConstantInitializer{3}});
}

TEST(RandomNormal, TakesASpreadOfEitherSign) {
  EXPECT_EQ(RandomNormal(),
            (InitializerSpec{NormalInitializer{0, 0.05f, false}}));
  EXPECT_EQ(RandomNormal(1, -2),
            (InitializerSpec{NormalInitializer{1, 2, false}}));
  EXPECT_EQ(TruncatedNormal(),
            (InitializerSpec{NormalInitializer{0, 0.05f, true}}));
  EXPECT_EQ(TruncatedNormal(1, -2),
            (InitializerSpec{NormalInitializer{1, 2, true}}));
}

TEST(Scaled, DividesTheVarianceByTheFan) {
  const auto scaled = [](VarianceScaling scaling) {
    return Made(Scaled(scaling, 300, 20));
  };
  const auto normal = ScalingDistribution::kUntruncatedNormal;
  const auto uniform = ScalingDistribution::kUniform;
  ExpectNormal(scaled({3, FanMode::kFanIn, normal}), 0.1, false);
  ExpectNormal(scaled({5, FanMode::kFanOut, normal}), 0.5, false);
  ExpectNormal(scaled({1.6, FanMode::kFanAvg, normal}), 0.1, false);
  ExpectUniform(scaled({1, FanMode::kFanIn, uniform}), 0.1);
  ExpectNormal(scaled({5, FanMode::kFanOut}), 0.5 / 0.87962566103423978, true);
}

TEST(Scaled, NamedOnesAreThoseOfKeras) {
  const auto scaled = [](const VarianceScaling& scaling) {
    return Made(Scaled(scaling, kRows, kDim));
  };
  constexpr double kCut = 0.87962566103423978;
  ExpectUniform(scaled(kGlorotUniform), std::sqrt(6.0 / (kRows + kDim)));
  ExpectNormal(scaled(kGlorotNormal), std::sqrt(2.0 / (kRows + kDim)) / kCut,
               true);
  ExpectUniform(scaled(kHeUniform), std::sqrt(6.0 / kRows));
  ExpectNormal(scaled(kHeNormal), std::sqrt(2.0 / kRows) / kCut, true);
  ExpectUniform(scaled(kLecunUniform), std::sqrt(3.0 / kRows));
  ExpectNormal(scaled(kLecunNormal), std::sqrt(1.0 / kRows) / kCut, true);
}

TEST(Scaled, RefusesWhatHasNoVariance) {
  for (const double scale :
       {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(),
        std::numeric_limits<double>::infinity()}) {
    EXPECT_THAT(Scaled({scale}, 4, 4).status(),
                Refused("is not above 0 and finite"));
  }
  EXPECT_THAT(Scaled({-1}, 4, 4).status(), Refused("scale -1 "));
  EXPECT_THAT(Scaled({}, 0, 8).status(), Refused("0 rows and dim 8"));
  EXPECT_THAT(Scaled({}, 8, 0).status(), Refused("8 rows and dim 0"));
}

TEST(VarianceScalingNames, AreThoseOfTensorFlow) {
  EXPECT_EQ(*FanModeFromName("fan_in"), FanMode::kFanIn);
  EXPECT_EQ(*FanModeFromName("fan_out"), FanMode::kFanOut);
  EXPECT_EQ(*FanModeFromName("fan_avg"), FanMode::kFanAvg);
  EXPECT_THAT(FanModeFromName("FAN_IN").status(), Refused("'FAN_IN'"));
  EXPECT_EQ(*ScalingDistributionFromName("Normal"),
            ScalingDistribution::kTruncatedNormal);
  EXPECT_EQ(*ScalingDistributionFromName("truncated_normal"),
            ScalingDistribution::kTruncatedNormal);
  EXPECT_EQ(*ScalingDistributionFromName("untruncated_normal"),
            ScalingDistribution::kUntruncatedNormal);
  EXPECT_EQ(*ScalingDistributionFromName("UNIFORM"),
            ScalingDistribution::kUniform);
  EXPECT_THAT(ScalingDistributionFromName("x").status(), Refused("'x'"));
}

TEST(InitializerByName, TakesClassesAndFunctions) {
  const auto named = [](absl::string_view name) {
    return Made(InitializerByName(name, kRows, kDim));
  };
  for (const char* name : {"Zeros", "zeros", "zero", "Constant", "constant"}) {
    EXPECT_EQ(named(name), InitializerSpec{ConstantInitializer{0}}) << name;
  }
  for (const char* name : {"Ones", "ones", "one"}) {
    EXPECT_EQ(named(name), InitializerSpec{ConstantInitializer{1}}) << name;
  }
  for (const char* name : {"RandomUniform", "random_uniform", "uniform"}) {
    EXPECT_EQ(named(name), RandomUniform()) << name;
  }
  for (const char* name : {"RandomNormal", "random_normal", "normal"}) {
    EXPECT_EQ(named(name), RandomNormal()) << name;
  }
  for (const char* name : {"TruncatedNormal", "truncated_normal"}) {
    EXPECT_EQ(named(name), TruncatedNormal()) << name;
  }
  const struct {
    const char* class_name;
    const char* function_name;
    VarianceScaling scaling;
  } kScalings[] = {{"VarianceScaling", "variance_scaling", {}},
                   {"GlorotUniform", "glorot_uniform", kGlorotUniform},
                   {"GlorotNormal", "glorot_normal", kGlorotNormal},
                   {"HeUniform", "he_uniform", kHeUniform},
                   {"HeNormal", "he_normal", kHeNormal},
                   {"LecunUniform", "lecun_uniform", kLecunUniform},
                   {"LecunNormal", "lecun_normal", kLecunNormal}};
  for (const auto& entry : kScalings) {
    const InitializerSpec spec = Made(Scaled(entry.scaling, kRows, kDim));
    EXPECT_EQ(named(entry.class_name), spec) << entry.class_name;
    EXPECT_EQ(named(entry.function_name), spec) << entry.function_name;
  }
}

TEST(InitializerByName, RefusesWithTheReason) {
  EXPECT_THAT(InitializerByName("Orthogonal", 4, 4).status(),
              Refused("rows depend on each other"));
  EXPECT_THAT(InitializerByName("identity", 4, 4).status(),
              Refused("place in a square matrix"));
  EXPECT_THAT(InitializerByName("gaussian", 4, 4).status(),
              Refused("unknown initializer 'gaussian'; known: zeros, "));
  EXPECT_THAT(InitializerByName("glorot", 4, 4).status(),
              Refused("truncated_normal, variance_scaling, glorot_uniform, "));
  EXPECT_THAT(InitializerByName("glorot_uniform", 0, 4).status(),
              Refused("0 rows"));
  ROWHOUSE_EXPECT_OK(InitializerByName("uniform", 0, 4).status());
}

}  // namespace
}  // namespace rowhouse
