#include "server/work_queue.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace rowhouse::server {

WorkQueue::WorkQueue(const Options& options) : options_(options) {
  for (std::size_t i = 0; i < options.threads; ++i) {
    threads_.emplace_back([this] { Loop(); });
  }
}

WorkQueue::~WorkQueue() { Stop(); }

absl::Status WorkQueue::Run(absl::AnyInvocable<void()> work) {
  {
    MutexLock lock(mu_);
    if (stop_) return absl::UnavailableError("the server is stopping");
    if (callers_ == options_.callers_max) {
      if (waiting_.size() >= options_.waiting_max) {
        return absl::UnavailableError(absl::StrCat(
            "the server is busy: ", waiting_.size(), " calls wait, at most ",
            options_.waiting_max, " may"));
      }
      waiting_.push_back(std::move(work));
      changed_.NotifyOne();
      return absl::OkStatus();
    }
    ++callers_;
  }
  work();
  MutexLock lock(mu_);
  --callers_;
  if (stop_) changed_.NotifyAll();
  return absl::OkStatus();
}

void WorkQueue::Stop() {
  {
    MutexLock lock(mu_);
    stop_ = true;
    changed_.NotifyAll();
    while (callers_ > 0) changed_.Wait(mu_);
  }
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void WorkQueue::Loop() {
  while (true) {
    absl::AnyInvocable<void()> work;
    {
      MutexLock lock(mu_);
      while (waiting_.empty() && !stop_) changed_.Wait(mu_);
      if (waiting_.empty()) return;
      work = std::move(waiting_.front());
      waiting_.pop_front();
    }
    work();
  }
}

}  // namespace rowhouse::server
