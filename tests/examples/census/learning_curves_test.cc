#include "examples/census/learning_curves.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rowhouse::census {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

EpochResult Epoch(double accuracy, double auc, double loss) {
  return {.test = {.accuracy = accuracy, .auc = auc, .loss = loss}};
}

TEST(LearningCurves, NamesRunsAndLastValues) {
  const std::vector<NamedRun> runs = {
      {"embedded shard", {Epoch(0.86, 0.92, 0.29), Epoch(0.875, 0.93, 0.27)}},
      {"4 servers", {Epoch(0.86, 0.92, 0.29), Epoch(0.875, 0.93, 0.27)}}};
  const std::string svg = DrawLearningCurves(runs, "16281 rows");
  EXPECT_THAT(svg, HasSubstr(">embedded shard</text>"));
  EXPECT_THAT(svg, HasSubstr(">4 servers</text>"));
  EXPECT_THAT(svg, HasSubstr(">16281 rows</text>"));
  EXPECT_THAT(svg, HasSubstr(">0.8750</text>"));
  EXPECT_THAT(svg, HasSubstr(">0.9300</text>"));
  EXPECT_THAT(svg, HasSubstr(">0.2700</text>"));
}

TEST(LearningCurves, DrawsASingleEpoch) {
  const std::string svg =
      DrawLearningCurves({{"run", {Epoch(0.5, 0.5, 0.7)}}}, "");
  EXPECT_THAT(svg, HasSubstr("Log loss"));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
}

}  // namespace
}  // namespace rowhouse::census
