#include "kernels/schedule.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <variant>

#include "kernels/float_math.h"

namespace rowhouse::kernels {
namespace {

constexpr float kPi = 3.14159265358979f;

// The steps done, in the forms that TensorFlow gives them.
struct Step {
  std::int64_t whole;  // compared with boundaries
  float rounded;       // in every formula
};

Step StepOf(std::uint64_t step) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  return {static_cast<std::int64_t>(std::min(step, kMost)),
          static_cast<float>(step)};
}

float Periods(Step step, float decay_steps, bool staircase) {
  const float periods = step.rounded / decay_steps;
  return staircase ? std::floor(periods) : periods;
}

// 1 at 0, 0 at 1.
float HalfCosine(float fraction) {
  return 0.5f * (1.0f + FloatCos(kPi * fraction));
}

float CosineFrom(float rate, float fraction, float alpha) {
  return rate * ((1 - alpha) * HalfCosine(fraction) + alpha);
}

float Rate(const ExponentialDecay& s, Step step) {
  return s.initial_learning_rate *
         FloatPow(s.decay_rate, Periods(step, s.decay_steps, s.staircase));
}

float Rate(const InverseTimeDecay& s, Step step) {
  const float periods = Periods(step, s.decay_steps, s.staircase);
  return s.initial_learning_rate / (1 + s.decay_rate * periods);
}

float Rate(const NaturalExpDecay& s, Step step) {
  // TensorFlow rounds e^-rate to a float and takes the power of that.
  return s.initial_learning_rate *
         FloatPow(FloatExp(-s.decay_rate),
                  Periods(step, s.decay_steps, s.staircase));
}

float Rate(const PolynomialDecay& s, Step step) {
  float done = step.rounded;
  float decay_steps = s.decay_steps;
  if (s.cycle) {
    decay_steps *= done == 0 ? 1 : std::ceil(done / decay_steps);
  } else {
    done = std::min(done, decay_steps);
  }
  return (s.initial_learning_rate - s.end_learning_rate) *
             FloatPow(1 - done / decay_steps, s.power) +
         s.end_learning_rate;
}

std::optional<float> Rate(const PiecewiseConstantDecay& s, Step step) {
  // TensorFlow asks each piece whether the step is its own, and takes exactly
  // one yes. Rising boundaries give just one; the pieces at both ends look at
  // one boundary only, so falling ones may give more.
  const std::size_t last = s.boundaries.size();
  std::optional<float> rate;
  for (std::size_t piece = 0; piece <= last; ++piece) {
    if (piece > 0 && step.whole <= s.boundaries[piece - 1]) continue;
    if (piece < last && step.whole > s.boundaries[piece]) continue;
    if (rate.has_value()) return std::nullopt;
    rate = s.values[piece];
  }
  return rate;
}

float Rate(const CosineDecay& s, Step step) {
  if (!s.warmup_target.has_value()) {
    const float done = std::min(step.rounded, s.decay_steps);
    return CosineFrom(s.initial_learning_rate, done / s.decay_steps, s.alpha);
  }
  const float target = *s.warmup_target;
  const float done = std::min(step.rounded, s.decay_steps + s.warmup_steps);
  if (done < s.warmup_steps) {
    return (target - s.initial_learning_rate) * (done / s.warmup_steps) +
           s.initial_learning_rate;
  }
  return CosineFrom(target, (done - s.warmup_steps) / s.decay_steps, s.alpha);
}

float Rate(const CosineDecayRestarts& s, Step step) {
  float fraction = step.rounded / s.first_decay_steps;
  float restarts;
  if (s.t_mul == 1) {
    restarts = std::floor(fraction);
    fraction -= restarts;
  } else {
    // Period i begins at (1 - t_mul^i) / (1 - t_mul) times the first. Just at a
    // restart it is this float32 quotient that decides to which side it counts.
    restarts =
        std::floor(FloatLog(1 - fraction * (1 - s.t_mul)) / FloatLog(s.t_mul));
    const float length = FloatPow(s.t_mul, restarts);
    const float begin = (1 - length) / (1 - s.t_mul);
    fraction = (fraction - begin) / length;
  }
  const float cosine =
      0.5f * FloatPow(s.m_mul, restarts) * (1.0f + FloatCos(kPi * fraction));
  return s.initial_learning_rate * ((1 - s.alpha) * cosine + s.alpha);
}

float Rate(const LinearCosineDecay& s, Step step) {
  const float done = std::min(step.rounded, s.decay_steps);
  const float linear = (s.decay_steps - done) / s.decay_steps;
  const float turns = 2.0f * s.num_periods * (done / s.decay_steps);
  return s.initial_learning_rate *
         ((s.alpha + linear) * HalfCosine(turns) + s.beta);
}

}  // namespace

std::optional<float> LearningRate(const ScheduleSpec& schedule, float constant,
                                  std::uint64_t step) {
  const Step at = StepOf(step);
  const auto rate = [&](const auto& s) -> std::optional<float> {
    if constexpr (std::is_same_v<decltype(s), const std::monostate&>) {
      return constant;
    } else {
      return Rate(s, at);
    }
  };
  return std::visit(rate, schedule);
}

}  // namespace rowhouse::kernels
