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

absl::Status WorkQueue::Run(std::size_t bytes,
                            absl::AnyInvocable<void()> work) {
  {
    MutexLock lock(mu_);
    if (stop_) return absl::UnavailableError("the server is stopping");
    if (options_.callers == nullptr || !options_.callers->Take()) {
      return Enqueue({bytes, std::move(work)});
    }
    ++callers_;
  }
  work();
  options_.callers->Return();
  MutexLock lock(mu_);
  --callers_;
  if (stop_) changed_.NotifyAll();
  return absl::OkStatus();
}

absl::Status WorkQueue::Enqueue(Waiting call) {
  if (waiting_.size() >= options_.waiting_max ||
      call.bytes > options_.waiting_bytes_max - waiting_bytes_) {
    return absl::UnavailableError(absl::StrCat(
        "the server is busy: ", waiting_.size(), " calls of ", waiting_bytes_,
        " bytes wait, at most ", options_.waiting_max, " of ",
        options_.waiting_bytes_max, " may"));
  }
  waiting_bytes_ += call.bytes;
  waiting_.push_back(std::move(call));
  changed_.NotifyOne();
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
      work = std::move(waiting_.front().work);
      waiting_bytes_ -= waiting_.front().bytes;
      waiting_.pop_front();
    }
    work();
  }
}

}  // namespace rowhouse::server
