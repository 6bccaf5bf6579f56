// Compares an optimizer with its formula written for one weight.
#ifndef ROWHOUSE_TESTS_KERNELS_OPTIMIZERS_REFERENCE_H_
#define ROWHOUSE_TESTS_KERNELS_OPTIMIZERS_REFERENCE_H_

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include "absl/functional/function_ref.h"
#include "kernels/optimizers/optimizer.h"
#include "rowhouse/table_spec.h"
#include "tests/kernels/every_target.h"
#include "tests/kernels/optimizers/recorded_steps.h"
#include "tests/kernels/random_floats.h"

namespace rowhouse::kernels {

// Steps one weight: value[0] is the weight, value[k] its k-th slot value.
using ReferenceStep =
    absl::FunctionRef<void(float g, float* value, const StepTerms& terms)>;

// Nine rows and two steps (the first and the fifth) in every width from 1 to 70
// and on every SIMD target: the same bits as `step` on each weight, and not a
// float beyond the rows.
inline void ExpectReferenceBits(const OptimizerSpec& spec, ReferenceStep step) {
  constexpr std::size_t kRows = 9;
  constexpr float kGuard = 12345;
  for (std::uint32_t dim = 1; dim <= 70; ++dim) {
    SCOPED_TRACE(dim);
    const TableSpec table = TableOf(spec, dim);
    const std::size_t parts = 1 + SlotFloats(table) / dim;
    const std::size_t stride = parts * dim + 1;  // a guard behind each row
    std::vector<float> start = RandomFloats(kRows * stride, dim);
    for (std::size_t r = 0; r < kRows; ++r) {
      InitialSlots(table, &start[r * stride]);
      start[(r + 1) * stride - 1] = kGuard;
    }
    const std::vector<float> gradients[] = {
        RandomFloats(kRows * dim, dim + 100),
        RandomFloats(kRows * dim, dim + 200)};
    std::vector<float> expected = start;
    for (std::size_t s = 0; s < 2; ++s) {
      const std::vector<float>& g = gradients[s];
      for (std::size_t i = 0; i < kRows * dim; ++i) {
        float* row = &expected[i / dim * stride];
        float value[4];
        for (std::size_t k = 0; k < parts; ++k) {
          value[k] = row[k * dim + i % dim];
        }
        step(g[i], value, TermsAt(spec, 4 * s));
        for (std::size_t k = 0; k < parts; ++k) {
          row[k * dim + i % dim] = value[k];
        }
      }
    }
    ForEveryTarget([&] {
      std::vector<float> values = start;
      std::vector<float*> rows;
      for (std::size_t r = 0; r < kRows; ++r) {
        rows.push_back(&values[r * stride]);
      }
      for (std::size_t s = 0; s < 2; ++s) {
        ApplyGradients(table, TermsAt(spec, 4 * s), rows,
                       RowsOf(gradients[s], dim));
      }
      ASSERT_EQ(Bits(values), Bits(expected));
    });
  }
}

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_TESTS_KERNELS_OPTIMIZERS_REFERENCE_H_
