#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/examples/program_run.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse {
namespace {

constexpr char kVocabulary[] =
    ROWHOUSE_SOURCE_DIR "/examples/video_ids/video_vocabulary.txt";

// Guessing has a loss of 0.69, knowing the genres one of 0.33.
TEST(VideoIds, LearnsWhatIsClickedFromOneTable) {
  const TempDir dir;
  const ProgramRun run = RunProgram(absl::StrCat(
      ROWHOUSE_VIDEO_IDS " embedded:", dir.File("data"), " ", kVocabulary));
  ASSERT_EQ(run.exit_code, 0);
  const std::vector<double> losses = run.Losses();
  ASSERT_THAT(losses, ::testing::SizeIs(10));
  EXPECT_GT(losses.front(), 0.5);
  EXPECT_LT(losses.back(), 0.42);
  const nlohmann::json figures = run.Figures();
  EXPECT_EQ(figures["program"], "video_ids");
  EXPECT_EQ(figures["tables"], 1);
  EXPECT_EQ(figures["rows"], 80);
}

TEST(VideoIds, SaysWhyItCannotTrain) {
  const TempDir dir;
  const std::string data = absl::StrCat(" embedded:", dir.File("data"));
  const ProgramRun run = RunProgram(
      absl::StrCat(ROWHOUSE_VIDEO_IDS, data, " ", dir.File("absent"), " 2>&1"));
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.lines, ::testing::Contains(::testing::HasSubstr("absent")));
  EXPECT_EQ(
      RunProgram(absl::StrCat(ROWHOUSE_VIDEO_IDS, data, " 2>&1")).exit_code, 2);
}

}  // namespace
}  // namespace rowhouse
