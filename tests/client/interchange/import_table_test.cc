#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "client/interchange/object_graph.h"
#include "rowhouse/interchange.h"
#include "tests/client/interchange/recorded_checkpoints.h"
#include "tests/client/interchange/tables_under_test.h"

namespace rowhouse::interchange {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kNotFound = absl::StatusCode::kNotFound;

class ImportTableTest : public TablesTest {
 protected:
  absl::StatusOr<TransferSummary> Import(const std::string& table,
                                         const ImportSource& source) {
    return ImportTable(*client_, table, source);
  }
};

TEST_F(ImportTableTest, WhatIsExportedIsImportedAgainInEveryFormat) {
  const TableSpec from = Spec("from", 5);
  MakeFilled(from);
  struct Format {
    ExportTarget target;
    std::string weights;
  };
  const Format formats[] = {
      {{.path = dir_.File("names")}, "from"},
      {{.path = dir_.File("objects"), .naming = CheckpointNaming::kObjects},
       "embedding/from"},
      {{.format = FileFormat::kNpy, .path = dir_.File("a.npy")}, ""},
      {{.format = FileFormat::kSafetensors, .path = dir_.File("s")}, "from"}};
  for (const Format& format : formats) {
    ROWHOUSE_ASSERT_OK(ExportTables(*client_, {"from"}, format.target));
    TableSpec to = from;
    to.name = format.target.path;
    ROWHOUSE_ASSERT_OK(client_->CreateTable(to));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        const TransferSummary summary,
        Import(to.name, {.format = format.target.format,
                         .path = format.target.path,
                         .weights = format.weights,
                         .find_slots = true}));
    EXPECT_EQ(summary.rows, 5);
    EXPECT_EQ(summary.slots.size(), 2);
    ExpectFilled(to.name, to);
  }
}

TEST_F(ImportTableTest, SlotsThatAreNamed) {
  const TableSpec from = Spec("from", 5);
  MakeFilled(from);
  ROWHOUSE_ASSERT_OK(
      ExportTables(*client_, {"from"}, {.path = dir_.File("c")}));
  TableSpec to = from;
  to.name = "to";
  ROWHOUSE_ASSERT_OK(client_->CreateTable(to));
  ImportSource source{
      .path = dir_.File("c"),
      .weights = "from",
      .slots = {{"accum", "from/Ftrl"}, {"linear", "from/Ftrl_1"}}};
  ROWHOUSE_ASSERT_OK(Import("to", source));
  ExpectFilled("to", to);
  source.find_slots = true;
  EXPECT_THAT(Import("to", source), StatusIs(kInvalid));
  source.find_slots = false;
  source.slots = {{"accum", "from/Ftrl"}};
  EXPECT_THAT(Import("to", source), StatusIs(kInvalid, HasSubstr("linear")));
  source.slots = {{"accum", "from/Ftrl"}, {"linear", "x"}, {"m", "x"}};
  EXPECT_THAT(Import("to", source), StatusIs(kInvalid));
  source.slots = {{"accum", "from/Ftrl"}, {"linear", "x"}};
  EXPECT_THAT(Import("to", source), StatusIs(kNotFound));
}

TEST_F(ImportTableTest, WithoutSlotsRowsAreAsNeverPushed) {
  MakeFilled(Spec("from", 5));
  ROWHOUSE_ASSERT_OK(
      ExportTables(*client_, {"from"}, {.path = dir_.File("c")}));
  TableSpec to = Spec("to", 5, AdagradSpec{.initial_accumulator = 0.25f});
  ROWHOUSE_ASSERT_OK(client_->CreateTable(to));
  ROWHOUSE_ASSERT_OK(Import("to", {.path = dir_.File("c"), .weights = "from"}));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Rows rows,
                                client_->ReadRows("to", Ids(5)));
  EXPECT_EQ(rows.weights, WeightsOf(5));
  EXPECT_THAT(rows.slots, testing::Each(0.25f));
  EXPECT_THAT(rows.stored, testing::Each(1));
}

// Rows and slots of a partitioned variable that TensorFlow trained.
TEST_F(ImportTableTest, ATableThatTensorFlowTrained) {
  const std::string name = "input_layer/video_id_embedding/embedding_weights";
  TableSpec spec{.name = "t", .dim = 3, .rows = 7, .optimizer = AdagradSpec{}};
  ROWHOUSE_ASSERT_OK(client_->CreateTable(spec));
  ROWHOUSE_ASSERT_OK(
      Import("t", {.path = Recorded("v1_partitioned_fixed3_adagrad"),
                   .weights = name,
                   .find_slots = true}));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Rows rows, client_->ReadRows("t", {1}));
  EXPECT_THAT(rows.weights,
              ElementsAre(0.42923054f, 0.43906695f, -0.39583957f));
}

TEST_F(ImportTableTest, TablesOfAnyIdTakeEveryFile) {
  MakeFilled(Spec("from", 5));
  ROWHOUSE_ASSERT_OK(
      ExportTables(*client_, {"from"}, {.path = dir_.File("c")}));
  ROWHOUSE_ASSERT_OK(client_->CreateTable(Spec("any", 0)));
  ROWHOUSE_ASSERT_OK(
      Import("any", {.path = dir_.File("c"), .weights = "from"}));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const TableSummary summary,
                                client_->DescribeTable("any"));
  EXPECT_EQ(summary.rows_stored, 5);
}

TEST_F(ImportTableTest, SlotsThatTheTableLacksAreListedBesideItsOwn) {
  ROWHOUSE_ASSERT_OK(client_->CreateTable(Spec("ftrl", 5)));
  ROWHOUSE_ASSERT_OK(client_->CreateTable(Spec("sgd", 5, SgdSpec{})));
  ImportSource source{.path = dir_.File("c"),
                      .weights = "w",
                      .slots = {{"accum", "x"}, {"acc", "y"}}};
  EXPECT_THAT(Import("ftrl", source),
              StatusIs(kInvalid, HasSubstr("table ftrl has no slot 'acc'; its "
                                           "slots: accum, linear")));
  EXPECT_THAT(Import("sgd", source),
              StatusIs(kInvalid, HasSubstr("no slot 'acc'; it has none")));
  source.slots.erase("acc");
  EXPECT_THAT(Import("ftrl", source),
              StatusIs(kInvalid, HasSubstr("has a slot 'linear', which is not "
                                           "given; its slots: accum, linear")));
}

// It was "has no tensor ", without a name.
TEST_F(ImportTableTest, WhoNamesNoTensorIsToldSome) {
  std::vector<std::string> names;
  for (int i = 0; i < 10; ++i) {
    names.push_back(absl::StrCat("t", i));
    MakeFilled(Spec(names.back(), 1, SgdSpec{}));
  }
  ROWHOUSE_ASSERT_OK(ExportTables(*client_, names, {.path = dir_.File("c")}));
  const ExportTarget safetensors{.format = FileFormat::kSafetensors,
                                 .path = dir_.File("s")};
  ROWHOUSE_ASSERT_OK(ExportTables(*client_, names, safetensors));
  EXPECT_THAT(Import("t0", {.path = dir_.File("c")}),
              StatusIs(kInvalid,
                       HasSubstr("c has 10, first t0, t1, t2, t3, t4, t5, t6, "
                                 "t7")));
  EXPECT_THAT(Import("t0", {.format = FileFormat::kSafetensors,
                            .path = dir_.File("s")}),
              StatusIs(kInvalid, HasSubstr("s has 10, first t0, t1, ")));
}

// It was "tensor  is float64", without a name.
TEST_F(ImportTableTest, TheArrayOfAnNpyFileIsCalledThat) {
  MakeFilled(Spec("from", 5, SgdSpec{}));
  const ImportSource source{.format = FileFormat::kNpy,
                            .path = dir_.File("a.npy")};
  ROWHOUSE_ASSERT_OK(ExportTables(
      *client_, {"from"}, {.format = source.format, .path = source.path}));
  TableSpec wide = Spec("wide", 5);
  wide.dim = 3;
  ROWHOUSE_ASSERT_OK(client_->CreateTable(wide));
  EXPECT_THAT(Import("wide", source),
              StatusIs(kInvalid, HasSubstr("a.npy: the array is float32 [5")));
}

TEST_F(ImportTableTest, WhatDoesNotFitIsRefusedBeforeARowIsWritten) {
  MakeFilled(Spec("from", 5));
  ROWHOUSE_ASSERT_OK(
      ExportTables(*client_, {"from"}, {.path = dir_.File("c")}));
  ROWHOUSE_ASSERT_OK(client_->CreateTable(Spec("to", 6)));
  TableSpec wide = Spec("wide", 5);
  wide.dim = 3;
  ROWHOUSE_ASSERT_OK(client_->CreateTable(wide));
  const ImportSource source{.path = dir_.File("c"), .weights = "from"};
  EXPECT_THAT(Import("to", source), StatusIs(kInvalid, HasSubstr("6 rows")));
  EXPECT_THAT(Import("wide", source), StatusIs(kInvalid));
  EXPECT_THAT(Import("no", source), StatusIs(kNotFound));
  EXPECT_THAT(Import("to", {.path = dir_.File("c"), .weights = "other"}),
              StatusIs(kNotFound));
  EXPECT_THAT(Import("to", {.path = dir_.File("d"), .weights = "from"}),
              StatusIs(kNotFound));
  EXPECT_THAT(Import("to", {.format = FileFormat::kNpy,
                            .path = dir_.File("c.index"),
                            .weights = "from"}),
              StatusIs(kInvalid));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const TableSummary summary,
                                client_->DescribeTable("to"));
  EXPECT_EQ(summary.rows_stored, 0);
}

TEST_F(ImportTableTest, DamageIsFoundBeforeARowIsWritten) {
  MakeFilled(Spec("from", 5));
  ROWHOUSE_ASSERT_OK(
      ExportTables(*client_, {"from"}, {.path = dir_.File("c")}));
  ROWHOUSE_ASSERT_OK(client_->CreateTable(Spec("to", 5)));
  const std::string data = dir_.File("c.data-00000-of-00001");
  std::string bytes = BytesOf(data);
  bytes[bytes.size() - 1] = static_cast<char>(bytes[bytes.size() - 1] ^ 1);
  SetBytes(data, bytes);
  // The last byte is of the last slot.
  const ImportSource source{
      .path = dir_.File("c"), .weights = "from", .find_slots = true};
  EXPECT_THAT(Import("to", source), StatusIs(absl::StatusCode::kDataLoss));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const TableSummary summary,
                                client_->DescribeTable("to"));
  EXPECT_EQ(summary.rows_stored, 0);
  ROWHOUSE_EXPECT_OK(Import("to", {.path = dir_.File("c"), .weights = "from"}));
}

}  // namespace
}  // namespace rowhouse::interchange
