#include "examples/dense/program.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rowhouse::dense {
namespace {

using ::testing::HasSubstr;

// The program's name is the first word.
int RunWords(std::vector<std::string> line) {
  std::vector<char*> argv;
  for (std::string& word : line) argv.push_back(word.data());
  return RunProgram(static_cast<int>(argv.size()), argv.data(),
                    {"ADDRESS", "FILE"}, [](const std::vector<std::string>& w) {
                      return w == std::vector<std::string>{"here", "x.txt"}
                                 ? absl::OkStatus()
                                 : absl::NotFoundError("no " + w[1]);
                    });
}

TEST(RunProgram, GivesTheWordsToTheTraining) {
  EXPECT_EQ(RunWords({"a", "here", "x.txt"}), 0);
}

TEST(RunProgram, SaysWhyTheTrainingFailed) {
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(RunWords({"a", "here", "y.txt"}), 1);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              HasSubstr("a: NOT_FOUND: no y.txt"));
}

TEST(RunProgram, SaysTheWordsThatItWants) {
  for (const auto& line : {std::vector<std::string>{"a", "here"},
                           {"a", "here", "x.txt", "more"}}) {
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(RunWords(line), 2);
    EXPECT_THAT(::testing::internal::GetCapturedStderr(),
                HasSubstr("usage: a ADDRESS FILE"));
  }
}

}  // namespace
}  // namespace rowhouse::dense
