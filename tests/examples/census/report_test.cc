#include "examples/census/report.h"

#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rowhouse::census {
namespace {

TrainResult Result(double accuracy) {
  return {
      .epochs = {{.test = {.accuracy = 0.25}},
                 {.test = {.accuracy = accuracy, .auc = 0.75, .loss = 0.5}}},
      .pushes = 8,
      .rows = 100,
      .seconds = 1.5};
}

TEST(Report, OfQuickstartHasItsKeysInOrder) {
  const QuickstartFigures figures{.data = "generated",
                                  .seed = 3,
                                  .embedded = Result(0.875),
                                  .servers = Result(0.625),
                                  .server_count = 4,
                                  .pictures = {"a.svg", "b.svg"}};
  EXPECT_EQ(QuickstartReport(figures),
            R"({"data":"generated","seed":3,)"
            R"("embedded":{"accuracy":0.875,"auc":0.75,"loss":0.5,"rows":100,)"
            R"("pushes":8,"seconds":1.5},)"
            R"("servers":{"accuracy":0.625,"auc":0.75,"loss":0.5,"rows":100,)"
            R"("pushes":8,"seconds":1.5,"count":4},)"
            R"("tables_max_abs_difference":0.0,"pictures":["a.svg","b.svg"]})");
}

TEST(Report, HasNullForADifferenceThatIsNoNumber) {
  const QuickstartFigures figures{
      .embedded = Result(1),
      .servers = Result(1),
      .tables_max_abs_difference = std::numeric_limits<double>::infinity()};
  EXPECT_THAT(QuickstartReport(figures),
              ::testing::HasSubstr(R"("tables_max_abs_difference":null)"));
}

TEST(Report, OfOneRun) {
  EXPECT_EQ(RunReport("dir", 1, Result(0.5), {}),
            R"({"data":"dir","seed":1,"accuracy":0.5,"auc":0.75,"loss":0.5,)"
            R"("rows":100,"pushes":8,"seconds":1.5,"pictures":[]})");
}

}  // namespace
}  // namespace rowhouse::census
