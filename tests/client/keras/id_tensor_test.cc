#include "client/keras/id_tensor.h"

#include <limits>
#include <string>

#include "tests/client/keras/keras_testing.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kLeast = std::numeric_limits<std::int32_t>::min();

template <typename Value>
std::vector<std::int64_t> IdsOf(const std::vector<Value>& values) {
  const auto ids = IdsOfValues("e", absl::MakeConstSpan(values));
  EXPECT_TRUE(ids.ok()) << ids.status();
  return ids.value_or(std::vector<std::int64_t>{});
}

TEST(IdsOfValues, Int64AndInt32StayAsTheyAre) {
  EXPECT_THAT(IdsOf<std::int64_t>({std::int64_t{1} << 40, -5}),
              ElementsAre(std::int64_t{1} << 40, -5));
  EXPECT_THAT(IdsOf<std::int32_t>({7, -1}), ElementsAre(7, -1));
  EXPECT_THAT(IdsOf<std::int64_t>({}), IsEmpty());
}

TEST(IdsOfValues, OtherIntegersWrapAtInt32) {
  EXPECT_THAT(IdsOf<std::int8_t>({-1, 3}), ElementsAre(-1, 3));
  EXPECT_THAT(IdsOf<std::uint8_t>({255}), ElementsAre(255));
  EXPECT_THAT(IdsOf<std::uint32_t>({5, 0xffffffffu}), ElementsAre(5, -1));
  EXPECT_THAT(IdsOf<std::uint64_t>({(std::uint64_t{1} << 32) + 3}),
              ElementsAre(3));
  const bool bools[] = {true, false};
  EXPECT_THAT(*IdsOfValues("e", absl::MakeConstSpan(bools)), ElementsAre(1, 0));
}

TEST(IdsOfValues, FloatsAreCutTowardZero) {
  EXPECT_THAT(IdsOf<float>({4.9f, -0.9f, 0.5f, -1.0f}),
              ElementsAre(4, 0, 0, -1));
  EXPECT_THAT(IdsOf<Float16>({Float16::From(2.75f)}), ElementsAre(2));
  EXPECT_THAT(IdsOf<Bfloat16>({Bfloat16::From(-3.5f)}), ElementsAre(-3));
  EXPECT_THAT(IdsOf<double>({2147483647.5, -2147483648.5}),
              ElementsAre(2147483647, kLeast));
}

TEST(IdsOfValues, FloatsBeyondInt32AreRowsOfNoTable) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(IdsOf<float>({2147483648.0f, -1e20f, kInf, -kInf, kNan}),
              ElementsAre(kLeast, kLeast, kLeast, kLeast, kLeast));
  EXPECT_THAT(IdsOf<double>({2147483648.0, -2147483649.0}),
              ElementsAre(kLeast, kLeast));
}

TEST(IdsOfValues, StringsHaveNoCast) {
  const std::vector<std::string> words = {"1"};
  EXPECT_THAT(IdsOfValues("e", absl::MakeConstSpan(words)),
              FailsWith(absl::StatusCode::kUnimplemented, "strings"));
}

TEST(NotZero, ComparesBeforeTheCast) {
  const std::vector<float> floats = {0.0f, 0.5f, -0.0f, 2.5f};
  EXPECT_THAT(*NotZero("e", absl::MakeConstSpan(floats)),
              ElementsAre(false, true, false, true));
  const std::vector<std::uint64_t> wide = {std::uint64_t{1} << 32, 0};
  EXPECT_THAT(*NotZero("e", absl::MakeConstSpan(wide)),
              ElementsAre(true, false));
  const std::vector<Float16> halves = {Float16::From(0), Float16::From(.5f)};
  EXPECT_THAT(*NotZero("e", absl::MakeConstSpan(halves)),
              ElementsAre(false, true));
}

TEST(NotZero, RefusesWhatIsNoNumber) {
  const bool bools[] = {true};
  EXPECT_THAT(NotZero("e", absl::MakeConstSpan(bools)), InvalidWith("bool"));
  const std::vector<std::string> words = {"1"};
  EXPECT_THAT(NotZero("e", absl::MakeConstSpan(words)), InvalidWith("string"));
}

TEST(CheckTensor, DenseOfAnyRank) {
  const std::vector<std::int64_t> ids = {1, 2, 3, 4, 5, 6};
  const auto all = absl::MakeConstSpan(ids);
  ROWHOUSE_EXPECT_OK(CheckTensor("e", Dense(all, {6})));
  ROWHOUSE_EXPECT_OK(CheckTensor("e", Dense(all, {1, 2, 3, 1})));
  ROWHOUSE_EXPECT_OK(CheckTensor("e", Dense(all.first(1), {})));
  ROWHOUSE_EXPECT_OK(CheckTensor("e", Dense(all.first(0), {2, 0})));
  EXPECT_THAT(CheckTensor("e", Dense(all, {5})), InvalidWith("6 values"));
  EXPECT_THAT(CheckTensor("e", Dense(all, {})), InvalidWith("6 values"));
  EXPECT_THAT(CheckTensor("e", Dense(all, {-2, -3})), InvalidWith("negative"));
}

TEST(CheckTensor, Sparse) {
  const std::vector<std::int64_t> ids = {1, 2};
  const auto all = absl::MakeConstSpan(ids);
  const std::vector<std::int64_t> rising = {0, 1, 1, 0};
  ROWHOUSE_EXPECT_OK(CheckTensor("e", Sparse(rising, all, {2, 2})));
  EXPECT_THAT(CheckTensor("e", Sparse(rising, all, {2, 1})),
              InvalidWith("outside"));
  const std::vector<std::int64_t> falling = {1, 0, 0, 1};
  EXPECT_THAT(CheckTensor("e", Sparse(falling, all, {2, 2})),
              InvalidWith("order"));
  EXPECT_THAT(CheckTensor("e", Sparse({}, all, {})), InvalidWith("rank 0"));
}

TEST(CheckTensor, RaggedSplitsLeadToTheValues) {
  const std::vector<std::int64_t> ids = {1, 2, 3, 4};
  const auto all = absl::MakeConstSpan(ids);
  const std::vector<std::int64_t> outer = {0, 2, 3}, inner = {0, 1, 1, 4};
  ROWHOUSE_EXPECT_OK(CheckTensor("e", Ragged({outer, inner}, all)));
  // Flat values that are vectors of two.
  const std::vector<std::int64_t> pairs = {0, 2};
  ROWHOUSE_EXPECT_OK(CheckTensor("e", Ragged({pairs}, all, {2})));
  EXPECT_THAT(CheckTensor("e", Ragged({inner}, all, {2})),
              InvalidWith("4 flat values"));
  EXPECT_THAT(CheckTensor("e", Ragged({pairs, inner}, all)),
              InvalidWith("row splits 0"));
  EXPECT_THAT(CheckTensor("e", Ragged({}, all)),
              InvalidWith("without row splits"));
  const std::vector<std::int64_t> none, late = {1, 4}, falling = {0, 5, 4};
  for (const auto& splits : {none, late, falling}) {
    EXPECT_THAT(CheckTensor("e", Ragged({splits}, all)),
                InvalidWith("row splits"));
  }
  EXPECT_THAT(CheckTensor("e", Ragged({pairs}, all, {-2})),
              InvalidWith("negative"));
}

TEST(ElementsOf, SaysWhenTheProductOverflows) {
  EXPECT_EQ(ElementsOf({}), 1);
  EXPECT_EQ(ElementsOf({2, 3}), 6);
  constexpr std::int64_t kHuge = std::int64_t{1} << 62;
  EXPECT_EQ(ElementsOf({kHuge, 4}), std::nullopt);
  EXPECT_EQ(ElementsOf({kHuge, 4, 0}), 0);
}

TEST(PlaceOf, IsWhereTheCallerPutTheValue) {
  const std::vector<std::int64_t> ids = {1, 2, 3, 4, 5, 6};
  const auto all = absl::MakeConstSpan(ids);
  EXPECT_EQ(PlaceOf(Dense(all, {2, 3}), 4), "[1, 1]");
  EXPECT_EQ(PlaceOf(Dense(all.first(1), {}), 0), "[]");
  const std::vector<std::int64_t> at = {0, 1, 7, 3};
  EXPECT_EQ(PlaceOf(Sparse(at, all.first(2), {9, 9}), 1), "[7, 3]");
  const std::vector<std::int64_t> splits = {0, 3, 6};
  EXPECT_EQ(PlaceOf(Ragged({splits}, all), 4), "[4]");
}

}  // namespace
}  // namespace rowhouse::internal
