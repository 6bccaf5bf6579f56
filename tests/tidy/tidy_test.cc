// Every rule of rules.h over the whole tree. The tests beside this one show
// that each rule can fail.
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "tests/tidy/rules.h"
#include "tests/tidy/source_tree.h"

namespace rowhouse::tidy {
namespace {

// One line for each; "" when a rule is kept.
std::string Report(const std::vector<Finding>& findings) {
  std::ostringstream report;
  for (const Finding& finding : findings) report << finding << '\n';
  return report.str();
}

class TidyTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    tree_ = new SourceTree(SourceTree::Read(ROWHOUSE_SOURCE_DIR));
  }
  static void TearDownTestSuite() {
    delete tree_;
    tree_ = nullptr;
  }

  static SourceTree* tree_;
};

SourceTree* TidyTest::tree_ = nullptr;

TEST_F(TidyTest, SeesTheTree) {
  EXPECT_TRUE(tree_->Contains("base/limits.h"));
  EXPECT_TRUE(tree_->Contains("tests/tidy/tidy_test.cc"));
  EXPECT_TRUE(tree_->Contains("CMakeLists.txt"));
}

TEST_F(TidyTest, RoomsIncludeWhatTheyMay) {
  EXPECT_EQ(Report(CheckLayers(*tree_)), "");
}

TEST_F(TidyTest, EveryFileIsBuilt) {
  EXPECT_EQ(Report(CheckBuildLists(*tree_)), "");
}

TEST_F(TidyTest, EverySourceHasItsTest) {
  EXPECT_EQ(Report(CheckMirror(*tree_, Exemptions())), "");
}

TEST_F(TidyTest, WordsWithAReplacementAreReplaced) {
  EXPECT_EQ(Report(CheckWords(*tree_)), "");
}

TEST_F(TidyTest, FilesFunctionsAndLinesAreShort) {
  EXPECT_EQ(Report(CheckShape(*tree_)), "");
}

}  // namespace
}  // namespace rowhouse::tidy
