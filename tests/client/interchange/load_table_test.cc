#include <gmock/gmock.h>

#include "rowhouse/interchange.h"
#include "tests/client/interchange/recorded_checkpoints.h"
#include "tests/client/interchange/tables_under_test.h"

namespace rowhouse::interchange {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class LoadTableTest : public TablesTest {
 protected:
  absl::Status Load(std::uint64_t rows, std::uint32_t dim,
                    const std::string& checkpoint, const std::string& tensor) {
    return LoadTableFromCheckpoint(*client_,
                                   {.name = "t", .dim = dim, .rows = rows},
                                   Recorded(checkpoint), tensor);
  }
  std::vector<float> Row(std::uint64_t id) {
    return client_->ReadRows("t", {id}).value().weights;
  }
  void ExpectNoTable() {
    EXPECT_THAT(client_->DescribeTable("t"),
                StatusIs(absl::StatusCode::kNotFound));
  }
};

TEST_F(LoadTableTest, ATableBeginsWithTheTensorsRows) {
  ROWHOUSE_ASSERT_OK(Load(5, 3, "load_0/ckpt-7", "emb/weights"));
  EXPECT_THAT(Row(0), ElementsAre(0.062f, -0.751f, -0.738f));
  EXPECT_THAT(Row(4), ElementsAre(-0.611f, -0.066f, -0.02f));
}

TEST_F(LoadTableTest, SlicesFoldersShardsAndObjects) {
  ROWHOUSE_EXPECT_OK(Load(10, 3, "slices_0/ckpt", "emb"));
  EXPECT_THAT(Row(1), ElementsAre(-0.588f, -0.721f, -0.114f));
  ROWHOUSE_ASSERT_OK(client_->DropTable("t"));
  ROWHOUSE_EXPECT_OK(Load(5, 3, "load_2", "emb/weights"));
  ROWHOUSE_ASSERT_OK(client_->DropTable("t"));
  ROWHOUSE_EXPECT_OK(Load(9, 2, "shards_1/merged", "emb"));
  ROWHOUSE_ASSERT_OK(client_->DropTable("t"));
  ROWHOUSE_EXPECT_OK(
      Load(6, 2, "object_sgd/ckpt-1",
           "model/layer_with_weights-0/embeddings/.ATTRIBUTES/VARIABLE_VALUE"));
}

TEST_F(LoadTableTest, NamesAreExact) {
  for (const char* name :
       {"emb", "emb/weights:0", "/emb/weights", "", "emb/weights/part_0"}) {
    EXPECT_THAT(Load(5, 3, "load_0/ckpt-7", name), StatusIs(kInvalid)) << name;
  }
  // Nor is an object's path a name here.
  EXPECT_THAT(
      Load(6, 2, "object_sgd/ckpt-1", "model/layer_with_weights-0/embeddings"),
      StatusIs(kInvalid));
  ExpectNoTable();
}

TEST_F(LoadTableTest, ShapesAndTypesAreExact) {
  EXPECT_THAT(Load(7, 3, "load_0/ckpt-7", "emb/weights"),
              StatusIs(kInvalid, HasSubstr("[5, 3]")));
  EXPECT_THAT(Load(4, 3, "load_0/ckpt-7", "emb/weights"), StatusIs(kInvalid));
  EXPECT_THAT(Load(5, 4, "load_0/ckpt-7", "emb/weights"), StatusIs(kInvalid));
  EXPECT_THAT(Load(0, 3, "load_0/ckpt-7", "emb/weights"), StatusIs(kInvalid));
  for (const char* name : {"small", "wide", "flat", "ints", "half", "double"}) {
    EXPECT_THAT(Load(5, 3, "load_0/ckpt-7", name), StatusIs(kInvalid)) << name;
  }
  ExpectNoTable();
}

TEST_F(LoadTableTest, ACheckpointThatIsNotThere) {
  EXPECT_THAT(Load(5, 3, "load_0/ckpt-8", "emb/weights"),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Load(10, 3, "slices_0", "emb"), StatusIs(kInvalid));
  EXPECT_THAT(Load(4, 4, "missing_data/ckpt", "second/table"),
              StatusIs(absl::StatusCode::kNotFound));
  ExpectNoTable();
}

TEST_F(LoadTableTest, OnlyDamageInTheTensorMatters) {
  EXPECT_THAT(Load(4, 4, "flip_index_20/ckpt", "second/table"),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(Load(4, 4, "flip_data_50/ckpt", "second/table"),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(Load(4, 4, "truncate_data_24/ckpt", "second/table"),
              StatusIs(absl::StatusCode::kOutOfRange));
  ExpectNoTable();
  ROWHOUSE_EXPECT_OK(Load(4, 4, "flip_data_0/ckpt", "second/table"));
}

TEST_F(LoadTableTest, AnotherTableOfThatNameIsKept) {
  ROWHOUSE_ASSERT_OK(client_->CreateTable({.name = "t", .dim = 3, .rows = 6}));
  EXPECT_THAT(Load(5, 3, "load_0/ckpt-7", "emb/weights"),
              StatusIs(absl::StatusCode::kAlreadyExists));
}

}  // namespace
}  // namespace rowhouse::interchange
