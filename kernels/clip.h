// Keras's clipping of gradients: clipvalue, clipnorm, global_clipnorm.
#ifndef ROWHOUSE_KERNELS_CLIP_H_
#define ROWHOUSE_KERNELS_CLIP_H_

#include <vector>

#include "absl/types/span.h"
#include "rowhouse/update.h"

namespace rowhouse::kernels {

// The gradient of one variable, in pieces: the values of its slices before
// those of one id are summed. Not owned.
using GradientPieces = std::vector<absl::Span<float>>;

// Clips the gradients of all variables of one optimizer, in place. c is the
// bound, n a norm: the root of a sum of squares in double, rounded to float.
//   clipvalue        each value into [-c, c]
//   clipnorm         v * c / max(n, c), n of the variable
//   global_clipnorm  v * (c * min(1 / n, 1 / c)), n of all variables; NaN
//                    everywhere when n is not finite
// Which of them act, and in what order, is said at GradientClipping.
void ClipGradients(const GradientClipping& clipping,
                   absl::Span<const GradientPieces> variables);

// True when ClipGradients could change something.
bool Clips(const GradientClipping& clipping);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_CLIP_H_
