#include "shard/write_back.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/limits.h"
#include "storage/mem_disk.h"
#include "tests/shard/machine.h"
#include "tests/testing/forwarding_row_store.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

// A row store in memory that notes how far the journal was synced when rows
// came, and can be full.
class NotingRowStore final : public ForwardingRowStore {
 public:
  explicit NotingRowStore(storage::Journal& journal)
      : ForwardingRowStore(storage::MakeMemRowStore()), journal_(journal) {}

  absl::Status Write(TableIncarnation table,
                     absl::Span<const storage::RowImage> rows) override {
    if (++writes == full_at) return absl::ResourceExhaustedError("full");
    for (const storage::RowImage& row : rows) {
      EXPECT_LE(row.lsn, journal_.synced()) << "row " << row.id;
    }
    return ForwardingRowStore::Write(table, rows);
  }

  int writes = 0;
  int full_at = 0;  // 0: never

 private:
  storage::Journal& journal_;
};

class WriteBackTest : public testing::Test {
 protected:
  void SetUp() override {
    for (std::uint32_t i = 0; i < 2; ++i) {
      lanes_.push_back(std::make_unique<Lane>(i));
    }
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        journal_, storage::Journal::Open(
                      disk_, {.directory = "/journal", .segment_bytes = 1024}));
    store_ = std::make_unique<NotingRowStore>(*journal_);
    ROWHOUSE_ASSERT_OK(store_->CreateTable(TableIncarnation(1)));
  }

  // Journals a record and adds 1 to the rows of `ids`.
  void Push(const std::vector<Id>& ids) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Lsn lsn, journal_->Append(3, {}));
    const std::vector<float> ones(ids.size(), 1.0f);
    PushWork work;
    ROWHOUSE_ASSERT_OK(
        work.FillGradients({{&table_, {.ids = ids}, ones}}, {0, kBuckets}, 2));
    work.set_lsn(lsn);
    for (const std::uint32_t lane : work.lanes()) {
      lanes_[lane]->Enqueue(work);
      lanes_[lane]->Drain(lsn);
    }
  }
  std::vector<float> Stored() {
    std::vector<float> values;
    ROWHOUSE_EXPECT_OK(store_->Scan(TableIncarnation(1), {0, kBuckets},
                                    [&](const storage::RowImage& row) {
                                      values.push_back(row.values[0]);
                                      return absl::OkStatus();
                                    }));
    return values;
  }
  absl::StatusOr<std::size_t> WriteBack() {
    return WriteTableBack(table_, lanes_, *journal_, *store_);
  }

  storage::MemDisk disk_;
  std::unique_ptr<storage::Journal> journal_;
  std::unique_ptr<NotingRowStore> store_;
  Lanes lanes_;
  Table table_{CounterSpec("t", 1), TableIncarnation(1), 2};
};

TEST_F(WriteBackTest, SyncsTheJournalBeforeItWritesRows) {
  Push({1, 2, 3});
  Push({2});
  EXPECT_LT(journal_->synced(), journal_->last());
  EXPECT_THAT(WriteBack(), IsOkAndHolds(3u));
  EXPECT_EQ(journal_->synced(), journal_->last());
  EXPECT_THAT(Stored(), testing::UnorderedElementsAre(1, 2, 1));
  EXPECT_THAT(WriteBack(), IsOkAndHolds(0u));
}

TEST_F(WriteBackTest, WhatAFullStoreRefusedIsWrittenLater) {
  std::vector<Id> ids;
  for (Id id = 0; id < 2 * kWriteBackRowsMax + 100; ++id) ids.push_back(id);
  Push(ids);
  store_->full_at = 2;
  EXPECT_THAT(WriteBack(), StatusIs(absl::StatusCode::kResourceExhausted));
  Push({0});
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const std::size_t written, WriteBack());
  EXPECT_GT(written, 0u);
  const std::vector<float> stored = Stored();
  EXPECT_EQ(stored.size(), ids.size());
  EXPECT_EQ(std::count(stored.begin(), stored.end(), 2.0f), 1);
}

TEST_F(WriteBackTest, WritesNothingThatTheJournalCannotSync) {
  Push({1});
  disk_.FailSync(1, absl::UnavailableError("broken"));
  EXPECT_THAT(WriteBack(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(store_->writes, 0);
}

}  // namespace
}  // namespace rowhouse::shard
