#include "base/session_status.h"

#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"

namespace rowhouse {
namespace {

TEST(SessionStatusTest, IsARefusalOfItsOwn) {
  const absl::Status ended = SessionEndedError("session 3 has ended");
  EXPECT_THAT(ended, StatusIs(absl::StatusCode::kFailedPrecondition,
                              "session 3 has ended"));
  EXPECT_TRUE(IsSessionEnded(ended));
  EXPECT_FALSE(IsSessionEnded(absl::FailedPreconditionError("session 3")));
  EXPECT_FALSE(IsSessionEnded(absl::OkStatus()));
}

}  // namespace
}  // namespace rowhouse
