// Time as a seam: everything below server/ asks a Clock, so that tests own it.
#ifndef ROWHOUSE_BASE_CLOCK_H_
#define ROWHOUSE_BASE_CLOCK_H_

#include "absl/time/time.h"

namespace rowhouse {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() = 0;
};

// The machine's wall clock; lives for ever.
Clock& SystemClock();

}  // namespace rowhouse

#endif  // ROWHOUSE_BASE_CLOCK_H_
