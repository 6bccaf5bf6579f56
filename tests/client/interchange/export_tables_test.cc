#include <gmock/gmock.h>

#include "client/interchange/checkpoint_reader.h"
#include "client/interchange/checkpoint_state.h"
#include "rowhouse/interchange.h"
#include "tests/client/interchange/tables_under_test.h"

namespace rowhouse::interchange {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class ExportTablesTest : public TablesTest {
 protected:
  absl::StatusOr<TransferSummary> Export(const std::vector<std::string>& tables,
                                         const ExportTarget& target) {
    return ExportTables(*client_, tables, target);
  }
};

TEST_F(ExportTablesTest, SeveralTablesInOneCheckpoint) {
  MakeFilled(Spec("a", 3));
  MakeFilled(Spec("b", 2, AdagradSpec{}));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const TransferSummary summary,
                                Export({"b", "a"}, {.path = dir_.File("c")}));
  EXPECT_EQ(summary.rows, 5);
  EXPECT_EQ(summary.bytes, (3 * 6 + 2 * 4) * sizeof(float));
  EXPECT_THAT(summary.slots,
              ElementsAre("b/accumulator", "a/accum", "a/linear"));
  EXPECT_THAT(LatestCheckpoint(dir_.path()), IsOkAndHolds(dir_.File("c")));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(CheckpointReader reader,
                                CheckpointReader::Open(dir_.File("c")));
  EXPECT_THAT(reader.names(),
              ElementsAre("a", "a/Ftrl", "a/Ftrl_1", "b", "b/Adagrad"));
  std::vector<float> rows(6);
  ROWHOUSE_ASSERT_OK(reader.ReadRows("a", 0, absl::MakeSpan(rows)));
  EXPECT_EQ(rows, WeightsOf(3));
  ROWHOUSE_ASSERT_OK(reader.ReadRows("a/Ftrl_1", 0, absl::MakeSpan(rows)));
  EXPECT_THAT(rows, ElementsAre(300, 400, 301, 401, 302, 402));
}

TEST_F(ExportTablesTest, RowsNeverPushedHaveTheirFirstValues) {
  TableSpec spec = Spec("a", 2, AdagradSpec{.initial_accumulator = 0.25f});
  spec.initializer = ConstantInitializer{.value = 7};
  ROWHOUSE_ASSERT_OK(client_->CreateTable(spec));
  ROWHOUSE_ASSERT_OK(Export({"a"}, {.path = dir_.File("c")}));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(CheckpointReader reader,
                                CheckpointReader::Open(dir_.File("c")));
  std::vector<float> rows(4);
  ROWHOUSE_ASSERT_OK(reader.ReadRows("a", 0, absl::MakeSpan(rows)));
  EXPECT_THAT(rows, ElementsAre(7, 7, 7, 7));
  ROWHOUSE_ASSERT_OK(reader.ReadRows("a/Adagrad", 0, absl::MakeSpan(rows)));
  EXPECT_THAT(rows, testing::Each(0.25f));
}

TEST_F(ExportTablesTest, WithoutSlots) {
  MakeFilled(Spec("a", 3));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const TransferSummary summary,
      Export({"a"}, {.path = dir_.File("c"), .slots = false}));
  EXPECT_THAT(summary.slots, IsEmpty());
  EXPECT_EQ(summary.bytes, 3 * 2 * sizeof(float));
  EXPECT_THAT(ListTensors(FileFormat::kCheckpoint, dir_.File("c")),
              IsOkAndHolds(testing::SizeIs(1)));
}

TEST_F(ExportTablesTest, TablesThatCannotBeExported) {
  MakeFilled(Spec("a", 3));
  ROWHOUSE_ASSERT_OK(client_->CreateTable(Spec("any", 0)));
  const ExportTarget target{.path = dir_.File("c")};
  EXPECT_THAT(Export({}, target), StatusIs(kInvalid));
  EXPECT_THAT(Export({"a", "a"}, target), StatusIs(kInvalid));
  EXPECT_THAT(Export({"any"}, target), StatusIs(kInvalid, HasSubstr("any")));
  EXPECT_THAT(Export({"no"}, target), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Export({"no"}, {.path = dir_.File("no/c")}),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_FALSE(std::filesystem::exists(dir_.File("no")));
  // A file is where the directory is to be.
  const std::string made = dir_.File("c.npy");
  ROWHOUSE_ASSERT_OK(Export({"a"}, {.format = FileFormat::kNpy, .path = made}));
  EXPECT_FALSE(Export({"a"}, {.path = made + "/c"}).ok());
  EXPECT_FALSE(std::filesystem::exists(dir_.File("c.index")));
}

}  // namespace
}  // namespace rowhouse::interchange
