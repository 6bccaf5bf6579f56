// Runs a test body with every SIMD instruction set that the build contains and
// this processor has, so that equal bits are a fact and not a hope.
#ifndef ROWHOUSE_TESTS_KERNELS_EVERY_TARGET_H_
#define ROWHOUSE_TESTS_KERNELS_EVERY_TARGET_H_

#include <gtest/gtest.h>

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "hwy/highway.h"
#include "hwy/targets.h"

namespace rowhouse::kernels {

inline void ForEveryTarget(absl::FunctionRef<void()> body) {
  const std::int64_t supported = hwy::SupportedTargets();
  std::int64_t remaining = supported & HWY_TARGETS;  // the scalar one is in it
  while (remaining != 0) {
    const std::int64_t target = remaining & -remaining;
    remaining &= remaining - 1;
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::GetChosenTarget().Update(target);
    body();
  }
  hwy::GetChosenTarget().Update(supported);
}

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_TESTS_KERNELS_EVERY_TARGET_H_
