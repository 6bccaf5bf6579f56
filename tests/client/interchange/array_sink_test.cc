#include "client/interchange/array_sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/interchange/checkpoint_reader.h"
#include "client/interchange/checkpoint_state.h"
#include "client/interchange/npy.h"
#include "client/interchange/object_graph.h"
#include "client/interchange/safetensors.h"
#include "tests/client/interchange/recorded_checkpoints.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::interchange {
namespace {

using ::testing::ElementsAre;

const std::vector<ExportedArray>& Arrays() {
  static const auto* const arrays = new std::vector<ExportedArray>{
      {.table = "w.x", .saver_key = "w.x", .shape = {2, 1}},
      {.table = "w.x", .slot = "m", .saver_key = "w.x/Adam", .shape = {2, 1}}};
  return *arrays;
}

class ArraySinkTest : public testing::Test {
 protected:
  absl::Status Write(const ExportTarget& target) {
    ROWHOUSE_ASSIGN_OR_RETURN(const auto sink, MakeArraySink(target, Arrays()));
    for (const std::size_t array : {1, 0}) {
      const float base = array == 0 ? 1.0f : 3.0f;
      ROWHOUSE_RETURN_IF_ERROR(sink->Append(array, {base}));
      ROWHOUSE_RETURN_IF_ERROR(sink->Append(array, {base + 1}));
    }
    return sink->Finish();
  }

  TempDir dir_;
};

TEST_F(ArraySinkTest, CheckpointsOfNames) {
  ROWHOUSE_ASSERT_OK(Write({.path = dir_.File("c-1")}));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(CheckpointReader reader,
                                CheckpointReader::Open(dir_.File("c-1")));
  EXPECT_THAT(reader.names(), ElementsAre("w.x", "w.x/Adam"));
  std::vector<float> floats(2);
  ROWHOUSE_ASSERT_OK(reader.ReadRows("w.x/Adam", 0, absl::MakeSpan(floats)));
  EXPECT_THAT(floats, ElementsAre(3, 4));
}

TEST_F(ArraySinkTest, CheckpointsOfObjects) {
  ROWHOUSE_ASSERT_OK(
      Write({.path = dir_.File("c-1"), .naming = CheckpointNaming::kObjects}));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(CheckpointReader reader,
                                CheckpointReader::Open(dir_.File("c-1")));
  EXPECT_THAT(reader.names(),
              ElementsAre(kObjectGraphKey, VariableKey("embedding/w..x.Sm"),
                          VariableKey("embedding/w..x")));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Tensor tensor,
                                reader.Read(kObjectGraphKey));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ObjectGraph graph,
                                ParseObjectGraph(tensor.strings[0]));
  EXPECT_THAT(FindVariable(graph, "embedding/w..x.Sm"),
              IsOkAndHolds(VariableKey("embedding/w..x.Sm")));
}

TEST_F(ArraySinkTest, ACheckpointBecomesTheLatest) {
  for (const char* name : {"c-1", "c-2", "c-1"}) {
    ROWHOUSE_ASSERT_OK(Write({.path = dir_.File(name)}));
    EXPECT_THAT(LatestCheckpoint(dir_.path()), IsOkAndHolds(dir_.File(name)));
  }
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto state,
                                ReadCheckpointState(dir_.path()));
  EXPECT_THAT(state->all, ElementsAre(dir_.File("c-2"), dir_.File("c-1")));
}

// Each export put "./" before the names of all earlier ones.
TEST_F(ArraySinkTest, TheCurrentDirectorysNamesStayAsTheyAre) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(dir_.path());
  for (const char* path : {"c-1", "./c-2", "c-3", "c-1"}) {
    ROWHOUSE_EXPECT_OK(Write({.path = path}));
  }
  EXPECT_THAT(LatestCheckpoint("."), IsOkAndHolds("./c-1"));
  std::filesystem::current_path(before);
  EXPECT_EQ(BytesOf(dir_.File("checkpoint")),
            "model_checkpoint_path: \"c-1\"\n"
            "all_model_checkpoint_paths: \"c-2\"\n"
            "all_model_checkpoint_paths: \"c-3\"\n"
            "all_model_checkpoint_paths: \"c-1\"\n");
}

TEST_F(ArraySinkTest, ArraysOfSafetensors) {
  ROWHOUSE_ASSERT_OK(Write({.format = FileFormat::kSafetensors,
                            .path = dir_.File("a.safetensors")}));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const SafetensorsReader reader,
      SafetensorsReader::Open(dir_.File("a.safetensors")));
  EXPECT_EQ(reader.tensors().size(), 2);
  EXPECT_EQ(reader.tensors().count("w.x/m"), 1);
}

TEST_F(ArraySinkTest, ArraysOfNpyAreFilesBesideEachOther) {
  ROWHOUSE_ASSERT_OK(
      Write({.format = FileFormat::kNpy, .path = dir_.File("a.npy")}));
  ROWHOUSE_EXPECT_OK(NpyReader::Open(dir_.File("a.npy")));
  ROWHOUSE_EXPECT_OK(NpyReader::Open(dir_.File("a.m.npy")));
  EXPECT_EQ(NpySlotPath("x/a", "m"), "x/a.m.npy");
}

TEST_F(ArraySinkTest, ANpyFileHoldsOneTable) {
  const std::vector<ExportedArray> two = {
      {.table = "a", .saver_key = "a", .shape = {1, 1}},
      {.table = "b", .saver_key = "b", .shape = {1, 1}}};
  EXPECT_THAT(
      MakeArraySink({.format = FileFormat::kNpy, .path = dir_.File("a.npy")},
                    two),
      StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_TRUE(std::filesystem::is_empty(dir_.path()));
}

TEST_F(ArraySinkTest, PathsThatAreNoPrefix) {
  EXPECT_THAT(Write({.path = dir_.File("")}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Write({.path = ""}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Write({.path = dir_.File("checkpoint")}),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(ArraySinkTest, AnArrayThatIsNotFullLeavesNothing) {
  {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        const auto sink, MakeArraySink({.path = dir_.File("c")}, Arrays()));
    ROWHOUSE_ASSERT_OK(sink->Append(0, {1, 2}));
    EXPECT_THAT(sink->Finish(),
                StatusIs(absl::StatusCode::kFailedPrecondition));
  }
  EXPECT_TRUE(std::filesystem::is_empty(dir_.path()));
}

}  // namespace
}  // namespace rowhouse::interchange
