#include "shard/row_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "base/limits.h"
#include "kernels/combine.h"
#include "tests/shard/machine.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::shard {
namespace {

using ::testing::ElementsAre;

// Lanes with the even ids stored: row id is (id, -id).
class RowReaderTest : public testing::TestWithParam<std::uint32_t> {
 protected:
  RowReaderTest() : table_(Spec(), TableIncarnation(1), GetParam()) {
    for (std::uint32_t i = 0; i < GetParam(); ++i) {
      lanes_.push_back(std::make_unique<Lane>(i));
    }
    for (Id id = 0; id < 2000; id += 2) {
      const BucketId bucket = table_.BucketOf(table_.Hash(id));
      const float value = static_cast<float>(id);
      const std::vector<float> row = {value, -value, 5.0f, 6.0f};
      lanes_[table_.LaneOf(bucket)]->Load(table_, {bucket, id, Lsn(3), row});
    }
  }
  static TableSpec Spec() {
    TableSpec spec = AdagradTable("t", 2);
    spec.initializer = ConstantInitializer{0.5f};
    return spec;
  }
  std::vector<float> Combine(const BagsView& bags) {
    std::vector<float> out(bags.bags() * 2, -1.0f);
    ROWHOUSE_EXPECT_OK(
        reader_.Combine(lanes_, table_, bags, 0, bags.bags(), out.data()));
    return out;
  }

  Table table_;
  Lanes lanes_;
  RowReader reader_;
};

INSTANTIATE_TEST_SUITE_P(Lanes, RowReaderTest, testing::Values(1, 2, 8));

TEST_P(RowReaderTest, CopiesStoredAndFirstRowsInOrder) {
  const std::vector<Id> ids = {4, 7, 4};
  std::vector<float> out(6);
  ROWHOUSE_EXPECT_OK(reader_.Copy(lanes_, table_, ids, out.data()));
  EXPECT_THAT(out, ElementsAre(4, -4, 0.5f, 0.5f, 4, -4));
}

TEST_P(RowReaderTest, CombinesBagsWithEmptyOnesBetween) {
  const std::vector<Id> ids = {2, 4, 7};
  const std::vector<std::uint32_t> splits = {0, 0, 2, 2, 3};
  EXPECT_THAT(Combine({.ids = ids, .row_splits = splits}),
              ElementsAre(0, 0, 6, -6, 0, 0, 0.5f, 0.5f));
  const std::vector<float> weights = {2.0f, 0.5f, 4.0f};
  EXPECT_THAT(Combine({.ids = ids, .weights = weights, .row_splits = splits}),
              ElementsAre(0, 0, 6, -6, 0, 0, 2, 2));
  EXPECT_THAT(Combine({.ids = ids, .weights = weights}),
              ElementsAre(4, -4, 2, -2, 2, 2));
}

// A bag of more ids than are read under the locks at once is summed in the
// order of its ids all the same: adding 1 to 2^24 is lost, one by one.
TEST_P(RowReaderTest, ALongBagIsOneSumInOrder) {
  const std::size_t count = 3 * kLaneBatchRows + 5;
  std::vector<Id> ids(count, 2);
  std::vector<float> weights(count, 0.5f);
  weights[0] = 8388608.0f;  // times the row's 2: 2^24
  const std::vector<std::uint32_t> splits = {0,
                                             static_cast<std::uint32_t>(count)};
  EXPECT_THAT(Combine({.ids = ids, .weights = weights, .row_splits = splits}),
              ElementsAre(16777216.0f, -16777216.0f));
  EXPECT_THAT(Combine({.ids = ids, .row_splits = splits}),
              ElementsAre(2.0f * count, -2.0f * count));
}

// In one go the ones are a group, whose sum is not lost beside 2^24.
TEST_P(RowReaderTest, ALongBagWithoutWeightsIsSummedInGroups) {
  const Id great = 5001, zero = 0, one = 5003;
  for (const auto& [id, value] :
       {std::pair{great, 16777216.0f}, std::pair{one, 1.0f}}) {
    const BucketId bucket = table_.BucketOf(table_.Hash(id));
    const std::vector<float> row = {value, -value, 0, 0};
    lanes_[table_.LaneOf(bucket)]->Load(table_, {bucket, id, Lsn(3), row});
  }
  for (const std::size_t more : {0, 1, 7, 8, 256, 300}) {
    std::vector<Id> ids(kLaneBatchRows + more, zero);
    ids[0] = great;
    ids.insert(ids.end(), 8, one);
    std::vector<const float*> rows;
    const float values[][1] = {{16777216.0f}, {0}, {1}};
    for (const Id id : ids) {
      rows.push_back(values[id == great ? 0 : id == zero ? 1 : 2]);
    }
    const auto count = static_cast<std::uint32_t>(ids.size());
    float whole = 0;
    kernels::CombineBags(rows, {}, {0, count}, 1, &whole);
    EXPECT_EQ(whole, 16777224.0f);
    const std::vector<std::uint32_t> splits = {0, count};
    EXPECT_THAT(Combine({.ids = ids, .row_splits = splits}),
                ElementsAre(whole, -whole));
  }
}

TEST_P(RowReaderTest, PartsOfManyBagsAreThoseOfTheWhole) {
  std::vector<Id> ids;
  std::vector<std::uint32_t> splits = {0};
  for (std::uint32_t bag = 0; bag < 300; ++bag) {
    for (std::uint32_t i = 0; i < bag % 5; ++i) ids.push_back(bag * 7 + i);
    splits.push_back(static_cast<std::uint32_t>(ids.size()));
  }
  const BagsView bags = {.ids = ids, .row_splits = splits};
  const std::vector<float> whole = Combine(bags);
  std::vector<float> parts(whole.size());
  ROWHOUSE_EXPECT_OK(
      reader_.Combine(lanes_, table_, bags, 0, 101, parts.data()));
  ROWHOUSE_EXPECT_OK(
      reader_.Combine(lanes_, table_, bags, 101, 300, parts.data() + 202));
  EXPECT_EQ(parts, whole);
  // Bag 52 holds ids 364 and 365.
  EXPECT_EQ(whole[104], 364.5f);
}

TEST_P(RowReaderTest, ReadsSlotsLsnsAndWhetherARowIsStored) {
  const std::vector<Id> ids = {4, 7};
  RowsReply reply;
  ROWHOUSE_EXPECT_OK(reader_.Read(lanes_, table_, ids, reply));
  EXPECT_THAT(reply.stored, ElementsAre(1, 0));
  EXPECT_THAT(reply.lsns, ElementsAre(3, 0));
  EXPECT_THAT(reply.weights, ElementsAre(4, -4, 0.5f, 0.5f));
  EXPECT_THAT(reply.slots, ElementsAre(5, 6, 0.1f, 0.1f));
}

}  // namespace
}  // namespace rowhouse::shard
