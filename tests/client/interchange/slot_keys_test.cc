#include "client/interchange/slot_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/interchange/checkpoint_writer.h"
#include "client/interchange/object_graph.h"
#include "tests/client/interchange/recorded_checkpoints.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::interchange {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TableSpec SpecOf(const OptimizerSpec& optimizer) {
  return {.name = "t", .dim = 3, .optimizer = optimizer};
}

absl::StatusOr<std::vector<std::string>> Found(const std::string& prefix,
                                               const OptimizerSpec& optimizer,
                                               const std::string& weights) {
  ROWHOUSE_ASSIGN_OR_RETURN(CheckpointReader reader,
                            CheckpointReader::Open(Recorded(prefix)));
  return FindSlotKeys(reader, SpecOf(optimizer), weights);
}

TEST(SlotKeysTest, NamesOfASaver) {
  constexpr auto kTf1 = Generation::kTf1;
  const auto keys = [](const OptimizerSpec& optimizer) {
    return NamedSlotKeys(SpecOf(optimizer), "v");
  };
  EXPECT_THAT(keys(SgdSpec{}), IsEmpty());
  EXPECT_THAT(keys(AdagradSpec{}), ElementsAre("v/Adagrad"));
  EXPECT_THAT(keys(MomentumSpec{.generation = kTf1}),
              ElementsAre("v/Momentum"));
  EXPECT_THAT(keys(AdamSpec{.generation = kTf1}),
              ElementsAre("v/Adam", "v/Adam_1"));
  EXPECT_THAT(keys(FtrlSpec{}), ElementsAre("v/Ftrl", "v/Ftrl_1"));
  EXPECT_THAT(keys(AdadeltaSpec{.generation = kTf1}),
              ElementsAre("v/Adadelta", "v/Adadelta_1"));
  EXPECT_THAT(keys(RmsPropSpec{.generation = kTf1}),
              ElementsAre("v/RMSProp", "v/RMSProp_1"));
  // rms, momentum, mg: the last was made before the second.
  EXPECT_THAT(keys(RmsPropSpec{.generation = kTf1, .centered = true}),
              ElementsAre("v/RMSProp", "v/RMSProp_2", "v/RMSProp_1"));
}

TEST(SlotKeysTest, OtherOptimizersHaveTheirSlotsNames) {
  EXPECT_THAT(
      NamedSlotKeys(SpecOf(AdamSpec{.generation = Generation::kTpu}), "v"),
      ElementsAre("v/momenta", "v/velocities"));
  EXPECT_THAT(NamedSlotKeys(SpecOf(YogiSpec{}), "v"),
              ElementsAre("v/m", "v/v"));
}

TEST(SlotKeysTest, SlotsOfSaversAreFound) {
  const std::string name = "input_layer/video_id_embedding/embedding_weights";
  EXPECT_THAT(Found("v1_adam/model.ckpt-2",
                    AdamSpec{.generation = Generation::kTf1}, name),
              IsOkAndHolds(ElementsAre(name + "/Adam", name + "/Adam_1")));
  EXPECT_THAT(
      Found("v1_partitioned_fixed3_adagrad/model.ckpt-2", AdagradSpec{}, name),
      IsOkAndHolds(ElementsAre(name + "/Adagrad")));
  EXPECT_THAT(Found("v1_adagrad/model.ckpt-2", FtrlSpec{}, name),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("accum")));
}

TEST(SlotKeysTest, SlotVariablesOfLegacyKerasAreFound) {
  const std::string variable = "model/layer_with_weights-0/embeddings";
  EXPECT_THAT(
      Found("object_legacy_ftrl/ckpt-1",
            FtrlSpec{.generation = Generation::kKerasLegacy},
            VariableKey(variable)),
      IsOkAndHolds(ElementsAre(
          VariableKey(variable + "/.OPTIMIZER_SLOT/optimizer/accumulator"),
          VariableKey(variable + "/.OPTIMIZER_SLOT/optimizer/linear"))));
}

TEST(SlotKeysTest, VariablesOfNewKerasAreFoundByTheirFullNames) {
  const std::string variable = "model/layer_with_weights-0/embeddings";
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto keys,
      Found("object_adam/ckpt", AdamSpec{.generation = Generation::kKeras},
            VariableKey(variable)));
  EXPECT_THAT(keys, ElementsAre(VariableKey("optimizer/_variables/1"),
                                VariableKey("optimizer/_variables/2")));
}

TEST(SlotKeysTest, SlotsOfATpuEmbeddingAreFound) {
  EXPECT_THAT(
      Found("tpu_serving_2/ckpt", FtrlSpec{.generation = Generation::kTpu},
            VariableKey("embedding/table_0")),
      IsOkAndHolds(ElementsAre(VariableKey("embedding/table_0.Saccumulators"),
                               VariableKey("embedding/table_0.Slinears"))));
}

// It was read, whatever its size, before it was found to be no graph.
TEST(SlotKeysTest, AGraphThatIsNotOneStringIsNotRead) {
  const TempDir dir;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(CheckpointWriter writer,
                                CheckpointWriter::Create(dir.File("c")));
  ROWHOUSE_ASSERT_OK(writer.AddStrings(kObjectGraphKey, {2}, {"", ""}));
  ROWHOUSE_ASSERT_OK(writer.Finish());
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(CheckpointReader reader,
                                CheckpointReader::Open(dir.File("c")));
  EXPECT_THAT(FindTensorKey(reader, "embedding/t"),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("string [2], not one string")));
}

TEST(SlotKeysTest, TensorsMayBeNamedByTheirObject) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      CheckpointReader objects,
      CheckpointReader::Open(Recorded("tpu_serving_2/ckpt")));
  EXPECT_THAT(FindTensorKey(objects, "embedding/table_0"),
              IsOkAndHolds(VariableKey("embedding/table_0")));
  EXPECT_THAT(FindTensorKey(objects, VariableKey("embedding/table_0")),
              IsOkAndHolds(VariableKey("embedding/table_0")));
  EXPECT_THAT(FindTensorKey(objects, "embedding/table_9"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("table_9")));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      CheckpointReader names,
      CheckpointReader::Open(Recorded("v1_adagrad/model.ckpt-2")));
  EXPECT_THAT(FindTensorKey(names, "dense/bias"), IsOkAndHolds("dense/bias"));
  EXPECT_THAT(FindTensorKey(names, "dense"),
              StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace rowhouse::interchange
