#include "rowhouse/lookup.h"

#include <optional>
#include <vector>

#include "tests/client/columns/column_testing.h"

namespace rowhouse {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Tensor = Features::Tensor;

const LookupOptions kOptions{.table = "t", .dim = 4, .max_norm = 2.0f};

Tensor Sparse(const std::vector<std::int64_t>& indices, FeatureValues values,
              Features::Shape shape) {
  return {.values = values,
          .shape = std::move(shape),
          .layout = Features::Layout::kSparse,
          .indices = indices};
}

Tensor Ragged(const std::vector<std::int64_t>& splits, FeatureValues values) {
  return {.values = values,
          .layout = Features::Layout::kRagged,
          .row_splits = {splits}};
}

const std::vector<std::int64_t> kIds = {3, -1, 4};

TEST(SafeLookupSparse, RowsAreAllButTheLastAxis) {
  const std::vector<std::int64_t> indices = {0, 0, 1, 1, 0, 0, 1, 1, 1};
  auto out = SafeLookupSparse(kOptions, Sparse(indices, kIds, {2, 2, 2}));
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->output_shape, ElementsAre(2, 2, 4));
  EXPECT_EQ(out->ids.table, "t");
  EXPECT_EQ(out->ids.dim, 4u);
  EXPECT_EQ(out->ids.combiner, Combiner::kMean);
  EXPECT_EQ(out->ids.max_norm, 2.0f);
  EXPECT_THAT(out->ids.batch.ids, ElementsAre(3, 4));
  EXPECT_THAT(out->ids.batch.row_splits, ElementsAre(0, 1, 1, 1, 2));
  EXPECT_EQ(out->ids.empty_bag_id, 0u);
}

TEST(SafeLookupSparse, TakesRaggedMatricesAndShortIntegers) {
  const std::vector<std::int64_t> splits = {0, 2, 2, 3};
  const std::vector<std::int32_t> ids = {3, 255, 4};
  auto out = SafeLookupSparse(kOptions, Ragged(splits, ids), nullptr, 7);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->output_shape, ElementsAre(3, 4));
  EXPECT_THAT(out->ids.batch.ids, ElementsAre(3, 255, 7, 4));
  EXPECT_THAT(out->ids.batch.row_splits, ElementsAre(0, 2, 3, 4));
}

// Whatever their places.
TEST(SafeLookupSparse, WeightsBelongToTheIdsInOrder) {
  const std::vector<std::int64_t> splits = {0, 2, 3};
  const std::vector<std::int64_t> elsewhere = {0, 0, 0, 7, 5, 1};
  const std::vector<float> weights = {1, 2, 3};
  const Tensor sparse = Sparse(elsewhere, weights, {6, 8});
  const Tensor ragged = Ragged(splits, weights);
  for (const Tensor* given : {&sparse, &ragged}) {
    auto out = SafeLookupSparse(kOptions, Ragged(splits, kIds), given);
    ASSERT_TRUE(out.ok()) << out.status();
    EXPECT_THAT(out->ids.batch.weights, ElementsAre(1, 3));
  }
}

TEST(SafeLookupSparse, IdsOfOneAxisAreOneRow) {
  const std::vector<std::int64_t> places = {0, 2};
  const std::vector<std::int64_t> ids = {1, 3};
  const auto out = SafeLookupSparse(kOptions, Sparse(places, ids, {4}));
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->ids.batch.ids, ElementsAre(1, 3));
  EXPECT_THAT(out->ids.batch.row_splits, ElementsAre(0, 2));
  EXPECT_THAT(out->output_shape, ElementsAre(4));
}

TEST(SafeLookupSparse, RefusesTensorsOfAnotherKind) {
  const std::vector<std::int64_t> places = {0, 1, 2};
  const std::vector<std::int64_t> splits = {0, 2, 3};
  const std::vector<float> floats = {1, 2, 3};
  const std::vector<double> doubles = {1, 2, 3};
  const Tensor ids = Ragged(splits, kIds);
  const auto error = [](const Tensor& ids, const Tensor* weights = nullptr) {
    return SafeLookupSparse(kOptions, ids, weights).status();
  };
  EXPECT_THAT(
      RawLookupSparse(kOptions, Sparse(places, kIds, {3}), nullptr).status(),
      InvalidWith("ids of rank 1"));
  const std::vector<std::uint8_t> bytes = {1, 2, 3};
  EXPECT_THAT(error(Ragged(splits, bytes)),
              InvalidWith("ids of type uint8, expected int32 or int64"));
  EXPECT_THAT(error(Ragged(splits, floats)), InvalidWith("of type float32"));
  EXPECT_THAT(error({.values = kIds, .shape = {3, 1}}),
              InvalidWith("dense ids"));
  const std::vector<std::int64_t> falling = {0, 2, 1, 3};
  const std::vector<std::int64_t> short_of = {0, 2};
  EXPECT_THAT(error(Ragged(falling, kIds)), InvalidWith("row splits"));
  EXPECT_THAT(error(Ragged(short_of, kIds)), InvalidWith("row splits"));
  Tensor deep = Ragged(splits, kIds);
  deep.row_splits = {splits, splits};
  EXPECT_THAT(error(deep), InvalidWith("ragged tensor of rank 3"));
  const std::vector<std::int64_t> outside = {0, 0, 0, 9, 1, 0};
  EXPECT_THAT(error(Sparse(outside, kIds, {2, 2})), InvalidWith("outside"));
  const Tensor wide = Ragged(splits, doubles);
  EXPECT_THAT(error(ids, &wide), InvalidWith("weights of type float64"));
  const Tensor dense{.values = floats, .shape = {3, 1}};
  EXPECT_THAT(error(ids, &dense), InvalidWith("dense weights"));
  const std::vector<std::int64_t> two = {0, 2};
  const Tensor few = Ragged(two, absl::MakeConstSpan(floats).first(2));
  EXPECT_THAT(error(ids, &few), InvalidWith("2 weights for 3 ids"));
}

TEST(RawLookupSparse, WeightsOfOtherNumbersAreCast) {
  const std::vector<std::int64_t> splits = {0, 2, 3};
  const std::vector<double> doubles = {0.5, 2, -1};
  const Tensor weights = Ragged(splits, doubles);
  const std::vector<std::int64_t> ids = {1, 2, 3};
  const auto cast = RawLookupSparse(kOptions, Ragged(splits, ids), &weights);
  ASSERT_TRUE(cast.ok()) << cast.status();
  EXPECT_THAT(cast->ids.batch.weights, ElementsAre(0.5f, 2, -1));
}

TEST(RawLookupSparse, RowsAreThoseOfTheFirstAxis) {
  const std::vector<std::int64_t> indices = {0, 0, 1, 0, 1, 0, 2, 1, 1};
  const std::vector<std::int64_t> ids = {3, 3, 4};
  auto out = RawLookupSparse(kOptions, Sparse(indices, ids, {5, 2, 2}));
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->ids.batch.ids, ElementsAre(3, 3, 4));
  EXPECT_THAT(out->ids.batch.row_splits, ElementsAre(0, 2, 2, 3));
  EXPECT_THAT(out->output_shape, ElementsAre(3, 4));
}

TEST(RawLookupSparse, RefusesWhatIsNoRow) {
  const std::vector<std::int64_t> splits = {0, 3};
  EXPECT_THAT(RawLookupSparse(kOptions, Ragged(splits, kIds)),
              InvalidWith("id -1 in row 0"));
}

TEST(RawLookupSparse, AnAxisOfNothingHidesNoRows) {
  EXPECT_THAT(
      RawLookupSparse(kOptions, Sparse({}, absl::Span<const std::int64_t>(),
                                       {std::int64_t{1} << 40, 0, 1}))
          .status(),
      InvalidWith("has more than 16777216 rows"));
}

TEST(RawLookupSparse, NoRowsStayNone) {
  auto out = RawLookupSparse(
      kOptions, Sparse({}, absl::Span<const std::int64_t>(), {0, 2, 2}));
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_THAT(out->ids.batch.ids, IsEmpty());
  EXPECT_THAT(out->output_shape, ElementsAre(0, 4));
}

}  // namespace
}  // namespace rowhouse
