#include "rowhouse/feature_plan.h"

#include <limits>
#include <string>
#include <vector>

#include "tests/client/columns/column_testing.h"

namespace rowhouse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

EmbeddingColumn Embedding(CategoricalColumn column, std::string table = "") {
  return {.categorical_column = std::move(column),
          .dimension = 2,
          .table_name = std::move(table)};
}

const CategoricalColumnWithIdentity kUser{.key = "user", .num_buckets = 9};
const CategoricalColumnWithIdentity kFriend{.key = "friend", .num_buckets = 9};
const CategoricalColumnWithVocabularyList kColour{
    .key = "colour", .vocabulary_list = {"red", "blue"}};

TEST(FeaturePlan, ResolvesColumnsInTheOrderGiven) {
  auto plan = FeaturePlan::Compile(
      {Embedding(kColour),
       SharedEmbeddings{.categorical_columns = {kUser, kFriend},
                        .dimension = 3}});
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(plan->embedding_names(),
              ElementsAre("colour_embedding", "user_shared_embedding",
                          "friend_shared_embedding"));
  ASSERT_EQ(plan->tables().size(), 2u);
  EXPECT_EQ(plan->tables()[1].name, "friend_user_shared_embedding");

  const std::vector<std::string> colours = {"blue", "green"};
  const std::vector<std::int64_t> users = {3, 4};
  const std::vector<std::int64_t> friends = {8, -1, -1, -1};
  Features features;
  features.Set("colour", colours);
  features.Set("user", users);
  features.Set("friend", friends, {2, 2});
  auto ids = plan->Resolve(features);
  ASSERT_TRUE(ids.ok()) << ids.status();
  ASSERT_EQ(ids->size(), 3u);
  EXPECT_THAT((*ids)[0].batch.ids, ElementsAre(1));
  EXPECT_THAT((*ids)[0].batch.row_splits, ElementsAre(0, 1, 1));
  EXPECT_THAT((*ids)[1].batch.ids, ElementsAre(3, 4));
  EXPECT_THAT((*ids)[1].batch.row_splits, IsEmpty());
  EXPECT_THAT((*ids)[2].batch.ids, ElementsAre(8));
  EXPECT_THAT((*ids)[2].batch.row_splits, ElementsAre(0, 1, 1));
  EXPECT_EQ((*ids)[2].table, "friend_user_shared_embedding");
}

TEST(FeaturePlan, PutsNumericColumnsSideBySide) {
  auto plan = FeaturePlan::Compile(
      {NumericColumn{.key = "b", .shape = {2}}, NumericColumn{.key = "a"}});
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(plan->dense_names(), ElementsAre("b", "a"));
  const std::vector<float> b = {1, 2, 3, 4};
  const std::vector<std::int64_t> a = {5, 6};
  Features features;
  features.Set("b", b, {2, 2});
  features.Set("a", a);
  auto dense = plan->Dense(features);
  ASSERT_TRUE(dense.ok()) << dense.status();
  EXPECT_EQ(dense->rows, 2u);
  EXPECT_EQ(dense->width, 3u);
  EXPECT_THAT(dense->values, ElementsAre(1, 2, 5, 3, 4, 6));
}

TEST(FeaturePlan, FlattensEveryDenseColumn) {
  auto plan = FeaturePlan::Compile(
      {BucketizedColumn{.source_column = {.key = "x"}, .boundaries = {1}},
       IndicatorColumn{.categorical_column = kColour},
       SequenceNumericColumn{.key = "not here"}});
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(plan->dense_names(),
              ElementsAre("x_bucketized", "colour_indicator"));
  const std::vector<float> x = {0, 5};
  const std::vector<std::string> colours = {"red", "red", "blue", ""};
  Features features;
  features.Set("x", x);
  features.Set("colour", colours, {2, 2});
  auto dense = plan->Dense(features);
  ASSERT_TRUE(dense.ok()) << dense.status();
  EXPECT_EQ(dense->width, 4u);
  EXPECT_THAT(dense->values, ElementsAre(1, 0, 2, 0, 0, 1, 0, 1));
}

TEST(FeaturePlan, ABareCategoricalColumnIsRefused) {
  EXPECT_THAT(FeaturePlan::Compile({kUser}).status(),
              InvalidWith("\"user\" is categorical: wrap it"));
}

TEST(FeaturePlan, ListsTheTablesThatBeginAsATensor) {
  EmbeddingColumn loaded = Embedding(kColour);
  loaded.ckpt_to_load_from = "there";
  loaded.tensor_name_in_ckpt = "w";
  auto plan = FeaturePlan::Compile({Embedding(kUser), loaded});
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_EQ(plan->initial_values().size(), 1u);
  EXPECT_EQ(plan->initial_values()[0].table, 1u);
  EXPECT_EQ(plan->initial_values()[0].ckpt_to_load_from, "there");
  EXPECT_EQ(plan->initial_values()[0].tensor_name_in_ckpt, "w");
}

TEST(FeaturePlan, SequencesHaveABagForEveryStep) {
  auto plan = FeaturePlan::Compile(
      {Embedding(kColour), Embedding(SequenceCategoricalColumnWithIdentity(
                               {.key = "steps", .num_buckets = 9}))});
  ASSERT_TRUE(plan.ok()) << plan.status();
  const std::vector<std::string> colours = {"blue", "red"};
  const std::vector<std::int64_t> steps = {3, 8, -1, 1, -1, -1};
  Features features;
  features.Set("colour", colours);
  features.Set("steps", steps, {2, 3});
  auto ids = plan->Resolve(features);
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_EQ((*ids)[0].batch.bags(), 2u);
  EXPECT_EQ((*ids)[1].batch.bags(), 6u);
}

TEST(FeaturePlan, RefusesTwoColumnsOfOneTable) {
  EXPECT_THAT(
      FeaturePlan::Compile({Embedding(kUser), Embedding(kUser)}).status(),
      InvalidWith("two columns have the table \"user_embedding\""));
  EXPECT_TRUE(
      FeaturePlan::Compile({Embedding(kUser), Embedding(kUser, "deep")}).ok());
  EXPECT_THAT(FeaturePlan::Compile(
                  {NumericColumn{.key = "x"}, NumericColumn{.key = "x"}})
                  .status(),
              InvalidWith("two columns are named \"x\""));
}

TEST(FeaturePlan, RefusesBatchSizesThatDiffer) {
  auto plan = FeaturePlan::Compile({Embedding(kUser), Embedding(kColour),
                                    NumericColumn{.key = "x"},
                                    NumericColumn{.key = "y"}});
  ASSERT_TRUE(plan.ok());
  const std::vector<std::int64_t> users = {1, 2};
  const std::vector<std::string> colours = {"red"};
  Features features;
  features.Set("user", users);
  features.Set("colour", colours);
  features.Set("x", users);
  features.Set("y", absl::MakeConstSpan(users).first(1));
  EXPECT_THAT(plan->Resolve(features).status(),
              InvalidWith("2 rows in \"user_embedding\", 1 in "
                          "\"colour_embedding\""));
  EXPECT_THAT(plan->Dense(features).status(),
              InvalidWith("2 rows in \"x\", 1 in \"y\""));
}

// 2^60 rows of 16 numbers are 0 in 64 bits, as many as there are values.
TEST(FeaturePlan, NumbersThatAShapeClaimsAreNotCopied) {
  auto plan = FeaturePlan::Compile({NumericColumn{.key = "x", .shape = {16}}});
  ASSERT_TRUE(plan.ok()) << plan.status();
  Features features;
  features.Set("x", absl::Span<const float>(), {std::int64_t{1} << 60, 0, 1});
  EXPECT_THAT(plan->Dense(features).status(),
              InvalidWith("has more than 16777216 rows"));
  features.Set("x", absl::Span<const float>(), {1 << 20, 0, 1});
  EXPECT_THAT(plan->Dense(features).status(),
              InvalidWith("expected 16 values per row, got 0 in 1048576 rows"));
}

// The widths of all columns together are 14 in 64 bits, less than the first's.
TEST(FeaturePlan, WidthsThatAddUpToMoreThanACountAreRefused) {
  const auto wide = [](const char* key) {
    return IndicatorColumn{CategoricalColumnWithIdentity{
        .key = key, .num_buckets = std::numeric_limits<std::int64_t>::max()}};
  };
  auto plan = FeaturePlan::Compile(
      {NumericColumn{.key = "x", .shape = {16}}, wide("a"), wide("b")});
  ASSERT_TRUE(plan.ok()) << plan.status();
  const std::vector<float> numbers(32, 1.0f);
  const std::vector<std::int64_t> ids = {0, 1};
  Features features;
  features.Set("x", numbers, {2, 16});
  features.Set("a", ids);
  features.Set("b", ids);
  EXPECT_THAT(plan->Dense(features).status(),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       testing::HasSubstr("2 rows of all numbers")));
}

TEST(FeaturePlan, ResolvesAnEmptyBatch) {
  auto plan = FeaturePlan::Compile({Embedding(kUser)});
  ASSERT_TRUE(plan.ok());
  Features features;
  features.Set("user", absl::Span<const std::int64_t>());
  auto ids = plan->Resolve(features);
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_EQ((*ids)[0].batch.bags(), 0u);
}

TEST(FeaturePlan, TakesTpuColumns) {
  auto plan = FeaturePlan::Compile(
      {Embedding(kColour),
       TpuEmbeddingColumn{
           .categorical_column = kUser,
           .dimension = 2,
           .learning_rate_fn = [](std::uint64_t step) { return 1.0f + step; }},
       TpuSharedEmbeddingColumns{.categorical_columns = {kFriend, kUser},
                                 .dimension = 2}});
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(plan->embedding_names(),
              ElementsAre("colour_embedding", "user_embedding",
                          "friend_shared_embedding", "user_shared_embedding"));
  EXPECT_THAT(plan->LearningRates(4),
              ElementsAre(Pair("user_embedding", 5.0f)));
}

}  // namespace
}  // namespace rowhouse
