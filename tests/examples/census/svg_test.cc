#include "examples/census/svg.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rowhouse::census {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Svg, EscapesText) {
  Svg svg(10, 20);
  svg.Text({1, 2}, "<a & \"b\">", {});
  const std::string file = svg.Finish();
  EXPECT_THAT(file, HasSubstr("&lt;a &amp; &quot;b&quot;&gt;"));
  EXPECT_THAT(file, HasSubstr("width=\"10\" height=\"20\""));
}

TEST(RoundTicks, SpanTheRangeInRoundSteps) {
  EXPECT_THAT(RoundTicks(0.866, 0.8749, 4),
              ElementsAre(DoubleNear(0.865, 1e-9), DoubleNear(0.87, 1e-9),
                          DoubleNear(0.875, 1e-9)));
  EXPECT_THAT(RoundTicks(-1, 3, 4), ElementsAre(-1, 0, 1, 2, 3));
  EXPECT_THAT(RoundTicks(0, 70, 4), ElementsAre(0, 20, 40, 60, 80));
  EXPECT_THAT(RoundTicks(5, 5, 4), ElementsAre(5));
}

}  // namespace
}  // namespace rowhouse::census
