// Who decides which thread of the simulator goes on: the seam that locks call
// in a build with ROWHOUSE_SIMULATED, in place of the system. Production builds
// do not include it.
#ifndef ROWHOUSE_BASE_SIMULATION_H_
#define ROWHOUSE_BASE_SIMULATION_H_

#include "absl/time/time.h"

namespace rowhouse::simulation {

// One system thread, many tasks that hand it to each other in these calls and
// nowhere else. Names and reasons must be literals.
class TaskSwitch {
 public:
  virtual ~TaskSwitch() = default;
  // A place where another task may go first.
  virtual void Pause(const char* place) = 0;
  // The running task rests until it is woken with the same address (true), or
  // `timeout` of simulated time has passed (false).
  virtual bool Block(const void* on, const char* why,
                     absl::Duration timeout) = 0;
  // Lets one task or all that rest on the address go on.
  virtual void Wake(const void* on, bool all) = 0;
};

// Of the simulation that runs; null outside of one, where nobody else can hold
// a lock.
inline TaskSwitch* current = nullptr;

inline void Pause(const char* place) {
  if (current != nullptr) current->Pause(place);
}
inline bool Block(const void* on, const char* why,
                  absl::Duration timeout = absl::InfiniteDuration()) {
  return current == nullptr || current->Block(on, why, timeout);
}
inline void Wake(const void* on, bool all) {
  if (current != nullptr) current->Wake(on, all);
}

}  // namespace rowhouse::simulation

#endif  // ROWHOUSE_BASE_SIMULATION_H_
