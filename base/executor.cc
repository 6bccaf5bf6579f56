#include "base/executor.h"

#include <atomic>
#include <deque>
#include <thread>
#include <utility>
#include <vector>

#include "base/mutex.h"

namespace rowhouse {
namespace {

class NeverPeriodic final : public Executor::Periodic {
 public:
  void Hurry() override {}
};

class InlineExecutor final : public Executor {
 public:
  void ForEach(std::size_t count,
               absl::FunctionRef<void(std::size_t)> fn) override {
    for (std::size_t i = 0; i < count; ++i) fn(i);
  }
  std::unique_ptr<Periodic> Every(absl::Duration,
                                  absl::AnyInvocable<void()>) override {
    return std::make_unique<NeverPeriodic>();
  }
};

// A thread that calls a function every period, or at once when hurried.
class PeriodicThread final : public Executor::Periodic {
 public:
  PeriodicThread(absl::Duration period, absl::AnyInvocable<void()> fn)
      : period_(period), fn_(std::move(fn)), thread_([this] { Loop(); }) {}

  ~PeriodicThread() override {
    {
      MutexLock lock(mu_);
      stop_ = true;
    }
    wake_.NotifyAll();
    thread_.join();
  }

  void Hurry() override {
    {
      MutexLock lock(mu_);
      hurry_ = true;
    }
    wake_.NotifyAll();
  }

 private:
  void Loop() {
    while (true) {
      {
        MutexLock lock(mu_);
        while (!stop_ && !hurry_) {
          if (!wake_.WaitFor(mu_, period_)) break;
        }
        if (stop_) return;
        hurry_ = false;
      }
      fn_();
    }
  }

  const absl::Duration period_;
  absl::AnyInvocable<void()> fn_;
  Mutex mu_;
  CondVar wake_;
  bool stop_ ABSL_GUARDED_BY(mu_) = false;
  bool hurry_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
};

// One ForEach under way: workers and caller take indexes until none is left.
struct Batch {
  Batch(std::size_t count, absl::FunctionRef<void(std::size_t)> fn)
      : count(count), fn(fn) {}

  void Work() {
    for (std::size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) {
      fn(i);
    }
  }

  const std::size_t count;
  const absl::FunctionRef<void(std::size_t)> fn;
  std::atomic<std::size_t> next{0};
  std::size_t helpers = 0;  // workers inside; guarded by the pool's mutex
};

class ThreadExecutor final : public Executor {
 public:
  explicit ThreadExecutor(std::size_t threads) {
    for (std::size_t i = 0; i < threads; ++i) {
      threads_.emplace_back([this] { Loop(); });
    }
  }

  ~ThreadExecutor() override {
    {
      MutexLock lock(mu_);
      stop_ = true;
    }
    changed_.NotifyAll();
    for (std::thread& thread : threads_) thread.join();
  }

  void ForEach(std::size_t count,
               absl::FunctionRef<void(std::size_t)> fn) override {
    if (count <= 1 || threads_.empty()) {
      for (std::size_t i = 0; i < count; ++i) fn(i);
      return;
    }
    Batch batch(count, fn);
    {
      MutexLock lock(mu_);
      batches_.push_back(&batch);
    }
    changed_.NotifyAll();
    batch.Work();
    MutexLock lock(mu_);
    std::erase(batches_, &batch);
    while (batch.helpers > 0) changed_.Wait(mu_);
  }

  std::unique_ptr<Periodic> Every(absl::Duration period,
                                  absl::AnyInvocable<void()> fn) override {
    return std::make_unique<PeriodicThread>(period, std::move(fn));
  }

 private:
  void Loop() {
    MutexLock lock(mu_);
    while (!stop_) {
      if (batches_.empty()) {
        changed_.Wait(mu_);
        continue;
      }
      Batch* batch = batches_.front();
      ++batch->helpers;
      mu_.unlock();
      batch->Work();
      mu_.lock();
      --batch->helpers;
      std::erase(batches_, batch);  // nothing is left to take
      changed_.NotifyAll();
    }
  }

  Mutex mu_;
  CondVar changed_;
  bool stop_ ABSL_GUARDED_BY(mu_) = false;
  std::deque<Batch*> batches_ ABSL_GUARDED_BY(mu_);
  std::vector<std::thread> threads_;
};

}  // namespace

std::unique_ptr<Executor> MakeInlineExecutor() {
  return std::make_unique<InlineExecutor>();
}

std::unique_ptr<Executor> MakeThreadExecutor(std::size_t threads) {
  return std::make_unique<ThreadExecutor>(threads);
}

}  // namespace rowhouse
