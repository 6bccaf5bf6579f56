// Decay rates of running means, and what corrects their start. TensorFlow's
// generations round them differently: v = beta * v + (1 - beta) * x is off by
// the fifth digit when 1 - beta is.
#ifndef ROWHOUSE_KERNELS_OPTIMIZERS_DECAY_H_
#define ROWHOUSE_KERNELS_OPTIMIZERS_DECAY_H_

#include <cstdint>

#include "kernels/optimizers/step_terms.h"
#include "rowhouse/optimizers.h"

namespace rowhouse::kernels {

// A decay rate and what completes it to 1. `subtracts`: the mean decays as
// x - x * complement instead of x * rate, which differs in the last bit, and
// for an infinite x (NaN instead of infinity).
struct DecayRate {
  float rate = 0;
  float complement = 0;
  bool subtracts = false;
};

// Steps whose powers are worked step by step. Those of 0.99999 have vanished
// by then.
inline constexpr std::uint64_t kRunningPowersMax = 1u << 21;

// beta rounded to float, then subtracted from 1: tf.compat.v1, the legacy
// Keras, TPU, and Keras's Nadam and Lion.
DecayRate RoundedDecay(double beta);

// 1 - beta in double, then rounded: Keras's other optimizers.
DecayRate ExactDecay(double beta);

// The one that `generation` takes for m and v of Adam and Adamax: kKeras
// ExactDecay and subtracting, the others RoundedDecay.
DecayRate MomentDecay(double beta, Generation generation);

// beta^t, beta rounded to float first.
float PowerAtStep(double beta, const StepTerms& terms);

// The same as a variable that every step multiplies by beta, as tf.compat.v1
// has it: float by float, which is 1e-5 off after some steps of beta 0.9999.
// (Beyond kRunningPowersMax steps, PowerAtStep.)
float RunningPowerAtStep(double beta, const StepTerms& terms);

// Adam's rate with both corrections:
// learning_rate * sqrt(1 - beta_2^t) / (1 - beta_1^t), with powers of
// `generation`.
float CorrectedRate(double beta_1, double beta_2, const StepTerms& terms,
                    Generation generation);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_OPTIMIZERS_DECAY_H_
