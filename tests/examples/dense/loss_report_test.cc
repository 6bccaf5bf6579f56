#include "examples/dense/loss_report.h"

#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rowhouse::dense {
namespace {

TEST(LossReport, HasALinePerTenthWithItsMeanLoss) {
  ::testing::internal::CaptureStdout();
  LossReport report("program", 20);
  for (int step = 1; step <= 20; ++step) report.Step(step);
  const std::string lines = ::testing::internal::GetCapturedStdout();
  EXPECT_THAT(lines, ::testing::StartsWith("step     2  loss 1.500000\n"
                                           "step     4  loss 3.500000\n"));
  EXPECT_THAT(lines, ::testing::EndsWith("step    20  loss 19.500000\n"));
  EXPECT_EQ(report.Json({{"rows", 7}}),
            R"({"program":"program","steps":20,"first_loss":1.5,"loss":19.5,)"
            R"("rows":7})");
}

TEST(LossReport, EndsWithTheLastStepOfUnevenTenths) {
  ::testing::internal::CaptureStdout();
  LossReport report("program", 13);
  for (int step = 1; step <= 13; ++step) report.Step(step);
  const std::string lines = ::testing::internal::GetCapturedStdout();
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 10);
  EXPECT_THAT(lines, ::testing::HasSubstr("step    13  loss "));
}

}  // namespace
}  // namespace rowhouse::dense
