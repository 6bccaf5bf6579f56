// What every RowStore promises, as tests. Include it once per binary and
// instantiate RowStoreContract with a maker of worlds.
#ifndef ROWHOUSE_TESTS_CONTRACT_ROW_STORE_CONTRACT_H_
#define ROWHOUSE_TESTS_CONTRACT_ROW_STORE_CONTRACT_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/limits.h"
#include "storage/disk.h"
#include "storage/row_store.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::storage {

// A place where row stores of one kind lie.
class RowStoreWorld {
 public:
  virtual ~RowStoreWorld() = default;
  // A directory that exists and is empty at first.
  virtual std::string root() = 0;
  virtual Disk& disk() = 0;
  virtual absl::StatusOr<std::unique_ptr<RowStore>> Open(
      const std::string& path, bool read_only) = 0;
};

struct RowStoreKind {
  std::string name;
  std::function<std::unique_ptr<RowStoreWorld>()> make;
};

// A row as the test remembers it; values by their bits, so that NaN and -0
// compare.
struct ContractRow {
  std::uint16_t bucket = 0;
  Id id = 0;
  std::uint64_t lsn = 0;
  std::vector<std::uint32_t> bits;
  friend bool operator==(const ContractRow&, const ContractRow&) = default;
};

inline void PrintTo(const ContractRow& row, std::ostream* out) {
  *out << "bucket " << row.bucket << " id " << row.id << " lsn " << row.lsn
       << " bits " << ::testing::PrintToString(row.bits);
}

class RowStoreContract : public ::testing::TestWithParam<RowStoreKind> {
 protected:
  static constexpr TableIncarnation kTable{0x0123456789abcdef};
  static constexpr TableIncarnation kOther{2};
  static constexpr BucketRange kAll{0, kBuckets};

  void SetUp() override {
    world_ = GetParam().make();
    Reopen();
  }

  std::string path() { return world_->root() + "/rows"; }

  void Reopen() {
    store_.reset();
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(store_, world_->Open(path(), false));
  }

  static RowImage Image(std::uint16_t bucket, Id id, std::uint64_t lsn,
                        absl::Span<const float> values) {
    return {.bucket = BucketId(bucket),
            .id = id,
            .lsn = Lsn(lsn),
            .values = values};
  }

  static ContractRow Row(std::uint16_t bucket, Id id, std::uint64_t lsn,
                         std::vector<float> values) {
    ContractRow row{.bucket = bucket, .id = id, .lsn = lsn};
    for (const float value : values) {
      row.bits.push_back(std::bit_cast<std::uint32_t>(value));
    }
    return row;
  }

  static std::vector<ContractRow> Rows(const RowStore& store,
                                       TableIncarnation table,
                                       BucketRange buckets = kAll) {
    std::vector<ContractRow> rows;
    ROWHOUSE_EXPECT_OK(store.Scan(table, buckets, [&](const RowImage& image) {
      rows.push_back(Row(image.bucket.value(), image.id, image.lsn.value(),
                         {image.values.begin(), image.values.end()}));
      return absl::OkStatus();
    }));
    return rows;
  }

  // Every file below `directory` with its content.
  std::map<std::string, std::string> Files(const std::string& directory) {
    std::map<std::string, std::string> files;
    const auto names = world_->disk().List(directory);
    for (const std::string& name : names.value()) {
      files[name] =
          world_->disk().Read(directory + "/" + name, 1u << 30).value();
    }
    return files;
  }

  std::unique_ptr<RowStoreWorld> world_;
  std::unique_ptr<RowStore> store_;
};

TEST_P(RowStoreContract, TablesAreMadeOnceAndDroppedAtWill) {
  EXPECT_THAT(store_->Tables(), ::testing::IsEmpty());
  ROWHOUSE_EXPECT_OK(store_->CreateTable(kTable));
  ROWHOUSE_EXPECT_OK(store_->CreateTable(kOther));
  EXPECT_THAT(store_->CreateTable(kTable),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       ::testing::HasSubstr("0123456789abcdef")));
  EXPECT_THAT(store_->Tables(),
              ::testing::UnorderedElementsAre(kTable, kOther));
  ROWHOUSE_EXPECT_OK(store_->DropTable(kTable));
  ROWHOUSE_EXPECT_OK(store_->DropTable(kTable));
  EXPECT_THAT(store_->Tables(), ::testing::ElementsAre(kOther));
}

TEST_P(RowStoreContract, AnUnknownTableIsNotFound) {
  const auto not_found = StatusIs(absl::StatusCode::kNotFound,
                                  ::testing::HasSubstr("0123456789abcdef"));
  EXPECT_THAT(store_->Write(kTable, {}), not_found);
  EXPECT_THAT(store_->Flush(kTable), not_found);
  EXPECT_THAT(store_->MultiGet(kTable, {},
                               [](std::size_t, const RowImage&) {
                                 return absl::OkStatus();
                               }),
              not_found);
  EXPECT_THAT(store_->Scan(kTable, kAll,
                           [](const RowImage&) { return absl::OkStatus(); }),
              not_found);
}

TEST_P(RowStoreContract, RowsComeInOrderOfBucketAndId) {
  ROWHOUSE_ASSERT_OK(store_->CreateTable(kTable));
  const std::vector<float> values = {1.5f, -2.0f};
  // Written in another order; ids and buckets whose bytes sort otherwise when
  // an end is mixed up.
  ROWHOUSE_ASSERT_OK(store_->Write(
      kTable, {Image(256, 1, 5, values), Image(255, 256, 4, values),
               Image(0, ~Id{0}, 2, values), Image(16383, 0, 6, values),
               Image(255, 255, 3, values), Image(0, Id{1} << 63, 1, values)}));
  EXPECT_THAT(Rows(*store_, kTable),
              ::testing::ElementsAre(
                  Row(0, Id{1} << 63, 1, values), Row(0, ~Id{0}, 2, values),
                  Row(255, 255, 3, values), Row(255, 256, 4, values),
                  Row(256, 1, 5, values), Row(16383, 0, 6, values)));
}

TEST_P(RowStoreContract, AScanKeepsToItsBuckets) {
  ROWHOUSE_ASSERT_OK(store_->CreateTable(kTable));
  const std::vector<float> values = {0.0f};
  ROWHOUSE_ASSERT_OK(store_->Write(
      kTable, {Image(0, 7, 1, values), Image(99, ~Id{0}, 2, values),
               Image(100, 0, 3, values), Image(101, 0, 4, values),
               Image(16383, ~Id{0}, 5, values)}));
  const auto lsns = [&](std::uint32_t begin, std::uint32_t end) {
    std::vector<std::uint64_t> lsns;
    for (const ContractRow& row : Rows(*store_, kTable, {begin, end})) {
      lsns.push_back(row.lsn);
    }
    return lsns;
  };
  EXPECT_THAT(lsns(0, 16384), ::testing::ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(lsns(100, 101), ::testing::ElementsAre(3));
  EXPECT_THAT(lsns(99, 101), ::testing::ElementsAre(2, 3));
  EXPECT_THAT(lsns(1, 99), ::testing::IsEmpty());
  EXPECT_THAT(lsns(16383, 16384), ::testing::ElementsAre(5));
  EXPECT_THAT(lsns(100, 100), ::testing::IsEmpty());
  EXPECT_THAT(lsns(101, 100), ::testing::IsEmpty());
}

TEST_P(RowStoreContract, EveryBitOfARowComesBack) {
  ROWHOUSE_ASSERT_OK(store_->CreateTable(kTable));
  const std::vector<float> odd = {-0.0f, std::numeric_limits<float>::infinity(),
                                  std::bit_cast<float>(0x7fc12345u),
                                  std::bit_cast<float>(0x00000001u),
                                  std::numeric_limits<float>::lowest()};
  const std::vector<float> wide(3 * kDimMax, 0.25f);
  ROWHOUSE_ASSERT_OK(
      store_->Write(kTable, {Image(1, 1, ~std::uint64_t{0}, odd),
                             Image(1, 2, 0, {}), Image(1, 3, 9, wide)}));
  ROWHOUSE_ASSERT_OK(store_->Flush(kTable));
  Reopen();
  EXPECT_THAT(Rows(*store_, kTable),
              ::testing::ElementsAre(Row(1, 1, ~std::uint64_t{0}, odd),
                                     Row(1, 2, 0, {}), Row(1, 3, 9, wide)));
}

TEST_P(RowStoreContract, TheLastWriteOfARowStays) {
  ROWHOUSE_ASSERT_OK(store_->CreateTable(kTable));
  const std::vector<float> a = {1.0f};
  const std::vector<float> b = {2.0f, 3.0f};
  ROWHOUSE_ASSERT_OK(
      store_->Write(kTable, {Image(3, 3, 1, b), Image(3, 3, 2, a)}));
  EXPECT_THAT(Rows(*store_, kTable), ::testing::ElementsAre(Row(3, 3, 2, a)));
  ROWHOUSE_ASSERT_OK(store_->Flush(kTable));
  ROWHOUSE_ASSERT_OK(store_->Write(kTable, {Image(3, 3, 3, b)}));
  EXPECT_THAT(Rows(*store_, kTable), ::testing::ElementsAre(Row(3, 3, 3, b)));
}

TEST_P(RowStoreContract, FlushedRowsAndAllTablesSurviveReopening) {
  const std::vector<float> values = {1.0f, 2.0f};
  ROWHOUSE_ASSERT_OK(store_->CreateTable(kTable));
  ROWHOUSE_ASSERT_OK(store_->CreateTable(kOther));
  ROWHOUSE_ASSERT_OK(store_->Write(kTable, {Image(3, 3, 1, values)}));
  ROWHOUSE_ASSERT_OK(store_->Flush(kTable));
  Reopen();
  EXPECT_THAT(store_->Tables(),
              ::testing::UnorderedElementsAre(kTable, kOther));
  EXPECT_THAT(Rows(*store_, kTable),
              ::testing::ElementsAre(Row(3, 3, 1, values)));
  EXPECT_THAT(Rows(*store_, kOther), ::testing::IsEmpty());
}

TEST_P(RowStoreContract, ATableMadeAnewIsEmpty) {
  const std::vector<float> values = {1.0f};
  for (const TableIncarnation table : {kTable, kOther}) {
    ROWHOUSE_ASSERT_OK(store_->CreateTable(table));
    ROWHOUSE_ASSERT_OK(store_->Write(table, {Image(3, 3, 1, values)}));
    ROWHOUSE_ASSERT_OK(store_->Flush(table));
  }
  ROWHOUSE_ASSERT_OK(store_->DropTable(kTable));
  ROWHOUSE_ASSERT_OK(store_->CreateTable(kTable));
  EXPECT_THAT(Rows(*store_, kTable), ::testing::IsEmpty());
  Reopen();
  EXPECT_THAT(Rows(*store_, kTable), ::testing::IsEmpty());
  EXPECT_THAT(Rows(*store_, kOther),
              ::testing::ElementsAre(Row(3, 3, 1, values)));
}

TEST_P(RowStoreContract, AnErrorOfTheVisitorEndsTheScan) {
  ROWHOUSE_ASSERT_OK(store_->CreateTable(kTable));
  ROWHOUSE_ASSERT_OK(store_->Write(
      kTable, {Image(1, 1, 1, {}), Image(1, 2, 2, {}), Image(1, 3, 3, {})}));
  int visits = 0;
  EXPECT_THAT(store_->Scan(kTable, kAll,
                           [&](const RowImage& row) {
                             ++visits;
                             return row.id == 2 ? absl::AbortedError("enough")
                                                : absl::OkStatus();
                           }),
              StatusIs(absl::StatusCode::kAborted, "enough"));
  EXPECT_EQ(visits, 2);
}

TEST_P(RowStoreContract, RowsAreReadByTheirPlaces) {
  ROWHOUSE_ASSERT_OK(store_->CreateTable(kTable));
  const std::vector<float> old = {0.0f};
  const std::vector<float> odd = {-0.0f, std::bit_cast<float>(0x7fc12345u)};
  // Some flushed, some not; one of each written twice.
  ROWHOUSE_ASSERT_OK(store_->Write(kTable, {Image(0, 7, 1, old)}));
  for (std::uint16_t i = 0; i < 300; ++i) {
    ROWHOUSE_ASSERT_OK(store_->Write(kTable, {Image(i, 2 * i, i + 10, odd)}));
    if (i == 150) {
      ROWHOUSE_ASSERT_OK(store_->Flush(kTable));
    }
  }
  ROWHOUSE_ASSERT_OK(store_->Write(kTable, {Image(0, 7, 2, odd)}));
  std::vector<RowPlace> places = {{BucketId(0), 0}, {BucketId(0), 7}};
  std::map<std::size_t, ContractRow> expected = {{0, Row(0, 0, 10, odd)},
                                                 {1, Row(0, 7, 2, odd)}};
  for (std::uint16_t i = 1; i < 301; ++i) {
    if (i < 300) expected[places.size()] = Row(i, 2 * i, i + 10, odd);
    places.push_back({BucketId(i), 2ull * i});
    places.push_back({BucketId(i), 2ull * i + 1});  // never written
  }
  const auto expect_rows = [&] {
    std::map<std::size_t, ContractRow> seen;
    std::size_t last = 0;
    ROWHOUSE_EXPECT_OK(store_->MultiGet(
        kTable, places, [&](std::size_t index, const RowImage& image) {
          EXPECT_GE(index, last);
          last = index;
          seen[index] = Row(image.bucket.value(), image.id, image.lsn.value(),
                            {image.values.begin(), image.values.end()});
          return absl::OkStatus();
        }));
    EXPECT_EQ(seen, expected);
  };
  expect_rows();
  ROWHOUSE_ASSERT_OK(store_->Flush(kTable));
  Reopen();
  expect_rows();
  ROWHOUSE_EXPECT_OK(store_->MultiGet(
      kTable, {}, [](std::size_t, const RowImage&) -> absl::Status {
        return absl::InternalError("nothing was asked for");
      }));
}

TEST_P(RowStoreContract, AnErrorOfTheVisitorEndsTheReading) {
  ROWHOUSE_ASSERT_OK(store_->CreateTable(kTable));
  ROWHOUSE_ASSERT_OK(store_->Write(
      kTable, {Image(1, 1, 1, {}), Image(1, 2, 2, {}), Image(1, 3, 3, {})}));
  const std::vector<RowPlace> places = {
      {BucketId(1), 1}, {BucketId(1), 2}, {BucketId(1), 3}};
  int visits = 0;
  EXPECT_THAT(store_->MultiGet(kTable, places,
                               [&](std::size_t, const RowImage& row) {
                                 ++visits;
                                 return row.id == 2 ? absl::AbortedError("no")
                                                    : absl::OkStatus();
                               }),
              StatusIs(absl::StatusCode::kAborted, "no"));
  EXPECT_EQ(visits, 2);
}

TEST_P(RowStoreContract, AVisitorMayWriteAndDropWithoutChangingTheScan) {
  const std::vector<float> values = {1.0f};
  ROWHOUSE_ASSERT_OK(store_->CreateTable(kTable));
  ROWHOUSE_ASSERT_OK(
      store_->Write(kTable, {Image(1, 1, 1, values), Image(1, 2, 2, values)}));
  ROWHOUSE_ASSERT_OK(store_->Flush(kTable));
  std::vector<Id> seen;
  ROWHOUSE_ASSERT_OK(
      store_->Scan(kTable, kAll, [&](const RowImage& row) -> absl::Status {
        seen.push_back(row.id);
        if (row.id != 1) return absl::OkStatus();
        ROWHOUSE_RETURN_IF_ERROR(
            store_->Write(kTable, {Image(1, 3, 3, values)}));
        return store_->DropTable(kTable);
      }));
  EXPECT_THAT(seen, ::testing::ElementsAre(1, 2));
}

TEST_P(RowStoreContract, ACopyIsWhatWasFlushed) {
  const std::vector<float> values = {1.0f, 2.0f};
  ROWHOUSE_ASSERT_OK(store_->CreateTable(kTable));
  ROWHOUSE_ASSERT_OK(store_->CreateTable(kOther));
  ROWHOUSE_ASSERT_OK(
      store_->Write(kTable, {Image(3, 3, 1, values), Image(4, 4, 2, values)}));
  ROWHOUSE_ASSERT_OK(store_->Flush(kTable));
  const std::string copy = world_->root() + "/copy";
  ROWHOUSE_ASSERT_OK(store_->CopyTo(copy));

  ROWHOUSE_ASSERT_OK(store_->Write(kTable, {Image(3, 3, 9, values)}));
  ROWHOUSE_ASSERT_OK(store_->Flush(kTable));
  ROWHOUSE_ASSERT_OK(store_->DropTable(kOther));

  const auto before = Files(copy);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto copied, world_->Open(copy, true));
  EXPECT_THAT(copied->Tables(),
              ::testing::UnorderedElementsAre(kTable, kOther));
  EXPECT_THAT(
      Rows(*copied, kTable),
      ::testing::ElementsAre(Row(3, 3, 1, values), Row(4, 4, 2, values)));
  EXPECT_THAT(Rows(*copied, kOther), ::testing::IsEmpty());
  copied.reset();
  EXPECT_EQ(Files(copy), before) << "reading changed the directory";
}

TEST_P(RowStoreContract, ACopyOpenForReadingRefusesChanges) {
  ROWHOUSE_ASSERT_OK(store_->CreateTable(kTable));
  const std::string copy = world_->root() + "/copy";
  ROWHOUSE_ASSERT_OK(store_->CopyTo(copy));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto copied, world_->Open(copy, true));
  const auto refused = StatusIs(absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(copied->CreateTable(kOther), refused);
  EXPECT_THAT(copied->DropTable(kTable), refused);
  EXPECT_THAT(copied->Write(kTable, {Image(1, 1, 1, {})}), refused);
  EXPECT_THAT(copied->Flush(kTable), refused);
}

TEST_P(RowStoreContract, ACopyOntoSomethingIsRefused) {
  EXPECT_THAT(store_->CopyTo(path()), StatusIs(absl::StatusCode::kAlreadyExists,
                                               ::testing::HasSubstr(path())));
}

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_TESTS_CONTRACT_ROW_STORE_CONTRACT_H_
