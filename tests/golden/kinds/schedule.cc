#include "tests/golden/kinds/schedule.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "kernels/schedule.h"
#include "tests/golden/arguments.h"
#include "tests/golden/compare.h"

namespace rowhouse::golden {
namespace {

// tf.compat.v1.train names its functions like_this and says learning_rate
// where Keras's ClassesLikeThat say initial_learning_rate.
bool IsV1(const std::string& name) {
  return !name.empty() && absl::ascii_islower(name.front());
}

// The arguments of a call, with the rate at step 0 read.
template <typename Schedule>
Arguments Begin(const std::string& name, const Json& json, Schedule& schedule) {
  Arguments arguments(name, json);
  arguments.Required(IsV1(name) ? "learning_rate" : "initial_learning_rate",
                     schedule.initial_learning_rate);
  return arguments;
}

// Exponential, inverse time and natural exponential decay.
template <typename Schedule>
absl::StatusOr<ScheduleSpec> ReadDecay(const std::string& name,
                                       const Json& json) {
  Schedule schedule;
  ROWHOUSE_RETURN_IF_ERROR(Begin(name, json, schedule)
                               .Required("decay_steps", schedule.decay_steps)
                               .Required("decay_rate", schedule.decay_rate)
                               .Optional("staircase", schedule.staircase)
                               .Finish());
  return schedule;
}

absl::StatusOr<ScheduleSpec> ReadPolynomial(const std::string& name,
                                            const Json& json) {
  PolynomialDecay schedule;
  ROWHOUSE_RETURN_IF_ERROR(
      Begin(name, json, schedule)
          .Required("decay_steps", schedule.decay_steps)
          .Optional("end_learning_rate", schedule.end_learning_rate)
          .Optional("power", schedule.power)
          .Optional("cycle", schedule.cycle)
          .Finish());
  return schedule;
}

// A boundary as int64, the type of a step: Keras cuts a fraction off, v1
// refuses it.
absl::StatusOr<std::int64_t> ReadBoundary(const Json& json, bool is_v1) {
  if (json.is_number_integer()) return json.get<std::int64_t>();
  ROWHOUSE_ASSIGN_OR_RETURN(const double boundary, ReadNumber(json));
  if (is_v1 || !(std::fabs(boundary) < 0x1p63)) {
    return absl::InvalidArgumentError(
        absl::StrCat("boundary ", boundary, " is not of the step's type"));
  }
  return static_cast<std::int64_t>(boundary);
}

absl::StatusOr<ScheduleSpec> ReadPiecewise(const std::string& name,
                                           const Json& json) {
  PiecewiseConstantDecay schedule;
  std::vector<float> boundaries;  // checks that they are numbers
  ROWHOUSE_RETURN_IF_ERROR(Arguments(name, json)
                               .Required("boundaries", boundaries)
                               .Required("values", schedule.values)
                               .Finish());
  for (const Json& boundary : json.at("boundaries")) {
    ROWHOUSE_ASSIGN_OR_RETURN(schedule.boundaries.emplace_back(),
                              ReadBoundary(boundary, IsV1(name)));
  }
  return schedule;
}

absl::StatusOr<ScheduleSpec> ReadCosine(const std::string& name,
                                        const Json& json) {
  CosineDecay schedule;
  Arguments arguments = Begin(name, json, schedule);
  arguments.Required("decay_steps", schedule.decay_steps)
      .Optional("alpha", schedule.alpha);
  if (!IsV1(name)) {
    arguments.Optional("warmup_target", schedule.warmup_target)
        .Optional("warmup_steps", schedule.warmup_steps);
  }
  ROWHOUSE_RETURN_IF_ERROR(arguments.Finish());
  return schedule;
}

absl::StatusOr<ScheduleSpec> ReadRestarts(const std::string& name,
                                          const Json& json) {
  CosineDecayRestarts schedule;
  ROWHOUSE_RETURN_IF_ERROR(
      Begin(name, json, schedule)
          .Required("first_decay_steps", schedule.first_decay_steps)
          .Optional("t_mul", schedule.t_mul)
          .Optional("m_mul", schedule.m_mul)
          .Optional("alpha", schedule.alpha)
          .Finish());
  return schedule;
}

absl::StatusOr<ScheduleSpec> ReadLinearCosine(const std::string& name,
                                              const Json& json) {
  LinearCosineDecay schedule;
  ROWHOUSE_RETURN_IF_ERROR(Begin(name, json, schedule)
                               .Required("decay_steps", schedule.decay_steps)
                               .Optional("num_periods", schedule.num_periods)
                               .Optional("alpha", schedule.alpha)
                               .Optional("beta", schedule.beta)
                               .Finish());
  return schedule;
}

struct Reader {
  absl::string_view keras_name;
  absl::string_view v1_name;
  absl::StatusOr<ScheduleSpec> (*read)(const std::string& name, const Json&);
};
constexpr Reader kReaders[] = {
    {"ExponentialDecay", "exponential_decay", ReadDecay<ExponentialDecay>},
    {"InverseTimeDecay", "inverse_time_decay", ReadDecay<InverseTimeDecay>},
    {"PolynomialDecay", "polynomial_decay", ReadPolynomial},
    {"PiecewiseConstantDecay", "piecewise_constant", ReadPiecewise},
    {"PiecewiseConstantDecay", "piecewise_constant_decay", ReadPiecewise},
    {"CosineDecay", "cosine_decay", ReadCosine},
    {"CosineDecayRestarts", "cosine_decay_restarts", ReadRestarts},
    {"", "natural_exp_decay", ReadDecay<NaturalExpDecay>},
    {"", "linear_cosine_decay", ReadLinearCosine},
};

// When TensorFlow sees a bad argument. A v1 function is given the step with its
// arguments; Keras stumbles over a list without boundaries when it is called.
Moment MomentOf(const std::string& name, const Json& arguments) {
  const bool no_boundaries =
      arguments.contains("boundaries") && arguments.at("boundaries").empty() &&
      arguments.contains("values") && arguments.at("values").size() == 1;
  return IsV1(name) || no_boundaries ? Moment::kRun : Moment::kConstruct;
}

Outcome RunSchedule(const Case& test, Context&) {
  static constexpr absl::string_view kMembers[] = {"family", "name",
                                                   "arguments"};
  const Json& call = test.given.at("schedule");
  ROWHOUSE_RETURN_IF_ERROR(CheckMembers("schedule", call, kMembers));
  const auto name = call.at("name").get<std::string>();
  if (call.at("family") != (IsV1(name) ? "tf1" : "keras")) {
    return absl::InvalidArgumentError(absl::StrCat(
        "family ", call.at("family").dump(), " has no schedule '", name, "'"));
  }
  const auto schedule = ScheduleFromCall(name, call.at("arguments"));
  if (!schedule.ok()) {
    return CheckError(test, MomentOf(name, call.at("arguments")),
                      schedule.status());
  }
  std::vector<float> values;
  for (const Json& step : test.given.at("steps")) {
    const std::optional<float> rate = kernels::LearningRate(
        *schedule, /*constant=*/0, step.get<std::uint64_t>());
    if (!rate.has_value()) {
      return CheckError(test, Moment::kRun,
                        absl::InvalidArgumentError(absl::StrCat(
                            "two pieces claim step ", step.dump())));
    }
    values.push_back(*rate);
  }
  ROWHOUSE_RETURN_IF_ERROR(CheckNoErrorIsExpected(test));
  std::vector<float> expected;
  for (const Json& value : test.expect.at("values")) {
    ROWHOUSE_ASSIGN_OR_RETURN(const double number, ReadNumber(value));
    expected.push_back(static_cast<float>(number));
  }
  return CompareRows("values", values, expected, 1, test.tolerance);
}

}  // namespace

Kind ScheduleKind() {
  return {.name = "schedule",
          .given = {"schedule", "steps"},
          .expected = {"values"},
          .run = RunSchedule};
}

absl::StatusOr<ScheduleSpec> ScheduleFromCall(const std::string& name,
                                              const Json& arguments) {
  for (const Reader& reader : kReaders) {
    if (name.empty()) break;
    if (reader.keras_name != name && reader.v1_name != name) continue;
    ROWHOUSE_ASSIGN_OR_RETURN(ScheduleSpec schedule,
                              reader.read(name, arguments));
    ROWHOUSE_RETURN_IF_ERROR(Validate(schedule));
    return schedule;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown schedule '", name, "'"));
}

}  // namespace rowhouse::golden
