// Where work runs. Rooms below server/ start no threads: they are given an
// Executor, a pool in production and the calling thread in tests.
#ifndef ROWHOUSE_BASE_EXECUTOR_H_
#define ROWHOUSE_BASE_EXECUTOR_H_

#include <cstddef>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/time/time.h"

namespace rowhouse {

// Thread-safe.
class Executor {
 public:
  virtual ~Executor() = default;

  // Calls fn(0) .. fn(count - 1), each once, in any order and possibly at the
  // same time; returns when all are done. The caller's thread takes part, so
  // it may be called from inside a call.
  virtual void ForEach(std::size_t count,
                       absl::FunctionRef<void(std::size_t)> fn) = 0;

  // Calls `fn` every `period` until the returned handle is destroyed; the
  // destructor waits for a call under way. An executor without threads never
  // calls it: tests then call the work themselves.
  class Periodic {
   public:
    virtual ~Periodic() = default;
    // Asks for a call now, not at the end of the period.
    virtual void Hurry() = 0;
  };
  virtual std::unique_ptr<Periodic> Every(absl::Duration period,
                                          absl::AnyInvocable<void()> fn) = 0;
};

// Runs everything in the calling thread, in order; Every() never fires.
std::unique_ptr<Executor> MakeInlineExecutor();

// `threads` workers for ForEach (0: the caller alone does the work) and one
// thread per Every().
std::unique_ptr<Executor> MakeThreadExecutor(std::size_t threads);

}  // namespace rowhouse

#endif  // ROWHOUSE_BASE_EXECUTOR_H_
