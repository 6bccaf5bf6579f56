// A shard in memory with a few counted rows, for handlers to work on.
#ifndef ROWHOUSE_TESTS_SERVER_HANDLERS_SHARD_UNDER_TEST_H_
#define ROWHOUSE_TESTS_SERVER_HANDLERS_SHARD_UNDER_TEST_H_

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "base/requests.h"
#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::server {

// Shard 0 of 1, map version 7. Table "t" (dim 2, ids below 100, any weight is
// the number of pushes to its row): id 1 was pushed once, id 2 twice.
class ShardUnderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(process_, machine_.Start());
    TableSpec spec = shard::CounterSpec("t");
    spec.rows = 100;
    ROWHOUSE_ASSERT_OK(shard().CreateTable(spec, TableIncarnation(5)));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(trainer_, shard::Trainer::Connect(shard()));
    const std::vector<Id> first = {1, 2};
    const std::vector<Id> second = {2};
    ROWHOUSE_ASSERT_OK(trainer_->Count(shard(), "t", first));
    ROWHOUSE_ASSERT_OK(trainer_->Count(shard(), "t", second));
  }

  shard::Shard& shard() { return *process_.shard; }
  shard::Trainer& trainer() { return *trainer_; }
  shard::Machine& machine() { return machine_; }

  std::vector<float> Counts() {
    const std::vector<Id> ids = {0, 1, 2};
    return shard::Counts(shard(), "t", ids);
  }

  // Rows, tables and journal are as SetUp left them; with `more` records, such
  // as that of a checkpoint.
  void ExpectNothingChanged(std::uint64_t more = 0) {
    EXPECT_EQ(Counts(), (std::vector<float>{0, 1, 2}));
    const ShardInfo info = shard().Info();
    EXPECT_EQ(info.rows_stored, 2u);
    EXPECT_EQ(info.tables, 1u);
    EXPECT_EQ(info.pushes, 2u);
    EXPECT_EQ(info.last_lsn, Lsn(3 + more));  // a session and two pushes
  }

 private:
  shard::Machine machine_;
  shard::Process process_;
  std::optional<shard::Trainer> trainer_;
};

}  // namespace rowhouse::server

#endif  // ROWHOUSE_TESTS_SERVER_HANDLERS_SHARD_UNDER_TEST_H_
