#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tidy/rules.h"
#include "tests/tidy/source_tree.h"

namespace rowhouse::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(MirrorTest, ASourceWithoutItsTestIsFound) {
  const auto tree = SourceTree::Of({{"shard/table.cc", ""},
                                    {"tests/shard/other_test.cc", ""},
                                    {"shard/other.h", ""}});
  EXPECT_THAT(CheckMirror(tree, {}),
              ElementsAre(Finding{"shard/table.cc", 0,
                                  "has no tests/shard/table_test.cc"}));
}

TEST(MirrorTest, FoldersInsideARoomAreMirrored) {
  EXPECT_THAT(
      CheckMirror(SourceTree::Of({{"kernels/optimizers/sgd.cc", ""},
                                  {"tests/kernels/optimizers/sgd_test.cc", ""},
                                  {"proto/wire/hot.cc", ""},
                                  {"tests/wire/hot_test.cc", ""}}),
                  {}),
      IsEmpty());
}

TEST(MirrorTest, AnExemptionSaysWhyAndIsNeeded) {
  const auto tree = SourceTree::Of({{"server/main.cc", ""},
                                    {"shard/table.cc", ""},
                                    {"tests/shard/table_test.cc", ""}});
  EXPECT_THAT(CheckMirror(tree, {{"server/main.cc", "started by tests"}}),
              IsEmpty());
  EXPECT_THAT(
      CheckMirror(tree, {{"server/main.cc", ""},
                         {"shard/table.cc", "reason"},
                         {"shard/gone.cc", "reason"}}),
      ElementsAre(Finding{"server/main.cc", 0, "is exempt without a reason"},
                  Finding{"shard/table.cc", 0, "is exempt but has its test"},
                  Finding{"shard/gone.cc", 0, "is exempt but not there"}));
}

TEST(MirrorTest, ATestOfNothingIsFound) {
  EXPECT_THAT(
      CheckMirror(SourceTree::Of({{"tests/base/gone_test.cc", ""}}), {}),
      ElementsAre(
          Finding{"tests/base/gone_test.cc", 0, "tests base/gone, not there"}));
  EXPECT_THAT(
      CheckMirror(
          SourceTree::Of({{"base/hash_test.cc", ""}, {"base/hash.h", ""}}), {}),
      ElementsAre(
          Finding{"base/hash_test.cc", 0, "a test belongs under tests/"}));
}

TEST(MirrorTest, HeadersMayBeTestedAndWholesAreFree) {
  EXPECT_THAT(
      CheckMirror(SourceTree::Of({{"base/include/rowhouse/ids.h", ""},
                                  {"tests/base/ids_test.cc", ""},
                                  {"kernels/philox-inl.h", ""},
                                  {"tests/kernels/philox_test.cc", ""},
                                  {"tests/integration/kill_test.cc", ""}}),
                  {}),
      IsEmpty());
}

}  // namespace
}  // namespace rowhouse::tidy
