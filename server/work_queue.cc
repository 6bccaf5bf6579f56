#include "server/work_queue.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace rowhouse::server {

WorkQueue::WorkQueue(std::size_t threads, std::size_t waiting_max)
    : waiting_max_(waiting_max) {
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { Loop(); });
  }
}

WorkQueue::~WorkQueue() { Stop(); }

absl::Status WorkQueue::Run(absl::AnyInvocable<void()> work) {
  {
    MutexLock lock(mu_);
    if (stop_) return absl::UnavailableError("the server is stopping");
    if (waiting_.size() >= waiting_max_) {
      return absl::UnavailableError(
          absl::StrCat("the server is busy: ", waiting_.size(),
                       " calls wait, at most ", waiting_max_, " may"));
    }
    waiting_.push_back(std::move(work));
  }
  changed_.NotifyOne();
  return absl::OkStatus();
}

void WorkQueue::Stop() {
  {
    MutexLock lock(mu_);
    stop_ = true;
  }
  changed_.NotifyAll();
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
