#include "client/interchange/checkpoint_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>

#include "base/limits.h"
#include "client/interchange/limits.h"
#include "client/interchange/object_graph.h"
#include "client/interchange/sorted_table_writer.h"
#include "rowhouse/interchange/v1/checkpoint.pb.h"
#include "tests/client/interchange/recorded_checkpoints.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::interchange {
namespace {

using ::testing::HasSubstr;

std::vector<float> FloatsOf(const Tensor& tensor) {
  std::vector<float> floats(tensor.bytes.size() / sizeof(float));
  std::memcpy(floats.data(), tensor.bytes.data(), tensor.bytes.size());
  return floats;
}

// What is in the files is the golden kind `checkpoint`; here is what only this
// interface has.
TEST(CheckpointReaderTest, RowsOfEveryRangeAreThoseOfTheWhole) {
  for (const char* prefix : {"slices_0/ckpt", "shards_1/merged"}) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(CheckpointReader reader,
                                  CheckpointReader::Open(Recorded(prefix)));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Tensor whole, reader.Read("emb"));
    const std::vector<float> all = FloatsOf(whole);
    const auto rows = static_cast<std::size_t>(whole.info.shape[0]);
    const auto dim = static_cast<std::size_t>(whole.info.shape[1]);
    for (std::size_t first = 0; first <= rows; ++first) {
      for (std::size_t count = 0; first + count <= rows; ++count) {
        std::vector<float> some(count * dim);
        ROWHOUSE_ASSERT_OK(reader.ReadRows("emb", first, absl::MakeSpan(some)));
        EXPECT_TRUE(
            std::equal(some.begin(), some.end(), all.begin() + first * dim))
            << first << " " << count;
      }
    }
  }
}

// A file of zeros: empty strings of a byte each, which are forty in memory.
TEST(CheckpointReaderTest, StringsHaveTheBoundOfTheirMemory) {
  constexpr std::uint64_t kStrings = kTensorBytesMax / 32;
  const TempDir dir;
  v1::BundleHeader header;
  header.set_num_shards(1);
  header.mutable_version()->set_producer(1);
  v1::BundleEntry entry;
  entry.set_dtype(7);  // string
  entry.mutable_shape()->add_dim()->set_size(kStrings);
  entry.set_size(kStrings + 4);
  SortedTableWriter index;
  index.Add("", header.SerializeAsString());
  index.Add("s", entry.SerializeAsString());
  SetBytes(dir.File("c.index"), index.Finish());
  SetBytes(dir.File("c.data-00000-of-00001"), "");
  std::filesystem::resize_file(dir.File("c.data-00000-of-00001"), kStrings + 4);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(CheckpointReader reader,
                                CheckpointReader::Open(dir.File("c")));
  EXPECT_THAT(reader.Read("s"), StatusIs(absl::StatusCode::kResourceExhausted,
                                         HasSubstr("134217728 strings")));
}

TEST(CheckpointReaderTest, OneStringIsReadUpToABound) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      CheckpointReader objects,
      CheckpointReader::Open(Recorded("tpu_serving_2/ckpt")));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Tensor graph,
                                objects.Read(kObjectGraphKey));
  EXPECT_THAT(objects.ReadString(kObjectGraphKey, kObjectGraphBytesMax),
              IsOkAndHolds(graph.strings[0]));
  EXPECT_THAT(objects.ReadString(kObjectGraphKey, 100),
              StatusIs(absl::StatusCode::kResourceExhausted));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      CheckpointReader slices,
      CheckpointReader::Open(Recorded("slices_0/ckpt")));
  EXPECT_THAT(slices.ReadString("emb", 1000),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("[10, 3], not one string")));
}

TEST(CheckpointReaderTest, RowsThatAreNone) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      CheckpointReader reader,
      CheckpointReader::Open(Recorded("slices_0/ckpt")));
  std::vector<float> row(3);
  const auto read = [&](const char* name, std::uint64_t first) {
    return reader.ReadRows(name, first, absl::MakeSpan(row));
  };
  EXPECT_THAT(read("emb", 10), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(read("emb", ~0ull), StatusIs(absl::StatusCode::kInternal));
  // A vector has rows of one value.
  EXPECT_THAT(read("plain", 0), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(read("other", 0), StatusIs(absl::StatusCode::kNotFound));
  row.resize(4);
  EXPECT_THAT(read("emb", 0), StatusIs(absl::StatusCode::kInvalidArgument));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      CheckpointReader types,
      CheckpointReader::Open(Recorded("dtypes_1/ckpt")));
  EXPECT_THAT(types.ReadRows("t/int32", 0, absl::MakeSpan(row)),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(CheckpointReaderTest, VerifyFindsDamageInAnyPart) {
  const TempDir dir;
  CopyRecorded("slices_0", dir.path());
  const std::string data = dir.File("ckpt.data-00000-of-00001");
  const std::string good = BytesOf(data);
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bytes = good;
    bytes[i] = static_cast<char>(bytes[i] ^ 4);
    SetBytes(data, bytes);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(CheckpointReader reader,
                                  CheckpointReader::Open(dir.File("ckpt")));
    const absl::Status emb = reader.Verify("emb");
    const absl::Status plain = reader.Verify("plain");
    // Each byte belongs to one of the two.
    EXPECT_NE(emb.ok(), plain.ok()) << i;
    EXPECT_THAT(emb.ok() ? plain : emb,
                StatusIs(absl::StatusCode::kDataLoss,
                         HasSubstr("ckpt.data-00000-of-00001")));
  }
}

TEST(CheckpointReaderTest, VerifyReadsStringsToo) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      CheckpointReader reader,
      CheckpointReader::Open(Recorded("flip_data_90/ckpt")));
  EXPECT_THAT(reader.Verify("text"), StatusIs(absl::StatusCode::kDataLoss));
  ROWHOUSE_EXPECT_OK(reader.Verify("first"));
}

// As TensorFlow 2.15 does: it writes such parts, but cannot read them.
TEST(CheckpointReaderTest, SomeTypesAreNotReadInParts) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      CheckpointReader reader,
      CheckpointReader::Open(Recorded("dtypes_1/ckpt")));
  for (const char* name : {"t/float16", "t/uint16", "t/uint32", "t/uint64",
                           "t/bfloat16", "t/int64", "t/bool", "t/complex64"}) {
    const Dtype dtype = reader.Describe(name)->dtype;
    EXPECT_EQ(reader.ReadSlice(name, {{1, 1}, {}}).status().code(),
              CanBeCut(dtype) ? absl::StatusCode::kOk
                              : absl::StatusCode::kInvalidArgument)
        << name;
    ROWHOUSE_EXPECT_OK(reader.ReadSlice(name, {{}, {}}));
    ROWHOUSE_EXPECT_OK(reader.ReadSlice(name, {{0, 2}, {0, 2}}));
  }
  EXPECT_FALSE(CanBeCut(Dtype::kFloat16));
  EXPECT_TRUE(CanBeCut(Dtype::kBfloat16));
}

TEST(CheckpointReaderTest, StringsAreNotReadInParts) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      CheckpointReader reader,
      CheckpointReader::Open(Recorded("strings_5/ckpt")));
  EXPECT_THAT(reader.ReadSlice("s", {{0, 1}, {}}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  ROWHOUSE_EXPECT_OK(reader.ReadSlice("s", {{}, {0, 5}}));
}

TEST(CheckpointReaderTest, PiecesSmallerThanATensor) {
  // 50 rows of 40 columns; columns from the middle of some rows.
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      CheckpointReader reader,
      CheckpointReader::Open(Recorded("shapes_1/ckpt")));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Tensor whole, reader.Read("big"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Tensor part,
                                reader.ReadSlice("big", {{7, 11}, {3, 5}}));
  const std::vector<float> all = FloatsOf(whole);
  const std::vector<float> some = FloatsOf(part);
  ASSERT_EQ(some.size(), 55);
  for (std::size_t i = 0; i < some.size(); ++i) {
    EXPECT_EQ(some[i], all[(7 + i / 5) * 40 + 3 + i % 5]);
  }
}

}  // namespace
}  // namespace rowhouse::interchange
