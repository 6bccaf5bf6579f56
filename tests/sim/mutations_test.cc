#include "tests/sim/mutations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace rowhouse::sim {
namespace {

using ::testing::SizeIs;

TEST(MutationsTest, EveryOneHasANameOfItsOwn) {
  std::set<std::string> names;
  std::set<Mutation> mutations;
  for (const NamedMutation& named : Mutations()) {
    names.insert(named.name);
    mutations.insert(named.mutation);
  }
  EXPECT_THAT(names, SizeIs(Mutations().size()));
  EXPECT_THAT(mutations, SizeIs(Mutations().size()));
  EXPECT_FALSE(mutations.contains(Mutation::kNone));
  // The last one there is.
  EXPECT_EQ(static_cast<std::size_t>(Mutation::kEvictedRowMadeNew),
            Mutations().size());
}

TEST(MutationsTest, OneIsInTheProductWhileItIsHuntedAndNotAfter) {
  const auto found = Hunt(Mutation::kDedupOutsideJournal, 1, 200);
  ASSERT_TRUE(found.has_value());
  EXPECT_NE(found->what, "");
  EXPECT_EQ(active_mutation, Mutation::kNone);
  EXPECT_EQ(Hunt(Mutation::kNone, found->seed, 1), std::nullopt);
}

}  // namespace
}  // namespace rowhouse::sim
