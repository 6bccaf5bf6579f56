#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tidy/rules.h"
#include "tests/tidy/source_tree.h"

namespace rowhouse::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

TEST(BuildListsTest, ATestThatNobodyNamesIsFound) {
  const auto tree = SourceTree::Of(
      {{"tests/shard/CMakeLists.txt", "rowhouse_test(NAME t SRCS a_test.cc)"},
       {"tests/shard/a_test.cc", ""},
       {"tests/shard/b_test.cc", ""}});
  EXPECT_THAT(CheckBuildLists(tree),
              ElementsAre(Field(&Finding::path, "tests/shard/b_test.cc")));
}

TEST(BuildListsTest, NamesCountFromTheFolderOfTheirList) {
  const auto tree = SourceTree::Of(
      {{"kernels/CMakeLists.txt", "SRCS optimizers/sgd.cc combine.cc"},
       {"kernels/optimizers/sgd.cc", ""},
       {"kernels/optimizers/combine.cc", ""},
       {"kernels/combine.cc", ""}});
  EXPECT_THAT(
      CheckBuildLists(tree),
      ElementsAre(Field(&Finding::path, "kernels/optimizers/combine.cc")));
}

TEST(BuildListsTest, AListElsewhereMayNameAFileFromTheRoot) {
  const auto tree = SourceTree::Of(
      {{"bench/CMakeLists.txt", "SRCS ${PROJECT_SOURCE_DIR}/tests/x.cc"},
       {"tests/x.cc", ""}});
  EXPECT_THAT(CheckBuildLists(tree), IsEmpty());
}

TEST(BuildListsTest, AWordInACommentBuildsNothing) {
  const auto tree =
      SourceTree::Of({{"base/CMakeLists.txt", "# a.cc\nset(x ba.cc)"},
                      {"base/a.cc", ""},
                      {"base/a.h", ""},
                      {"base/a.proto", ""}});
  EXPECT_THAT(CheckBuildLists(tree),
              ElementsAre(Field(&Finding::path, "base/a.cc"),
                          Field(&Finding::path, "base/a.h"),
                          Field(&Finding::path, "base/a.proto")));
}

TEST(BuildListsTest, AHeaderOfTestsComesWithWhoIncludesIt) {
  const auto tree =
      SourceTree::Of({{"tests/base/CMakeLists.txt", "SRCS a_test.cc"},
                      {"tests/base/a_test.cc", "#include \"tests/base/b.h\"\n"},
                      {"tests/base/b.h", ""},
                      {"tests/base/c.h", ""}});
  EXPECT_THAT(CheckBuildLists(tree),
              ElementsAre(Field(&Finding::path, "tests/base/c.h")));
}

TEST(BuildListsTest, ASourcesListWorksToo) {
  const auto tree = SourceTree::Of(
      {{"shard/lanes/sources.cmake", "set(SRCS a.cc lanes/b.cc)"},
       {"shard/lanes/a.cc", ""},
       {"shard/lanes/b.cc", ""},
       {"shard/lanes/c.cc", ""}});
  EXPECT_THAT(CheckBuildLists(tree),
              ElementsAre(Field(&Finding::path, "shard/lanes/c.cc")));
}

}  // namespace
}  // namespace rowhouse::tidy
