#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/examples/program_run.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse {
namespace {

constexpr char kProgram[] = ROWHOUSE_EXAMPLES "/sequential";

// Three labels of 10 to 30: their mean alone has a loss of 67.
TEST(Sequential, LearnsItsData) {
  const TempDir dir;
  const ProgramRun run =
      RunProgram(absl::StrCat(kProgram, " embedded:", dir.File("data")));
  ASSERT_EQ(run.exit_code, 0);
  const std::vector<double> losses = run.Losses();
  ASSERT_THAT(losses, ::testing::SizeIs(10));
  EXPECT_GT(losses.front(), 10);
  EXPECT_LT(losses.back(), 0.1);
  const nlohmann::json figures = run.Figures();
  EXPECT_EQ(figures["program"], "sequential");
  EXPECT_NEAR(figures["first_loss"].get<double>(), losses.front(), 1e-5);
  EXPECT_NEAR(figures["loss"].get<double>(), losses.back(), 1e-5);
}

TEST(Sequential, SaysWhyItCannotTrain) {
  EXPECT_EQ(RunProgram(absl::StrCat(kProgram, " nowhere 2>&1")).exit_code, 1);
  EXPECT_EQ(RunProgram(absl::StrCat(kProgram, " 2>&1")).exit_code, 2);
}

}  // namespace
}  // namespace rowhouse
