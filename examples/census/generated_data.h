// Census-like rows whose true probabilities are known: stands in where the real
// data cannot be had, and tells how far from the best possible a model is.
#ifndef ROWHOUSE_EXAMPLES_CENSUS_GENERATED_DATA_H_
#define ROWHOUSE_EXAMPLES_CENSUS_GENERATED_DATA_H_

#include <cstddef>
#include <cstdint>

#include "examples/census/census_data.h"

namespace rowhouse::census {

// As many rows as the real files have.
inline constexpr std::size_t kTrainRows = 32561;
inline constexpr std::size_t kTestRows = 16281;

struct GeneratedCensus {
  Census census;
  // What nobody can beat in the long run: the mean over the test rows of the
  // greater of p and 1 - p.
  double best_accuracy = 0;
  // Of the classifier that knows p, on the labels that were drawn.
  double bayes_accuracy = 0;
  double bayes_loss = 0;
};

// Columns, values and their shares are those of the real data; values of a row
// depend on each other (marriage on age, occupation on education and sex, ...).
// A label is drawn with probability sigmoid(sum of effects), where pairs of
// columns have effects of their own. A function of the arguments.
GeneratedCensus GenerateCensus(std::uint64_t seed,
                               std::size_t train_rows = kTrainRows,
                               std::size_t test_rows = kTestRows);

}  // namespace rowhouse::census

#endif  // ROWHOUSE_EXAMPLES_CENSUS_GENERATED_DATA_H_
