#include "client/interchange/row_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "client/interchange/npy.h"
#include "tests/client/interchange/recorded_checkpoints.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::interchange {
namespace {

using ::testing::ElementsAre;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
// 0, 1, ... 5.
constexpr float kValues[] = {0, 1, 2, 3, 4, 5};

absl::string_view Bytes() {
  return {reinterpret_cast<const char*>(kValues), sizeof(kValues)};
}

std::string Npy(const TempDir& dir, const TensorInfo& info) {
  NpyWriter writer = NpyWriter::Create(dir.File("a.npy"), info).value();
  const std::size_t items = 6;
  EXPECT_TRUE(
      writer.Append(Bytes().substr(0, items * ItemBytes(info.dtype))).ok());
  EXPECT_TRUE(writer.Finish().ok());
  return dir.File("a.npy");
}

TEST(RowSourceTest, RowsOfEveryFormat) {
  const TempDir dir;
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto npy, RowsOfNpy(Npy(dir, {Dtype::kFloat32, {3, 2}}), 2));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      SafetensorsWriter writer,
      SafetensorsWriter::Create(dir.File("s"),
                                {{"w", {Dtype::kFloat32, {3, 2}}}}));
  ROWHOUSE_ASSERT_OK(writer.Append(0, Bytes()));
  ROWHOUSE_ASSERT_OK(writer.Finish());
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SafetensorsReader file,
                                SafetensorsReader::Open(dir.File("s")));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto safetensors,
                                RowsOfSafetensors(file, "w", 2));
  for (RowSource* const source : {npy.get(), safetensors.get()}) {
    EXPECT_EQ(source->rows(), 3);
    std::vector<float> rows(4);
    ROWHOUSE_ASSERT_OK(source->Verify());
    ROWHOUSE_ASSERT_OK(source->Read(1, absl::MakeSpan(rows)));
    EXPECT_THAT(rows, ElementsAre(2, 3, 4, 5));
  }
  EXPECT_THAT(RowsOfSafetensors(file, "v", 2),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(RowsOfSafetensors(file, "w", 3), StatusIs(kInvalid));
}

TEST(RowSourceTest, RowsOfACheckpoint) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      CheckpointReader reader,
      CheckpointReader::Open(Recorded("slices_0/ckpt")));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto rows,
                                RowsOfCheckpoint(reader, "emb", 3));
  EXPECT_EQ(rows->rows(), 10);
  ROWHOUSE_EXPECT_OK(rows->Verify());
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto vector,
                                RowsOfCheckpoint(reader, "plain", 1));
  EXPECT_EQ(vector->rows(), 1);
  std::vector<float> one(1);
  ROWHOUSE_EXPECT_OK(vector->Read(0, absl::MakeSpan(one)));
  EXPECT_THAT(RowsOfCheckpoint(reader, "emb", 2), StatusIs(kInvalid));
  EXPECT_THAT(RowsOfCheckpoint(reader, "plain", 3), StatusIs(kInvalid));
  EXPECT_THAT(RowsOfCheckpoint(reader, "none", 3),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST(RowSourceTest, DamageIsFoundBeforeARowIsRead) {
  const TempDir dir;
  CopyRecorded("slices_0", dir.path());
  const std::string data = dir.File("ckpt.data-00000-of-00001");
  std::string bytes = BytesOf(data);
  bytes[bytes.size() - 1] = static_cast<char>(bytes[bytes.size() - 1] ^ 1);
  bytes[0] = static_cast<char>(bytes[0] ^ 1);
  SetBytes(data, bytes);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(CheckpointReader reader,
                                CheckpointReader::Open(dir.File("ckpt")));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto rows,
                                RowsOfCheckpoint(reader, "emb", 3));
  EXPECT_THAT(rows->Verify(), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(RowSourceTest, OtherShapesAndTypesAreRefused) {
  const TempDir dir;
  for (const TensorInfo& info :
       {TensorInfo{Dtype::kFloat32, {6}}, TensorInfo{Dtype::kFloat32, {2, 3}},
        TensorInfo{Dtype::kFloat32, {3, 2, 1}},
        TensorInfo{Dtype::kInt32, {3, 2}}}) {
    EXPECT_THAT(RowsOfNpy(Npy(dir, info), 2), StatusIs(kInvalid))
        << ShapeText(info.shape);
  }
  ROWHOUSE_EXPECT_OK(RowsOfNpy(Npy(dir, {Dtype::kFloat32, {6}}), 1));
  ROWHOUSE_EXPECT_OK(RowsOfNpy(Npy(dir, {Dtype::kFloat32, {6, 1}}), 1));
}

}  // namespace
}  // namespace rowhouse::interchange
