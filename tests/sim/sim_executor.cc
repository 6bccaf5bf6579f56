#include "tests/sim/sim_executor.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/mutex.h"

namespace rowhouse::sim {
namespace {

class PeriodicTask final : public Executor::Periodic {
 public:
  PeriodicTask(Scheduler& scheduler, std::string name, absl::Duration period,
               absl::AnyInvocable<void()> fn)
      : period_(period), fn_(std::move(fn)) {
    scheduler.Spawn(std::move(name), [this] { Loop(); });
  }

  ~PeriodicTask() override {
    MutexLock lock(mu_);
    stop_ = true;
    changed_.NotifyAll();
    while (!stopped_) changed_.Wait(mu_);
  }

  void Hurry() override {
    MutexLock lock(mu_);
    hurry_ = true;
    changed_.NotifyAll();
  }

 private:
  void Loop() {
    MutexLock lock(mu_);
    while (!stop_) {
      if (!hurry_) changed_.WaitFor(mu_, period_);
      if (stop_) break;
      hurry_ = false;
      mu_.unlock();
      fn_();
      mu_.lock();
    }
    stopped_ = true;
    changed_.NotifyAll();
  }

  const absl::Duration period_;
  absl::AnyInvocable<void()> fn_;
  Mutex mu_;
  CondVar changed_;
  bool stop_ = false;
  bool stopped_ = false;
  bool hurry_ = false;
};

}  // namespace

void SimExecutor::ForEach(std::size_t count,
                          absl::FunctionRef<void(std::size_t)> fn) {
  Mutex mu;
  CondVar changed;
  std::size_t open = count;
  for (std::size_t i = 0; i < count; ++i) {
    scheduler_.Spawn(absl::StrCat(name_, " part ", i), [&, i] {
      fn(i);
      MutexLock lock(mu);
      if (--open == 0) changed.NotifyAll();
    });
  }
  MutexLock lock(mu);
  while (open > 0) changed.Wait(mu);
}

std::unique_ptr<Executor::Periodic> SimExecutor::Every(
    absl::Duration period, absl::AnyInvocable<void()> fn) {
  return std::make_unique<PeriodicTask>(
      scheduler_, absl::StrCat(name_, " periodic"), period, std::move(fn));
}

}  // namespace rowhouse::sim
