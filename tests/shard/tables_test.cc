#include "shard/tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/shard/machine.h"

namespace rowhouse::shard {
namespace {

TEST(TablesTest, FindsByNameAndByIncarnation) {
  Tables tables;
  for (const auto& [name, incarnation] : {std::pair("b", 2), {"a", 1}}) {
    tables.Add(std::make_unique<Table>(CounterSpec(name),
                                       TableIncarnation(incarnation), 1));
  }
  Table* const a = tables.Find("a");
  Table* const b = tables.Find("b");
  ASSERT_NE(a, nullptr);
  ASSERT_NE(b, nullptr);
  EXPECT_EQ(tables.Find(TableIncarnation(1)), a);
  EXPECT_EQ(tables.Find("c"), nullptr);
  EXPECT_EQ(tables.Find(TableIncarnation(3)), nullptr);
  EXPECT_THAT(tables.All(), testing::ElementsAre(a, b));

  tables.Remove("a");
  EXPECT_EQ(tables.Find("a"), nullptr);
  EXPECT_EQ(tables.Find(TableIncarnation(1)), nullptr);
  EXPECT_EQ(tables.size(), 1u);
  tables.Clear();
  EXPECT_EQ(tables.Find(TableIncarnation(2)), nullptr);
  EXPECT_EQ(tables.size(), 0u);
}

}  // namespace
}  // namespace rowhouse::shard
