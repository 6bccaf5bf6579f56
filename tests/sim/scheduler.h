// Tasks with a stack each, on one system thread, in simulated time. Which one
// goes on is a choice wherever one pauses, rests or ends; so a run is a
// function of its choices, and the same choices give the same run.
#ifndef ROWHOUSE_TESTS_SIM_SCHEDULER_H_
#define ROWHOUSE_TESTS_SIM_SCHEDULER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/simulation.h"
#include "tests/sim/choices.h"

namespace rowhouse::sim {

class Scheduler final : public simulation::TaskSwitch, public Clock {
 public:
  // `steps_max`: after so many places where a task could be exchanged the run
  // counts as one without end.
  Scheduler(Choices& choices, std::uint64_t steps_max);
  // Tasks that have not ended are left where they are; what their stacks own is
  // lost.
  ~Scheduler() override;

  // Begins a task, from outside or from another task.
  void Spawn(std::string name, absl::AnyInvocable<void()> fn);

  // Who is told what the product logs while Run runs; nobody, unless called.
  void OnLog(std::function<void(const std::string& line)> fn) {
    on_log_ = std::move(fn);
  }
  void Log(const std::string& line) {
    if (on_log_) on_log_(line);
  }

  // Runs until every task has ended. DEADLINE_EXCEEDED: more steps than
  // allowed; ABORTED: nobody can go on. Both say who waits for what. Then the
  // scheduler can only be destroyed.
  absl::Status Run();

  // Of the running task, or between tasks. Time moves only when nobody can go
  // on, to the earliest moment that somebody waits for.
  absl::Time Now() override { return now_; }
  absl::Time now() const { return now_; }
  void Sleep(absl::Duration duration);
  const std::string& task() const;

  // Places passed so far, and a number of which task went on at each.
  std::uint64_t steps() const { return steps_; }
  std::uint64_t digest() const { return digest_; }
  // Whether every task has ended.
  bool finished() const { return live_ == 0; }

  // While one lives no other task goes on: what happens between is one step.
  class Quiet {
   public:
    explicit Quiet(Scheduler& scheduler) : scheduler_(scheduler) {
      ++scheduler_.quiet_;
    }
    ~Quiet() { --scheduler_.quiet_; }
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;

   private:
    Scheduler& scheduler_;
  };

  void Pause(const char* place) override;
  bool Block(const void* on, const char* why, absl::Duration timeout) override;
  void Wake(const void* on, bool all) override;

 private:
  struct Task;

  static void Enter();
  void SwitchOut(Task& task);
  void SwitchTo(Task& task);
  void CountStep(std::uint64_t what);
  // Makes those ready whose time comes next; false when there are none.
  bool MoveTime();
  Task* TakeReady();
  Task* TakeReady(std::size_t at);
  std::string Describe() const;

  Choices& choices_;
  const std::uint64_t steps_max_;
  absl::Time now_;
  std::uint64_t steps_ = 0;
  std::uint64_t digest_ = 0;
  std::uint64_t next_id_ = 0;
  std::size_t live_ = 0;
  bool exhausted_ = false;
  int quiet_ = 0;
  std::function<void(const std::string& line)> on_log_;
  Task* running_ = nullptr;
  Task* next_ = nullptr;  // chosen already
  struct Outside;
  std::unique_ptr<Outside> outside_;
  std::vector<std::unique_ptr<Task>> tasks_;
  std::vector<Task*> ready_;
  std::vector<Task*> resting_;
  std::vector<std::unique_ptr<char[]>> stacks_;  // free ones
};

}  // namespace rowhouse::sim

#endif  // ROWHOUSE_TESTS_SIM_SCHEDULER_H_
