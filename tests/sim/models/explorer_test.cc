#include "tests/sim/models/explorer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace rowhouse::sim {
namespace {

using ::testing::ElementsAre;

// Two counters up to 3 each; their sum must stay below `limit`.
class Counters final : public Model {
 public:
  explicit Counters(int limit) : limit_(limit) {}

  std::vector<std::string> Actions() const override {
    std::vector<std::string> actions = {"nothing"};
    if (a_ < 3) actions.push_back("a");
    if (b_ < 3) actions.push_back("b");
    return actions;
  }
  absl::Status Take(const std::string& action) override {
    if (action == "nothing") return absl::NotFoundError("no such thing");
    ++(action == "a" ? a_ : b_);
    if (a_ + b_ < limit_) return absl::OkStatus();
    return absl::InternalError(absl::StrCat("sum ", a_ + b_));
  }
  std::string State() const override { return absl::StrCat(a_, " ", b_); }

 private:
  const int limit_;
  int a_ = 0;
  int b_ = 0;
};

TEST(ExplorerTest, EveryStateIsMetOnce) {
  const Exploration all =
      Explore([] { return std::make_unique<Counters>(100); }, 1000);
  EXPECT_EQ(all.states, 16u);
  EXPECT_TRUE(all.complete);
  EXPECT_EQ(all.violation, "");
}

TEST(ExplorerTest, AViolationComesWithTheWayThere) {
  const Exploration found =
      Explore([] { return std::make_unique<Counters>(2); }, 1000);
  EXPECT_EQ(found.violation, "sum 2");
  EXPECT_THAT(found.trace, ElementsAre("a", "a"));
  EXPECT_FALSE(found.complete);
}

TEST(ExplorerTest, ALimitIsNoCompleteness) {
  const Exploration some =
      Explore([] { return std::make_unique<Counters>(100); }, 5);
  EXPECT_FALSE(some.complete);
  EXPECT_EQ(some.violation, "");
}

}  // namespace
}  // namespace rowhouse::sim
