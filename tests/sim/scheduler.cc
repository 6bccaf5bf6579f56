#include "tests/sim/scheduler.h"

#include <ucontext.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "base/log.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif

namespace rowhouse {
namespace sim {
namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t kStackBytes = 1u << 20;  // red zones make frames larger
#else
constexpr std::size_t kStackBytes = 256u << 10;
#endif

// AddressSanitizer must be told which stack is in use; elsewhere nothing.
void BeginSwitch([[maybe_unused]] void** save,
                 [[maybe_unused]] const void* stack,
                 [[maybe_unused]] std::size_t bytes) {
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_start_switch_fiber(save, stack, bytes);
#endif
}
void EndSwitch([[maybe_unused]] void* saved,
               [[maybe_unused]] const void** from_stack,
               [[maybe_unused]] std::size_t* from_bytes) {
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_finish_switch_fiber(saved, from_stack, from_bytes);
#endif
}

}  // namespace

struct Scheduler::Task {
  std::uint64_t id = 0;
  std::string name;
  absl::AnyInvocable<void()> fn;
  std::unique_ptr<char[]> stack;
  ucontext_t context{};
  void* fake_stack = nullptr;
  // While it rests.
  const void* on = nullptr;
  const char* why = "";
  absl::Time until;
  bool woken = false;
  bool ended = false;
};

// The stack that Run was called on.
struct Scheduler::Outside {
  ucontext_t context{};
  void* fake_stack = nullptr;
  const void* stack = nullptr;
  std::size_t bytes = 0;
};

Scheduler::Scheduler(Choices& choices, std::uint64_t steps_max)
    : choices_(choices),
      steps_max_(steps_max),
      now_(absl::FromUnixSeconds(1'700'000'000)),
      outside_(std::make_unique<Outside>()) {}

Scheduler::~Scheduler() {
  // What is on such a stack may be used by others: it stays.
  static auto* const left = new std::vector<std::unique_ptr<Task>>;
  for (auto& task : tasks_) {
    if (!task->ended) left->push_back(std::move(task));
  }
}

void Scheduler::Spawn(std::string name, absl::AnyInvocable<void()> fn) {
  auto task = std::make_unique<Task>();
  task->id = ++next_id_;
  task->name = std::move(name);
  task->fn = std::move(fn);
  if (stacks_.empty()) {
    task->stack = std::make_unique<char[]>(kStackBytes);
  } else {
    task->stack = std::move(stacks_.back());
    stacks_.pop_back();
  }
  getcontext(&task->context);
  task->context.uc_stack.ss_sp = task->stack.get();
  task->context.uc_stack.ss_size = kStackBytes;
  task->context.uc_link = nullptr;
  makecontext(&task->context, &Scheduler::Enter, 0);
  ready_.push_back(task.get());
  tasks_.push_back(std::move(task));
  ++live_;
}

// Where a new task begins, and the only frame that it never leaves.
void Scheduler::Enter() {
  auto* const scheduler = static_cast<Scheduler*>(simulation::current);
  Task& task = *scheduler->running_;
  EndSwitch(nullptr, &scheduler->outside_->stack, &scheduler->outside_->bytes);
  task.fn();
  task.fn = nullptr;
  task.ended = true;
  BeginSwitch(nullptr, scheduler->outside_->stack, scheduler->outside_->bytes);
  swapcontext(&task.context, &scheduler->outside_->context);
}

void Scheduler::SwitchTo(Task& task) {
  running_ = &task;
  BeginSwitch(&outside_->fake_stack, task.stack.get(), kStackBytes);
  swapcontext(&outside_->context, &task.context);
  EndSwitch(outside_->fake_stack, nullptr, nullptr);
  running_ = nullptr;
}

void Scheduler::SwitchOut(Task& task) {
  BeginSwitch(&task.fake_stack, outside_->stack, outside_->bytes);
  swapcontext(&task.context, &outside_->context);
  EndSwitch(task.fake_stack, &outside_->stack, &outside_->bytes);
}

void Scheduler::CountStep(std::uint64_t what) {
  ++steps_;
  digest_ = Mix64(digest_ ^ what) + what;
  if (steps_ >= steps_max_) exhausted_ = true;
}

absl::Status Scheduler::Run() {
  simulation::TaskSwitch* const before =
      std::exchange(simulation::current, this);
  absl::Status status;
  while (live_ > 0 && status.ok()) {
    if (exhausted_) {
      status = absl::DeadlineExceededError(absl::StrCat(
          "no end after ", steps_, " steps; these go on: ", Describe()));
    } else if (next_ != nullptr || !ready_.empty()) {
      Task* const task = TakeReady();
      SwitchTo(*task);
      if (!task->ended) continue;
      --live_;
      stacks_.push_back(std::move(task->stack));
      std::erase_if(tasks_, [&](const auto& t) { return t.get() == task; });
    } else if (!MoveTime()) {
      status = absl::AbortedError(
          absl::StrCat("nobody can go on; these wait: ", Describe()));
    }
  }
  simulation::current = before;
  return status;
}

Scheduler::Task* Scheduler::TakeReady() {
  if (next_ != nullptr) return std::exchange(next_, nullptr);
  return TakeReady(ready_.size() == 1 ? 0 : choices_.Wake(ready_.size()));
}

Scheduler::Task* Scheduler::TakeReady(std::size_t at) {
  Task* const task = ready_[at];
  ready_.erase(ready_.begin() + static_cast<std::ptrdiff_t>(at));
  CountStep(task->id);
  return task;
}

bool Scheduler::MoveTime() {
  absl::Time next = absl::InfiniteFuture();
  for (const Task* task : resting_) next = std::min(next, task->until);
  if (next == absl::InfiniteFuture()) return false;
  now_ = std::max(now_, next);
  for (Task* task : resting_) {
    if (task->until <= now_) ready_.push_back(task);
  }
  std::erase_if(resting_, [&](Task* task) { return task->until <= now_; });
  return true;
}

void Scheduler::Pause(const char*) {
  if (quiet_ > 0) return;
  Task& task = *running_;
  CountStep(task.id);
  // A run without end is stopped where it pauses next.
  if (!exhausted_) {
    if (ready_.empty()) return;
    const std::size_t choice = choices_.Next(ready_.size() + 1);
    if (choice == 0) return;
    next_ = TakeReady(choice - 1);
  }
  task.why = "paused";
  ready_.push_back(&task);
  SwitchOut(task);
}

bool Scheduler::Block(const void* on, const char* why, absl::Duration timeout) {
  Task& task = *running_;
  task.on = on;
  task.why = why;
  task.woken = false;
  task.until = now_ + timeout;
  resting_.push_back(&task);
  SwitchOut(task);
  task.on = nullptr;
  return task.woken;
}

void Scheduler::Wake(const void* on, bool all) {
  std::vector<Task*> candidates;
  for (Task* task : resting_) {
    if (task->on == on) candidates.push_back(task);
  }
  if (candidates.empty()) return;
  if (!all && candidates.size() > 1) {
    candidates = {candidates[choices_.Wake(candidates.size())]};
  }
  for (Task* task : candidates) {
    task->woken = true;
    ready_.push_back(task);
  }
  std::erase_if(resting_, [](Task* task) { return task->woken; });
}

void Scheduler::Sleep(absl::Duration duration) {
  Task& task = *running_;
  // Nobody else knows the address.
  Block(&task, "sleep", std::max(duration, absl::Nanoseconds(1)));
}

const std::string& Scheduler::task() const {
  static const std::string none = "outside";
  return running_ == nullptr ? none : running_->name;
}

std::string Scheduler::Describe() const {
  std::string text;
  for (const auto& task : tasks_) {
    if (task->ended) continue;
    absl::StrAppend(&text, text.empty() ? "" : "; ", task->name, " (",
                    task->why, ")");
  }
  return text;
}

}  // namespace sim

// base/log.h of a simulation. This object file is always linked and comes
// first, so that base/log.cc is not: thousands of shards die here.
namespace {

void Tell(absl::string_view event, LogFields fields) {
  if (simulation::current == nullptr) return;
  std::string line = absl::StrCat("log: ", event);
  for (const auto& [key, value] : fields) {
    absl::StrAppend(&line, " ", key, "=", value);
  }
  static_cast<sim::Scheduler*>(simulation::current)->Log(line);
}

}  // namespace

void ConfigureLog(LogFormat, LogLevel) {}
void LogDebug(absl::string_view event, LogFields fields) {
  Tell(event, fields);
}
void LogInfo(absl::string_view event, LogFields fields) { Tell(event, fields); }
void LogWarning(absl::string_view event, LogFields fields) {
  Tell(event, fields);
}
void LogError(absl::string_view event, LogFields fields) {
  Tell(event, fields);
}

}  // namespace rowhouse
