#include <string>
#include <vector>

#include "base/limits.h"
#include "tests/client/columns/column_testing.h"

namespace rowhouse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const SequenceCategoricalColumn kColumn =
    SequenceCategoricalColumnWithIdentity({.key = "k", .num_buckets = 99});

TEST(Sequence, MakesAMatrixStepsOfOnePlace) {
  const std::vector<std::int32_t> values = {1, -1, 3, 4, -1, -1};
  Features features;
  features.Set("k", values, {2, 3});
  auto ids = Transform(kColumn, features);
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_THAT(ids->dense_shape, ElementsAre(2, 3, 1));
  EXPECT_THAT(ids->values, ElementsAre(1, 3, 4));
  EXPECT_THAT(ids->positions, ElementsAre(0, 0, 0));
  EXPECT_THAT(ids->row_splits, ElementsAre(0, 1, 1, 2, 3, 3, 3));
  EXPECT_THAT(internal::SequenceLengths(*ids), ElementsAre(3, 1));
}

TEST(Sequence, MakesAVectorOneStepPerRow) {
  const std::vector<std::int64_t> values = {5, 6};
  const std::vector<std::int64_t> indices = {0, 2};
  Features features;
  features.SetSparse("k", indices, values, {4});
  auto ids = Transform(kColumn, features);
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_THAT(ids->dense_shape, ElementsAre(4, 1, 1));
  EXPECT_THAT(internal::SequenceLengths(*ids), ElementsAre(1, 0, 1, 0));
}

TEST(Sequence, MergesAxesAfterTheSecond) {
  std::vector<std::int64_t> values(16);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<std::int64_t>(i) - 1;
  }
  Features features;
  features.Set("k", values, {2, 2, 2, 2});
  auto ids = Transform(kColumn, features);
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_THAT(ids->dense_shape, ElementsAre(2, 2, 4));
  EXPECT_THAT(ids->row_splits, ElementsAre(0, 3, 7, 11, 15));
  EXPECT_THAT(ids->positions,
              ElementsAre(1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3));
}

TEST(Sequence, KeepsEmptyShapes) {
  const absl::Span<const std::int64_t> none;
  Features features;
  features.SetSparse("k", {}, none, {2, 0});
  auto ids = Transform(kColumn, features);
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_THAT(ids->dense_shape, ElementsAre(2, 0, 1));
  EXPECT_THAT(internal::SequenceLengths(*ids), ElementsAre(0, 0));
  features.SetSparse("k", {}, none, {0, 2});
  EXPECT_THAT(internal::SequenceLengths(*Transform(kColumn, features)),
              IsEmpty());
}

TEST(Sequence, CountsUnknownValuesAsSteps) {
  const std::vector<std::string> values = {"a", "q", "q"};
  const std::vector<std::int64_t> indices = {0, 0, 0, 1, 1, 0};
  Features features;
  features.SetSparse("k", indices, values, {2, 3});
  auto ids = Transform(SequenceCategoricalColumnWithVocabularyList(
                           {.key = "k", .vocabulary_list = {"a"}}),
                       features);
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_THAT(ids->values, ElementsAre(0, -1, -1));
  EXPECT_THAT(internal::SequenceLengths(*ids), ElementsAre(2, 1));
}

TEST(Sequence, RefusesShapesThatNoDataBack) {
  const absl::Span<const std::int64_t> none;
  Features features;
  features.SetSparse("k", {}, none, {2, kFeatureRowsMax});
  EXPECT_THAT(Transform(kColumn, features).status(),
              InvalidWith("\"k\": shape [2, 16777216] has more than 16777216"));
  features.SetSparse("k", {}, none,
                     {2, 2, std::int64_t{1} << 40, std::int64_t{1} << 40});
  EXPECT_FALSE(Transform(kColumn, features).ok());
  features.SetSparse("k", {}, none, {2, 2, std::int64_t{1} << 62});
  EXPECT_THAT(Transform(kColumn, features).status(),
              InvalidWith("2^63 places"));
}

// Lengths are as many as sequences, however short these are.
TEST(Sequence, ABatchOfNoStepsHidesNoRows) {
  const absl::Span<const std::int64_t> none;
  Features features;
  features.SetSparse("k", {}, none, {std::int64_t{1} << 40, 0, 1});
  EXPECT_THAT(Transform(kColumn, features).status(),
              InvalidWith("has more than 16777216"));
  features.SetSparse("k", {}, none, {0, std::int64_t{1} << 40});
  EXPECT_THAT(Transform(kColumn, features).status(),
              InvalidWith("has more than 16777216"));
}

TEST(Sequence, CannotBeCrossed) {
  const std::vector<std::int64_t> values = {1, 2};
  Features features;
  features.Set("k", values, {1, 2});
  EXPECT_THAT(
      Transform(CrossedColumn{.keys = {kColumn, "k"}, .hash_bucket_size = 5},
                features)
          .status(),
      InvalidWith("\"k\" has rank 3, only rank 2 is crossed"));
}

TEST(Sequence, SaysWhatItsColumnSays) {
  EXPECT_THAT(
      internal::Compile(SequenceCategoricalColumnWithIdentity({.key = "k"}))
          .status(),
      InvalidWith("\"k\": num_buckets is 0"));
  EXPECT_THAT(
      internal::Compile(SequenceCategoricalColumnWithHashBucket({.key = "k"}))
          .status(),
      InvalidWith("hash_bucket_size is 0"));
  EXPECT_THAT(internal::Compile(
                  SequenceCategoricalColumnWithVocabularyFile({.key = "k"}))
                  .status(),
              InvalidWith("vocabulary_file is empty"));
  EXPECT_TRUE(internal::IsSequence(kColumn));
  EXPECT_EQ(ColumnName(kColumn), "k");
}

}  // namespace
}  // namespace rowhouse
