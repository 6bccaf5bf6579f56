#include "base/version.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace rowhouse {
namespace {

using ::testing::MatchesRegex;

TEST(Version, IsThreeNumbers) {
  EXPECT_THAT(std::string(Version()), MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
}

TEST(Commit, IsAHashOrUnknown) {
  EXPECT_THAT(std::string(Commit()),
              MatchesRegex("[0-9a-f]{12}(-dirty)?|unknown"));
}

}  // namespace
}  // namespace rowhouse
