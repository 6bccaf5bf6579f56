#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/interchange/npy.h"
#include "client/interchange/safetensors.h"
#include "rowhouse/interchange.h"
#include "tests/client/interchange/recorded_checkpoints.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::interchange {
namespace {

using ::testing::ElementsAre;
using ::testing::FieldsAre;

TEST(ListTensorsTest, OfACheckpointAndOfADirectorysLatest) {
  EXPECT_THAT(
      ListTensors(FileFormat::kCheckpoint, Recorded("slices_0/ckpt")),
      IsOkAndHolds(ElementsAre(FieldsAre("emb", "float32", ElementsAre(10, 3)),
                               FieldsAre("plain", "float32", ElementsAre(1)))));
  EXPECT_THAT(ListTensors(FileFormat::kCheckpoint, Recorded("state_times")),
              IsOkAndHolds(testing::SizeIs(1)));
  EXPECT_THAT(ListTensors(FileFormat::kCheckpoint, Recorded("state_absent")),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ListTensors(FileFormat::kCheckpoint, Recorded("no/such")),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST(ListTensorsTest, OfTheOtherFormats) {
  const TempDir dir;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      NpyWriter npy, NpyWriter::Create(dir.File("a"), {Dtype::kInt8, {0}}));
  ROWHOUSE_ASSERT_OK(npy.Finish());
  EXPECT_THAT(ListTensors(FileFormat::kNpy, dir.File("a")),
              IsOkAndHolds(ElementsAre(FieldsAre("", "int8", ElementsAre(0)))));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      SafetensorsWriter safetensors,
      SafetensorsWriter::Create(dir.File("b"),
                                {{"x", {Dtype::kBfloat16, {0, 2}}}}));
  ROWHOUSE_ASSERT_OK(safetensors.Finish());
  EXPECT_THAT(
      ListTensors(FileFormat::kSafetensors, dir.File("b")),
      IsOkAndHolds(ElementsAre(FieldsAre("x", "bfloat16", ElementsAre(0, 2)))));
  EXPECT_THAT(ListTensors(FileFormat::kSafetensors, dir.File("a")),
              StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace rowhouse::interchange
