// The life of one row under an optimizer, as TensorFlow 2.15.1 recorded it.
#ifndef ROWHOUSE_TESTS_KERNELS_OPTIMIZERS_RECORDED_STEPS_H_
#define ROWHOUSE_TESTS_KERNELS_OPTIMIZERS_RECORDED_STEPS_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "kernels/aggregate.h"
#include "kernels/optimizers/optimizer.h"
#include "rowhouse/table_spec.h"

namespace rowhouse::kernels {

struct RecordedStep {
  // Every gradient of the row in this step; repeats are summed first.
  std::vector<std::vector<float>> gradients;
  std::vector<float> row;  // after it: weights, then slots
};

// A table with nothing but an optimizer.
inline TableSpec TableOf(const OptimizerSpec& spec, std::size_t dim) {
  return {
      .name = "t", .dim = static_cast<std::uint32_t>(dim), .optimizer = spec};
}

// The terms of a step under the optimizer's own rate.
inline StepTerms TermsAt(const OptimizerSpec& spec, std::uint64_t step) {
  return {LearningRate(spec), step};
}

// A row with its first slots behind `weights`.
inline std::vector<float> NewRow(const OptimizerSpec& spec,
                                 std::vector<float> weights) {
  const TableSpec table = TableOf(spec, weights.size());
  weights.resize(weights.size() + SlotFloats(table), -1e30f);
  InitialSlots(table, weights.data());
  return weights;
}

// One step of one row, after `step` others.
inline void Step(const OptimizerSpec& spec, const std::vector<float>& gradient,
                 std::vector<float>& row, std::uint64_t step = 0) {
  ApplyGradients(TableOf(spec, gradient.size()), TermsAt(spec, step),
                 {row.data()}, {gradient.data()});
}

// The same without a gradient, of a row of `dim` weights.
inline void Miss(const OptimizerSpec& spec, std::size_t dim,
                 std::vector<float>& row, std::uint64_t step = 0) {
  MissedStep(TableOf(spec, dim), TermsAt(spec, step), {row.data()});
}

// Steps a row as recorded and compares within 1e-6 of its greatest magnitude,
// weights and each slot for themselves, which is what TensorFlow's own
// rounding allows.
inline void ExpectRecorded(const OptimizerSpec& spec,
                           const std::vector<float>& weights,
                           const std::vector<RecordedStep>& steps) {
  const std::size_t dim = weights.size();
  std::vector<float> row = NewRow(spec, weights);
  Aggregator aggregator;
  for (std::size_t s = 0; s < steps.size(); ++s) {
    SCOPED_TRACE(s);
    std::vector<const float*> gradients;
    for (const auto& g : steps[s].gradients) gradients.push_back(g.data());
    const std::vector<Id> ids(gradients.size(), 0);
    aggregator.Aggregate({ids, gradients, {}}, dim);
    ApplyGradients(TableOf(spec, dim), TermsAt(spec, s), {row.data()},
                   aggregator.sums());
    ASSERT_EQ(row.size(), steps[s].row.size());
    for (std::size_t part = 0; part < row.size(); part += dim) {
      float greatest = 0;
      for (std::size_t c = 0; c < dim; ++c) {
        greatest = std::max(greatest, std::fabs(steps[s].row[part + c]));
      }
      for (std::size_t c = 0; c < dim; ++c) {
        EXPECT_NEAR(row[part + c], steps[s].row[part + c], 1e-6f * greatest)
            << "part " << part / dim << " column " << c;
      }
    }
  }
}

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_TESTS_KERNELS_OPTIMIZERS_RECORDED_STEPS_H_
