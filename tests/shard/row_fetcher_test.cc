#include "shard/row_fetcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::HasSubstr;

class RowFetcherTest : public testing::Test {
 protected:
  void SetUp() override {
    ROWHOUSE_ASSERT_OK(store_->CreateTable(table_.incarnation()));
  }
  void Store(Id id, std::vector<float> values) {
    const BucketId bucket = table_.BucketOf(table_.Hash(id));
    ROWHOUSE_ASSERT_OK(
        store_->Write(table_.incarnation(), {{bucket, id, Lsn(id), values}}));
  }
  void Add(Id id) { fetcher_.Add(id, table_.Hash(id)); }

  Table table_{CounterSpec("t", 2), TableIncarnation(1), 4};
  const std::unique_ptr<storage::RowStore> store_ = storage::MakeMemRowStore();
  RowFetcher fetcher_;
};

TEST_F(RowFetcherTest, FindsWhatIsThereInTheOrderAsked) {
  for (const Id id : {7, 8, 9}) Store(id, {static_cast<float>(id), 1.0f});
  for (int batch = 0; batch < 2; ++batch) {
    fetcher_.Begin(table_);
    for (const Id id : {9, 1, 7, 9, 1}) Add(id);
    ROWHOUSE_ASSERT_OK(fetcher_.Fetch(*store_));
    ASSERT_EQ(fetcher_.size(), 5);
    for (const std::size_t row : {0, 2, 3}) {
      ASSERT_TRUE(fetcher_.found(row));
      const Id id = row == 2 ? 7 : 9;
      EXPECT_EQ(fetcher_.lsn(row), Lsn(id));
      EXPECT_EQ(fetcher_.values(row)[0], static_cast<float>(id));
      EXPECT_EQ(fetcher_.values(row)[1], 1.0f);
    }
    EXPECT_FALSE(fetcher_.found(1));
    EXPECT_FALSE(fetcher_.found(4));
  }
}

TEST_F(RowFetcherTest, ARowOfAnotherWidthIsDamage) {
  Store(7, {1.0f, 2.0f});
  Store(8, {1.0f, 2.0f, 3.0f});
  fetcher_.Begin(table_);
  Add(7);
  Add(8);
  EXPECT_THAT(fetcher_.Fetch(*store_),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("id 8 has 3 floats, expected 2")));
  EXPECT_FALSE(fetcher_.found(0));
  EXPECT_FALSE(fetcher_.found(1));
}

TEST_F(RowFetcherTest, ErrorsOfTheStoreComeBack) {
  ROWHOUSE_ASSERT_OK(store_->DropTable(table_.incarnation()));
  fetcher_.Begin(table_);
  Add(7);
  EXPECT_THAT(fetcher_.Fetch(*store_), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace rowhouse::shard
