// An Executor whose workers are tasks of a scheduler.
#ifndef ROWHOUSE_TESTS_SIM_SIM_EXECUTOR_H_
#define ROWHOUSE_TESTS_SIM_SIM_EXECUTOR_H_

#include <memory>
#include <string>

#include "base/executor.h"
#include "tests/sim/scheduler.h"

namespace rowhouse::sim {

// `name` is that of its tasks. The scheduler must outlive it.
class SimExecutor final : public Executor {
 public:
  SimExecutor(Scheduler& scheduler, std::string name)
      : scheduler_(scheduler), name_(std::move(name)) {}

  void ForEach(std::size_t count,
               absl::FunctionRef<void(std::size_t)> fn) override;
  std::unique_ptr<Periodic> Every(absl::Duration period,
                                  absl::AnyInvocable<void()> fn) override;

 private:
  Scheduler& scheduler_;
  const std::string name_;
};

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_SIM_EXECUTOR_H_
