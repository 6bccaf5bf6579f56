#include "client/interchange/checkpoint_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "client/interchange/bundle_index.h"
#include "client/interchange/checkpoint_reader.h"
#include "client/interchange/object_graph.h"
#include "tests/client/interchange/recorded_checkpoints.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::interchange {
namespace {

using ::testing::HasSubstr;

// One stored tensor or part of one, as it lies in a data file.
struct Stored {
  std::string name;
  TensorInfo whole;
  TensorSlice slice;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

void AppendParts(const BundleIndex& index, const std::string& name,
                 std::vector<Stored>& all) {
  const StoredTensor whole = index.Find(name).value();
  if (whole.slices.empty()) {
    all.push_back({name, whole.info, WholeSlice(whole.info.shape.size()),
                   whole.offset, whole.size});
  }
  for (const TensorSlice& slice : whole.slices) {
    const StoredTensor part = index.Find(SliceKey(name, slice)).value();
    all.push_back({name, whole.info, slice, part.offset, part.size});
  }
}

// Writes what is in `from` as it was written, in the order of its data.
absl::Status WriteAgain(const std::string& from, const std::string& to) {
  ROWHOUSE_ASSIGN_OR_RETURN(CheckpointReader reader,
                            CheckpointReader::Open(from));
  ROWHOUSE_ASSIGN_OR_RETURN(const BundleIndex index, BundleIndex::Read(from));
  std::vector<Stored> all;
  for (const std::string& name : index.names()) AppendParts(index, name, all);
  // Tensors without bytes lie where the next one begins.
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::pair(a.offset, a.size) < std::pair(b.offset, b.size);
  });
  ROWHOUSE_ASSIGN_OR_RETURN(CheckpointWriter writer,
                            CheckpointWriter::Create(to));
  for (const Stored& one : all) {
    if (one.whole.dtype == Dtype::kString) {
      ROWHOUSE_ASSIGN_OR_RETURN(const Tensor tensor, reader.Read(one.name));
      ROWHOUSE_RETURN_IF_ERROR(
          writer.AddStrings(one.name, one.whole.shape, tensor.strings));
      continue;
    }
    ROWHOUSE_ASSIGN_OR_RETURN(const CheckpointWriter::Place place,
                              writer.AddSlice(one.name, one.whole, one.slice));
    ROWHOUSE_ASSIGN_OR_RETURN(const Tensor tensor,
                              reader.ReadSlice(one.name, one.slice));
    ROWHOUSE_RETURN_IF_ERROR(writer.Append(place, tensor.bytes));
  }
  return writer.Finish();
}

// Parts are in an entry in the order in which they were added, which may be
// another than that of their bytes; those of TensorFlow's writer are the same.
TEST(CheckpointWriterTest, RecordedCheckpointsAreWrittenAgainByteForByte) {
  int written = 0;
  for (const char* name :
       {"v1_adagrad/model.ckpt-2", "v1_adam/model.ckpt-2",
        "v1_partitioned_fixed5_adam/model.ckpt-2",
        "v1_partitioned_min_max_ftrl/model.ckpt-2", "dtypes_1/ckpt",
        "strings_1/ckpt", "strings_2/ckpt", "strings_5/ckpt", "shapes_0/ckpt",
        "shapes_1/ckpt", "slices_0/ckpt", "slices_2/ckpt", "slices_gap_1/ckpt",
        "slices_grid_1/ckpt", "many_keys_1/ckpt", "prefix_keys_0/ckpt",
        "object_adam/ckpt", "tpu_serving_2/ckpt"}) {
    const TempDir dir;
    const std::string from = Recorded(name);
    ROWHOUSE_ASSERT_OK(WriteAgain(from, dir.File("again"))) << name;
    EXPECT_TRUE(BytesOf(dir.File("again.index")) == BytesOf(from + ".index"))
        << name;
    EXPECT_TRUE(BytesOf(DataFilename(dir.File("again"), 0, 1)) ==
                BytesOf(DataFilename(from, 0, 1)))
        << name;
    ++written;
  }
  EXPECT_EQ(written, 18);
}

class FreshTest : public testing::Test {
 protected:
  CheckpointWriter Writer() {
    return CheckpointWriter::Create(dir_.File("c")).value();
  }
  CheckpointReader Reader() {
    return CheckpointReader::Open(dir_.File("c")).value();
  }

  TempDir dir_;
};

TEST_F(FreshTest, TensorsMayBeFilledAtTheSameTime) {
  CheckpointWriter writer = Writer();
  const TensorInfo info{Dtype::kFloat32, {4}};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto a, writer.Add("a", info));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto b, writer.Add("b", info));
  ROWHOUSE_ASSERT_OK(writer.AppendFloats(b, {5, 6}));
  ROWHOUSE_ASSERT_OK(writer.AppendFloats(a, {1, 2, 3}));
  ROWHOUSE_ASSERT_OK(writer.AppendFloats(b, {7, 8}));
  ROWHOUSE_ASSERT_OK(writer.AppendFloats(a, {4}));
  ROWHOUSE_ASSERT_OK(writer.Finish());
  CheckpointReader reader = Reader();
  std::vector<float> floats(4);
  ROWHOUSE_ASSERT_OK(reader.ReadRows("a", 0, absl::MakeSpan(floats)));
  EXPECT_THAT(floats, testing::ElementsAre(1, 2, 3, 4));
  ROWHOUSE_ASSERT_OK(reader.ReadRows("b", 0, absl::MakeSpan(floats)));
  EXPECT_THAT(floats, testing::ElementsAre(5, 6, 7, 8));
}

TEST_F(FreshTest, NothingIsThereBeforeTheEnd) {
  {
    CheckpointWriter writer = Writer();
    ROWHOUSE_ASSERT_OK(writer.AddStrings("s", {}, {"text"}));
  }
  EXPECT_TRUE(std::filesystem::is_empty(dir_.path()));
}

TEST_F(FreshTest, ATensorThatIsNotFullIsAnError) {
  CheckpointWriter writer = Writer();
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto a,
                                writer.Add("a", {Dtype::kInt64, {2}}));
  ROWHOUSE_ASSERT_OK(writer.Append(a, std::string(15, '\0')));
  EXPECT_THAT(writer.Append(a, std::string(2, '\0')),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(writer.Finish(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                        HasSubstr("15 of 16")));
  EXPECT_FALSE(std::filesystem::exists(dir_.File("c.index")));
}

TEST_F(FreshTest, NamesAreGivenOnce) {
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  CheckpointWriter writer = Writer();
  const TensorInfo info{Dtype::kFloat32, {4, 2}};
  ROWHOUSE_ASSERT_OK(writer.Add("a", info));
  EXPECT_THAT(writer.Add("a", info), StatusIs(kInvalid));
  EXPECT_THAT(writer.AddStrings("a", {}, {"x"}), StatusIs(kInvalid));
  EXPECT_THAT(writer.AddSlice("a", info, {{0, 1}, {}}), StatusIs(kInvalid));
  ROWHOUSE_ASSERT_OK(writer.AddSlice("b", info, {{0, 1}, {}}));
  EXPECT_THAT(writer.AddSlice("b", info, {{0, 1}, {}}), StatusIs(kInvalid));
  EXPECT_THAT(writer.Add("b", info), StatusIs(kInvalid));
  EXPECT_THAT(writer.Add("", info), StatusIs(kInvalid));
}

TEST_F(FreshTest, PartsAreOfOneTensor) {
  CheckpointWriter writer = Writer();
  const TensorInfo info{Dtype::kFloat32, {4, 2}};
  ROWHOUSE_ASSERT_OK(writer.AddSlice("b", info, {{0, 1}, {}}));
  EXPECT_THAT(writer.AddSlice("b", {Dtype::kFloat32, {5, 2}}, {{1, 1}, {}}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(writer.AddSlice("b", {Dtype::kInt32, {4, 2}}, {{1, 1}, {}}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(writer.AddSlice("b", info, {{4, 1}, {}}),
              StatusIs(absl::StatusCode::kInternal));
}

TEST_F(FreshTest, TensorsThatAreNone) {
  CheckpointWriter writer = Writer();
  for (const TensorInfo& info :
       {TensorInfo{Dtype::kFloat32, {-1}}, TensorInfo{Dtype::kString, {1}},
        TensorInfo{Dtype::kFloat64, {1ll << 62}}}) {
    EXPECT_THAT(writer.Add("a", info),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

// What only a damaged or a foreign writer makes, under right checksums.
TEST_F(FreshTest, PartsThatOverlapAreInternal) {
  CheckpointWriter writer = Writer();
  const TensorInfo info{Dtype::kFloat32, {4, 2}};
  for (const TensorSlice& slice :
       {TensorSlice{{0, 3}, {}}, TensorSlice{{2, 2}, {}}}) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto place,
                                  writer.AddSlice("a", info, slice));
    const std::vector<float> values(
        static_cast<std::size_t>(slice[0].length * 2));
    ROWHOUSE_ASSERT_OK(writer.AppendFloats(place, values));
  }
  ROWHOUSE_ASSERT_OK(writer.Finish());
  CheckpointReader reader = Reader();
  // At any read, also of rows that only one of them has.
  EXPECT_THAT(reader.Read("a"), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(reader.ReadSlice("a", {{0, 1}, {}}),
              StatusIs(absl::StatusCode::kInternal));
}

TEST_F(FreshTest, AMissingDirectoryIsNotFound) {
  EXPECT_THAT(CheckpointWriter::Create(dir_.File("no/c")),
              StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace rowhouse::interchange
