#include "client/interchange/bundle_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/client/interchange/recorded_checkpoints.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::interchange {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

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

TEST(BundleIndexTest, ErrorsNameTheFile) {
  EXPECT_THAT(BundleIndex::Read(Recorded("flip_index_3/ckpt")),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("flip_index_3/ckpt.index")));
}

}  // namespace
}  // namespace rowhouse::interchange
