#include "client/interchange/row_writer.h"

#include <gmock/gmock.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/interchange/row_batches.h"
#include "tests/client/interchange/tables_under_test.h"

namespace rowhouse::interchange {
namespace {

// Rows whose value is their number plus `base`; `bad` fails its checksum.
class CountedRows : public RowSource {
 public:
  CountedRows(std::uint64_t rows, std::uint32_t width, float base = 0,
              bool bad = false)
      : RowSource(rows), width_(width), base_(base), bad_(bad) {}
  absl::Status Verify() override {
    return bad_ ? absl::DataLossError("bad") : absl::OkStatus();
  }
  absl::Status Read(std::uint64_t first, absl::Span<float> out) override {
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = base_ + static_cast<float>(first + i / width_);
    }
    return absl::OkStatus();
  }

 private:
  const std::uint32_t width_;
  const float base_;
  const bool bad_;
};

class RowWriterTest : public TablesTest {};

TEST_F(RowWriterTest, SlotsOfARowLieSideBySide) {
  const TableSpec spec = Spec("t", 3);
  ROWHOUSE_ASSERT_OK(client_->CreateTable(spec));
  TableRows rows;
  rows.weights = std::make_unique<CountedRows>(3, 2);
  rows.slots.push_back(std::make_unique<CountedRows>(3, 2, 10));
  rows.slots.push_back(std::make_unique<CountedRows>(3, 2, 20));
  ROWHOUSE_ASSERT_OK(CheckRows(spec, rows));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const TransferSummary summary,
                                WriteTable(*client_, spec, rows, nullptr));
  EXPECT_EQ(summary.rows, 3);
  EXPECT_EQ(summary.bytes, 3 * 6 * sizeof(float));
  EXPECT_THAT(summary.slots, testing::ElementsAre("t/accum", "t/linear"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Rows written,
                                client_->ReadRows("t", Ids(3)));
  EXPECT_THAT(written.weights, testing::ElementsAre(0, 0, 1, 1, 2, 2));
  EXPECT_THAT(written.slots, testing::ElementsAre(10, 10, 20, 20, 11, 11, 21,
                                                  21, 12, 12, 22, 22));
}

TEST_F(RowWriterTest, ManyBatchesAreOneTable) {
  const TableSpec spec{.name = "wide", .dim = 4096, .rows = 1000};
  ROWHOUSE_ASSERT_OK(client_->CreateTable(spec));
  ASSERT_LT(RowsOfBatch(spec.dim), 300);
  TableRows rows;
  rows.weights = std::make_unique<CountedRows>(spec.rows, spec.dim);
  std::uint64_t last = 0;
  int calls = 0;
  ROWHOUSE_ASSERT_OK(WriteTable(*client_, spec, rows,
                                [&](std::uint64_t done, std::uint64_t all) {
                                  EXPECT_GT(done, last);
                                  EXPECT_EQ(all, 1000);
                                  last = done;
                                  ++calls;
                                }));
  EXPECT_EQ(last, 1000);
  EXPECT_GT(calls, 3);
  for (const std::uint64_t id : {0, 255, 256, 257, 999}) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Rows row,
                                  client_->ReadRows("wide", {id}));
    EXPECT_THAT(row.weights, testing::Each(static_cast<float>(id)));
  }
}

TEST_F(RowWriterTest, CountsAreOfTheTableAndOfOneAnother) {
  TableRows rows;
  rows.weights = std::make_unique<CountedRows>(3, 2);
  EXPECT_THAT(CheckRows(Spec("t", 4), rows),
              StatusIs(absl::StatusCode::kInvalidArgument));
  ROWHOUSE_EXPECT_OK(CheckRows(Spec("t", 3), rows));
  ROWHOUSE_EXPECT_OK(CheckRows(Spec("t", 0), rows));
  rows.slots.push_back(std::make_unique<CountedRows>(2, 2));
  EXPECT_THAT(CheckRows(Spec("t", 3), rows),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(RowWriterTest, DamageInASlotIsFoundBeforeARowIsWritten) {
  TableRows rows;
  rows.weights = std::make_unique<CountedRows>(3, 2);
  rows.slots.push_back(std::make_unique<CountedRows>(3, 2));
  rows.slots.push_back(std::make_unique<CountedRows>(3, 2, 0, true));
  EXPECT_THAT(CheckRows(Spec("t", 3), rows),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(RowWriterTest, BatchesAreBounded) {
  EXPECT_EQ(RowsOfBatch(1u << 30), 1);
  EXPECT_EQ(RowsOfBatch(1), kBatchBytes / sizeof(float));
}

}  // namespace
}  // namespace rowhouse::interchange
