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

// Adam's rate with both corrections:
// learning_rate * sqrt(1 - beta_2^t) / (1 - beta_1^t).
float CorrectedRate(double beta_1, double beta_2, const StepTerms& terms);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_OPTIMIZERS_DECAY_H_
