#include "client/interchange/bundle_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "client/interchange/limits.h"
#include "client/interchange/sorted_table_writer.h"
#include "rowhouse/interchange/v1/checkpoint.pb.h"
#include "tests/client/interchange/recorded_checkpoints.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::interchange {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

v1::BundleEntry Entry(std::int64_t rows, std::int64_t width) {
  v1::BundleEntry entry;
  entry.set_dtype(1);  // float32
  entry.mutable_shape()->add_dim()->set_size(rows);
  entry.mutable_shape()->add_dim()->set_size(width);
  return entry;
}

// Cuts the tensor into parts of one row each.
v1::BundleEntry InParts(std::int64_t rows) {
  v1::BundleEntry entry = Entry(rows, 1);
  for (std::int64_t row = 0; row < rows; ++row) {
    v1::Slice& slice = *entry.add_slices();
    v1::Slice::Extent& extent = *slice.add_extent();
    extent.set_start(row);
    extent.set_length(1);
    slice.add_extent();
  }
  return entry;
}

// An index that begins with its header.
class Table {
 public:
  Table() {
    v1::BundleHeader header;
    header.set_num_shards(1);
    header.mutable_version()->set_producer(1);
    writer_.Add("", header.SerializeAsString());
  }
  void Add(const std::string& key, const v1::BundleEntry& entry) {
    writer_.Add(key, entry.SerializeAsString());
  }
  absl::StatusOr<BundleIndex> Read() {
    const TempDir dir;
    SetBytes(dir.File("c.index"), writer_.Finish());
    return BundleIndex::Read(dir.File("c"));
  }

 private:
  SortedTableWriter writer_;
};

absl::StatusOr<BundleIndex> Read(
    const std::map<std::string, v1::BundleEntry>& entries) {
  Table table;
  for (const auto& [key, entry] : entries) table.Add(key, entry);
  return table.Read();
}

TEST(BundleIndexTest, NamesOfFiles) {
  EXPECT_EQ(IndexFilename("a/b-3"), "a/b-3.index");
  EXPECT_EQ(DataFilename("a/b-3", 2, 12), "a/b-3.data-00002-of-00012");
}

TEST(BundleIndexTest, PartsAreNoTensors) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const BundleIndex index,
                                BundleIndex::Read(Recorded("slices_0/ckpt")));
  EXPECT_EQ(index.shards(), 1);
  EXPECT_FALSE(index.big_endian());
  EXPECT_THAT(index.names(), ElementsAre("emb", "plain"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const StoredTensor whole, index.Find("emb"));
  EXPECT_EQ(whole.info, (TensorInfo{Dtype::kFloat32, {10, 3}}));
  ASSERT_GT(whole.slices.size(), 1);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const StoredTensor part,
                                index.Find(SliceKey("emb", whole.slices[0])));
  EXPECT_EQ(part.size, part.elements * sizeof(float));
}

TEST(BundleIndexTest, WhatIsNotThereIsNotFound) {
  EXPECT_THAT(BundleIndex::Read(Recorded("missing_index/ckpt")),
              StatusIs(absl::StatusCode::kNotFound));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const BundleIndex index,
                                BundleIndex::Read(Recorded("slices_0/ckpt")));
  for (const char* key : {"", "emb:0", "em", "emb/part_0"}) {
    EXPECT_THAT(index.Find(key), StatusIs(absl::StatusCode::kNotFound)) << key;
  }
}

// A part of a few bytes made a key with the tensor's name in it: of 96 KB 256
// MB.
TEST(BundleIndexTest, PartsThatAreNotThereTakeNoRoom) {
  const std::string name(kTableKeyBytesMax, 'n');
  std::map<std::string, v1::BundleEntry> entries = {
      {name, InParts(kTensorSlicesMax)},
      {"m", InParts(4)},
      {SliceKey("m", {{2, 1}, {}}), Entry(1, 1)},
      // Parts that no entry names are tensors, like anything else.
      {SliceKey("m", {{4, 1}, {}}), Entry(1, 1)},
      {SliceKey("o", {{2, 1}, {}}), Entry(1, 1)}};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const BundleIndex index, Read(entries));
  EXPECT_THAT(index.names(),
              ElementsAre(SliceKey("m", {{4, 1}, {}}),
                          SliceKey("o", {{2, 1}, {}}), "m", name));
}

TEST(BundleIndexTest, PartsHaveABoundBeforeTheyAreRead) {
  EXPECT_THAT(Read({{"a", InParts(kTensorSlicesMax + 1)}}),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("tensor a has 65537 parts")));
}

TEST(BundleIndexTest, AnEntryHasABound) {
  v1::BundleEntry entry = Entry(1, 1);
  entry.mutable_shape()->mutable_dim(0)->set_name(
      std::string(kIndexEntryBytesMax, 'x'));
  EXPECT_THAT(Read({{"a", entry}}),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("the entry of a has 8388")));
}

// Keys share their beginnings: each of these takes ten bytes of the file.
TEST(BundleIndexTest, AllEntriesTogetherHaveABound) {
  const std::string front(kTableKeyBytesMax - 8, 'k');
  Table table;
  for (int i = 0; i < 17000; ++i) {
    table.Add(absl::StrCat(front, absl::Dec(i, absl::kZeroPad8)), {});
  }
  EXPECT_THAT(table.Read(),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("bytes, the most is 268435456")));
}

TEST(BundleIndexTest, ErrorsNameTheFile) {
  EXPECT_THAT(BundleIndex::Read(Recorded("flip_index_3/ckpt")),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("flip_index_3/ckpt.index")));
}

}  // namespace
}  // namespace rowhouse::interchange
