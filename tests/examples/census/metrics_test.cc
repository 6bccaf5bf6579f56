#include "examples/census/metrics.h"

#include <cmath>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rowhouse::census {
namespace {

// Positives 3, 1, -1 against negatives 1, 0, -2: of 9 pairs 3 + (2 + 1/2) + 1
// are won.
TEST(Metrics, AreaUnderCurveCountsTiesHalf) {
  const std::vector<float> logits = {3, 1, -1, 1, 0, -2};
  const std::vector<float> labels = {1, 1, 1, 0, 0, 0};
  EXPECT_DOUBLE_EQ(AreaUnderCurve(logits, labels), 6.5 / 9);
}

TEST(Metrics, AreaUnderCurveAtItsEnds) {
  const std::vector<float> logits = {-1, 2, 4};
  EXPECT_DOUBLE_EQ(AreaUnderCurve(logits, std::vector<float>{0, 1, 1}), 1);
  EXPECT_DOUBLE_EQ(AreaUnderCurve(logits, std::vector<float>{1, 0, 0}), 0);
  EXPECT_DOUBLE_EQ(AreaUnderCurve(logits, std::vector<float>{1, 1, 1}), 0.5);
}

TEST(Metrics, LogLossOfKnownProbabilities) {
  EXPECT_NEAR(LogLoss(std::log(3.0), 1), -std::log(0.75), 1e-12);
  EXPECT_NEAR(LogLoss(std::log(3.0), 0), -std::log(0.25), 1e-12);
  EXPECT_DOUBLE_EQ(LogLoss(1000, 0), 1000);
  EXPECT_DOUBLE_EQ(LogLoss(-1000, 0), 0);
}

TEST(Metrics, AccuracyAndLossAreMeans) {
  const std::vector<float> logits = {2, -2, 2, 0};
  const std::vector<float> labels = {1, 0, 0, 1};
  const Metrics metrics = Measure(logits, labels);
  EXPECT_DOUBLE_EQ(metrics.accuracy, 0.5);  // a logit of 0 answers 0
  const double certain = std::log1p(std::exp(-2.0));
  EXPECT_NEAR(metrics.loss, (2 * certain + certain + 2 + std::log(2.0)) / 4,
              1e-9);
}

}  // namespace
}  // namespace rowhouse::census
