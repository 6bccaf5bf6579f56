// Regularizers of Keras: what they add to a loss, and the gradient of that.
#ifndef ROWHOUSE_CLIENT_KERAS_REGULARIZER_H_
#define ROWHOUSE_CLIENT_KERAS_REGULARIZER_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "rowhouse/keras_arguments.h"

namespace rowhouse::internal {

// INVALID_ARGUMENT naming `argument` when a coefficient is not finite. (Keras
// does not check the factor of an OrthogonalRegularizer. A table would be
// trained to NaN.)
absl::Status CheckRegularizer(absl::string_view argument,
                              const keras::Regularizer& regularizer);

// A name as the regularizer it stands for; others as they are.
// INVALID_ARGUMENT: an unknown name.
absl::StatusOr<keras::Regularizer> ResolveRegularizer(
    absl::string_view argument, const keras::Regularizer& regularizer);

struct Penalty {
  double loss = 0;
  std::vector<float> gradient;  // d loss / d values; empty: all zeros
};

// The regularizer's loss of a tensor, divided by `batch` (0: no loss), as an
// activity regularizer has it. REQUIRES: a resolved regularizer.
// INVALID_ARGUMENT: an OrthogonalRegularizer of what is no matrix.
absl::StatusOr<Penalty> PenaltyOf(const keras::Regularizer& regularizer,
                                  absl::Span<const std::int64_t> shape,
                                  absl::Span<const float> values,
                                  std::int64_t batch);

// l1 * sum |x| + l2 * sum x^2.
double LossOf(const keras::L1L2& regularizer, absl::Span<const float> values);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_KERAS_REGULARIZER_H_
