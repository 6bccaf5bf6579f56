#include "client/keras/shapes.h"

#include "tests/client/keras/keras_testing.h"

namespace rowhouse::internal {
namespace {

using keras::InputLength;
using keras::Lengths;
using keras::PartialShape;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::nullopt_t kUnknown = std::nullopt;

TEST(OutputShape, AppendsTheWidth) {
  EXPECT_EQ(*OutputShape("e", {}, 2, {2, 3}), (PartialShape{2, 3, 2}));
  EXPECT_EQ(*OutputShape("e", {}, 2, {kUnknown}), (PartialShape{kUnknown, 2}));
  EXPECT_EQ(*OutputShape("e", {}, 2, {}), (PartialShape{2}));
}

TEST(OutputShape, TakesUnknownSizesFromEitherSide) {
  EXPECT_EQ(*OutputShape("e", std::int64_t{3}, 2, {kUnknown, kUnknown}),
            (PartialShape{kUnknown, 3, 2}));
  EXPECT_EQ(*OutputShape("e", Lengths{2, kUnknown}, 5, {4, kUnknown, 7}),
            (PartialShape{4, 2, 7, 5}));
  EXPECT_EQ(*OutputShape("e", Lengths{kUnknown}, 5, {4, kUnknown}),
            (PartialShape{4, kUnknown, 5}));
  EXPECT_EQ(*OutputShape("e", Lengths{}, 5, {4}), (PartialShape{4, 5}));
}

TEST(OutputShape, RefusesAContradiction) {
  EXPECT_THAT(
      OutputShape("e", std::int64_t{3}, 2, {2, 4}),
      InvalidWith("input_length is [3], but the input has shape [2, 4]"));
  EXPECT_THAT(OutputShape("e", std::int64_t{3}, 2, {2, 3, 4}),
              InvalidWith("[2, 3, 4]"));
  EXPECT_THAT(OutputShape("e", std::int64_t{0}, 2, {2, 4}), InvalidWith("[0]"));
  EXPECT_THAT(OutputShape("e", Lengths{2, 3}, 2, {kUnknown, 2, 4}),
              InvalidWith("[unknown, 2, 4]"));
  EXPECT_THAT(OutputShape("e", Lengths{}, 2, {2, 4}), InvalidWith("[]"));
}

TEST(ModelLength, IsOneLengthOrNone) {
  EXPECT_EQ(*ModelLength("e", std::int64_t{3}), 3);
  EXPECT_EQ(*ModelLength("e", {}), kUnknown);
  EXPECT_EQ(*ModelLength("e", std::int64_t{0}), kUnknown);
  EXPECT_EQ(*ModelLength("e", Lengths{}), kUnknown);
  EXPECT_THAT(ModelLength("e", Lengths{3}), InvalidWith("[3]"));
  EXPECT_THAT(ModelLength("e", std::int64_t{-3}), InvalidWith("-3"));
}

class ConformToModelTest : public ::testing::Test {
 protected:
  Features::Shape ShapeFor(std::optional<std::int64_t> length,
                           Features::Shape shape) {
    const auto tensor =
        ConformToModel("e", length, Dense(absl::MakeConstSpan(ids_), shape));
    EXPECT_TRUE(tensor.ok()) << tensor.status();
    return tensor.ok() ? tensor->shape : Features::Shape{};
  }
  absl::Status Refusal(std::int64_t length, Features::Shape shape) {
    return ConformToModel("e", length, Dense(absl::MakeConstSpan(ids_), shape))
        .status();
  }

  const std::vector<std::int64_t> ids_ = {0};
};

TEST_F(ConformToModelTest, ALastAxisOfOneComesAndGoes) {
  EXPECT_THAT(ShapeFor(4, {2, 4, 1}), ElementsAre(2, 4));
  EXPECT_THAT(ShapeFor(kUnknown, {2, 4, 1}), ElementsAre(2, 4));
  EXPECT_THAT(ShapeFor(1, {5}), ElementsAre(5, 1));
  EXPECT_THAT(ShapeFor(1, {5, 1, 1}), ElementsAre(5, 1));
  EXPECT_THAT(ShapeFor(3, {2, 3}), ElementsAre(2, 3));
  EXPECT_THAT(ShapeFor(3, {2, 3, 2, 1}), ElementsAre(2, 3, 2, 1));
}

TEST_F(ConformToModelTest, ComparesTheSecondAxis) {
  EXPECT_THAT(Refusal(3, {2, 4}), InvalidWith("[batch, 3], got [2, 4]"));
  EXPECT_THAT(Refusal(3, {2, 4, 1}), InvalidWith("got [2, 4, 1]"));
  EXPECT_THAT(Refusal(3, {2, 4, 3}), InvalidWith("got [2, 4, 3]"));
  // Nothing to compare: no second axis once an axis of one is left out.
  EXPECT_THAT(ShapeFor(3, {5}), ElementsAre(5));
  EXPECT_THAT(ShapeFor(3, {5, 1}), ElementsAre(5, 1));
  EXPECT_THAT(ShapeFor(1, {5, 4}), ElementsAre(5, 4));
  EXPECT_THAT(ShapeFor(3, {}), IsEmpty());
}

TEST_F(ConformToModelTest, OtherLayoutsKeepTheirShape) {
  const auto ids = absl::MakeConstSpan(ids_);
  const std::vector<std::int64_t> splits = {0, 1}, at = {0, 0, 0};
  EXPECT_THAT(ConformToModel("e", 3, Ragged({splits}, ids, {1}))->shape,
              ElementsAre(1));
  EXPECT_THAT(ConformToModel("e", 3, Sparse(at, ids, {2, 3, 1}))->shape,
              ElementsAre(2, 3, 1));
  EXPECT_THAT(ConformToModel("e", 3, Sparse(at, ids, {2, 4, 1})),
              InvalidWith("[2, 4, 1]"));
}

}  // namespace
}  // namespace rowhouse::internal
