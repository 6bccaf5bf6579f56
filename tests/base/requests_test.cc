#include "base/requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"

namespace rowhouse {
namespace {

constexpr Id kIds[] = {7, 8, 9};
constexpr float kWeights[] = {1, 2, 3};

auto Refused(const char* message) {
  return StatusIs(absl::StatusCode::kInvalidArgument, message);
}

TEST(BagsView, CountsBags) {
  const std::uint32_t splits[] = {0, 2, 2, 3};
  EXPECT_EQ(BagsView{}.bags(), 0u);
  EXPECT_EQ((BagsView{.ids = kIds}.bags()), 3u);
  EXPECT_EQ((BagsView{.ids = kIds, .row_splits = splits}.bags()), 3u);
  EXPECT_EQ((BagsView{.row_splits = {splits, 1}}.bags()), 0u);
}

TEST(LookupInput, OutputRowsFollowThePooling) {
  const std::uint32_t splits[] = {0, 3};
  LookupInput input{.bags = {.ids = kIds, .row_splits = splits}};
  EXPECT_EQ(input.output_rows(), 3u);
  input.pooling = Pooling::kSum;
  EXPECT_EQ(input.output_rows(), 1u);
}

TEST(Validate, AcceptsBagsThatFit) {
  const std::uint32_t splits[] = {0, 0, 2, 2, 3};
  const std::uint32_t no_bags[] = {0};
  const std::uint32_t empty_bag[] = {0, 0};
  for (const BagsView& bags :
       {BagsView{}, BagsView{.ids = kIds},
        BagsView{.ids = kIds, .weights = kWeights},
        BagsView{.ids = kIds, .weights = kWeights, .row_splits = splits},
        BagsView{.row_splits = no_bags}, BagsView{.row_splits = empty_bag}}) {
    ROWHOUSE_EXPECT_OK(Validate(bags, "t"));
  }
}

TEST(Validate, RefusesWeightsOfAnotherLength) {
  EXPECT_THAT(Validate({.ids = kIds, .weights = {kWeights, 2}}, "t"),
              Refused("table 't': 2 weights for 3 ids"));
  EXPECT_THAT(Validate({.weights = {kWeights, 1}}, "t"),
              Refused("table 't': 1 weights for 0 ids"));
}

TEST(Validate, RefusesSplitsThatDoNotCoverTheIds) {
  const std::uint32_t late[] = {1, 3}, early[] = {0, 2}, beyond[] = {0, 4};
  EXPECT_THAT(Validate({.ids = kIds, .row_splits = late}, "t"),
              Refused("table 't': row_splits begin at 1, not 0"));
  EXPECT_THAT(Validate({.ids = kIds, .row_splits = early}, "t"),
              Refused("table 't': row_splits end at 2 but there are 3 ids"));
  EXPECT_THAT(Validate({.ids = kIds, .row_splits = beyond}, "t"),
              Refused("table 't': row_splits end at 4 but there are 3 ids"));
}

TEST(Validate, RefusesSplitsThatFall) {
  const std::uint32_t falling[] = {0, 2, 1, 3};
  const std::uint32_t leaping[] = {0, 4000000000, 3};
  EXPECT_THAT(Validate({.ids = kIds, .row_splits = falling}, "t"),
              Refused("table 't': row_splits fall from 2 to 1 at 2"));
  EXPECT_THAT(Validate({.ids = kIds, .row_splits = leaping}, "t"),
              Refused("table 't': row_splits fall from 4000000000 to 3 at 2"));
}

}  // namespace
}  // namespace rowhouse
