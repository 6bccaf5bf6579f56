#include "tests/integration/faults/freeze.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::faults {
namespace {

TEST(FreezeTest, AFrozenProcessDoesNothingMore) {
  auto* const count = static_cast<std::atomic<int>*>(
      ::mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(count, MAP_FAILED);
  const pid_t child = ::fork();
  if (child == 0) {
    while (true) ++*count;
  }
  while (*count == 0) absl::SleepFor(absl::Milliseconds(1));
  ROWHOUSE_EXPECT_OK(Freeze(child));
  const int before = *count;
  absl::SleepFor(absl::Milliseconds(20));
  EXPECT_EQ(*count, before);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ROWHOUSE_EXPECT_OK(Freeze(child));  // it is gone
  ::munmap(count, sizeof(std::atomic<int>));
}

}  // namespace
}  // namespace rowhouse::faults
