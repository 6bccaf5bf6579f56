#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/tidy/rules.h"
#include "tests/tidy/source_tree.h"

namespace rowhouse::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<Finding> In(const std::string& path, const std::string& text) {
  return CheckWords(SourceTree::Of({{path, text}}));
}

TEST(WordsTest, NamesTheLineAndTheReplacement) {
  EXPECT_THAT(In("shard/a.cc", "int a;\nstd::string_view b;\n"),
              ElementsAre(Finding{"shard/a.cc", 2,
                                  "std::string_view: use absl::string_view"}));
}

TEST(WordsTest, EachBannedWordIsFound) {
  for (const char* code :
       {"x = getenv(y);", "absl::Mutex mu;", "std::lock_guard<X> l(mu);",
        "std::this_thread::sleep_for(x);", "usleep(5);", "x = rand();",
        "std::rand();", "std::random_device d;", "std::thread t;", "exit(1);",
        "std::abort();", "throw x;", "assert(n > 0);", "printf(x);",
        "std::cerr << x;", "using namespace std;"}) {
    EXPECT_THAT(In("storage/a.cc", code), SizeIs(1)) << code;
  }
}

TEST(WordsTest, OnlyWholeWordsOutsideOfProse) {
  for (const char* code :
       {"x = my_getenv(y);", "operand(x);", "on_exit(x);", "static_assert(x);",
        "// std::mutex would do", "x = \"getenv\";", "absl::MutexTable t;",
        "snprintf(x);", "throwing = 1;"}) {
    EXPECT_THAT(In("storage/a.cc", code), IsEmpty()) << code;
  }
}

TEST(WordsTest, SomeFilesAreTheReplacement) {
  EXPECT_THAT(In("base/mutex.h", "std::mutex mu;"), IsEmpty());
  EXPECT_THAT(In("base/executor.cc", "std::thread t;"), IsEmpty());
  EXPECT_THAT(In("server/main.cc", "std::cout << x;"), IsEmpty());
  EXPECT_THAT(In("kernels/a.cc", "assert(n > 0);"), IsEmpty());
}

TEST(WordsTest, TestsRun) {
  EXPECT_THAT(In("tests/a_test.cc", "TEST(A, DISABLED_B) {}"), SizeIs(1));
  EXPECT_THAT(In("tests/a_test.cc", "GTEST_SKIP();"), SizeIs(1));
}

TEST(WordsTest, EmptyNames) {
  EXPECT_THAT(In("shard/a.h", "class TableManager {"), SizeIs(1));
  EXPECT_THAT(In("shard/a.h", "struct ShardImpl final {"), SizeIs(1));
  EXPECT_THAT(In("shard/a.h", "class Implication {"), IsEmpty());
  EXPECT_THAT(In("shard/table_util.h", ""), SizeIs(1));
  EXPECT_THAT(In("common/table.h", ""), SizeIs(1));
  EXPECT_THAT(In("shard/utility.h", ""), IsEmpty());
}

TEST(WordsTest, UnfinishedWorkAlsoInProse) {
  EXPECT_THAT(In("docs/a.md", std::string("one\nTO") + "DO: two\n"),
              ElementsAre(Finding{
                  "docs/a.md", 2,
                  std::string("TO") + "DO: an issue, or the work itself"}));
  EXPECT_THAT(In("base/a.cc", std::string("// FIX") + "ME\n"), SizeIs(1));
}

}  // namespace
}  // namespace rowhouse::tidy
