#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/tidy/rules.h"
#include "tests/tidy/source_tree.h"

namespace rowhouse::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<Finding> In(const std::string& path, const std::string& text) {
  return CheckShape(SourceTree::Of({{path, text}}));
}

// `count` lines, inside of `head {` and `}`.
std::string Block(const std::string& head, int count) {
  std::string text = head + " {\n";
  for (int i = 0; i < count; ++i) text += "  x();\n";
  return text + "}\n";
}

std::string Lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "x;\n";
  return text;
}

TEST(ShapeTest, FilesHaveAtMost600Lines) {
  EXPECT_THAT(In("base/a.cc", Lines(600)), IsEmpty());
  EXPECT_THAT(In("base/a.cc", Lines(601)),
              ElementsAre(Finding{"base/a.cc", 0, "601 lines, at most 600"}));
}

TEST(ShapeTest, FunctionsHaveAtMost70Lines) {
  EXPECT_THAT(In("base/a.cc", Block("void F()", 68)), IsEmpty());
  EXPECT_THAT(In("base/a.cc", "int a;\n" + Block("void F()", 69)),
              ElementsAre(Finding{"base/a.cc", 2,
                                  "a function of 71 lines, at most 70"}));
}

TEST(ShapeTest, FunctionsInsideNamespacesAndTypesCount) {
  const std::string function = Block("void F() const", 69);
  for (const char* scope :
       {"namespace a {\n", "class A final : public B {\n public:\n",
        "struct alignas(64) A {\n", "template <typename T>\nclass A {\n",
        "class A {\n private:\n  class B {\n"}) {
    EXPECT_THAT(In("base/a.cc", scope + function), SizeIs(1)) << scope;
  }
}

TEST(ShapeTest, ConstructorsWithBracesInTheirInitializersCount) {
  EXPECT_THAT(In("base/a.cc", Block("A::A(int b) : b_{b}, c_(b)", 69)),
              SizeIs(1));
}

TEST(ShapeTest, TablesAndNamespacesAreNoFunctions) {
  EXPECT_THAT(In("base/a.cc", Block("constexpr int kTable[] =", 200)),
              IsEmpty());
  EXPECT_THAT(In("base/a.cc", Block("namespace a", 200)), IsEmpty());
}

TEST(ShapeTest, BracesInLiteralsAndDirectivesDoNotCount) {
  const std::string two = "void F() { x = '{'; }\n#define A {\n" + Lines(80) +
                          "void G() { x = \"}\"; }\n";
  EXPECT_THAT(In("base/a.cc", two), IsEmpty());
}

TEST(ShapeTest, LinesHaveAtMost80Columns) {
  EXPECT_THAT(In("base/a.cc", std::string(80, 'x') + "\n"), IsEmpty());
  EXPECT_THAT(In("base/a.cc", "\n" + std::string(81, 'x') + "\n"),
              ElementsAre(Finding{"base/a.cc", 2, "81 columns, at most 80"}));
  EXPECT_THAT(In("base/a.cc", "// https://" + std::string(90, 'x') + "\n"),
              IsEmpty());
  // 80 characters in 160 bytes.
  std::string wide;
  for (int i = 0; i < 80; ++i) wide += "\xc3\xa9";
  EXPECT_THAT(In("base/a.cc", wide + "\n"), IsEmpty());
}

TEST(ShapeTest, BlanksTabsAndTheLastLine) {
  EXPECT_THAT(In("base/a.cc", "int a; \n"), SizeIs(1));
  EXPECT_THAT(In("base/a.cc", "\tint a;\n"), SizeIs(1));
  EXPECT_THAT(In("base/a.cc", "int a;"), SizeIs(1));
  EXPECT_THAT(In("base/a.bin", "\t \n "), IsEmpty());
}

TEST(ShapeTest, HeadersAreGuardedByTheirPath) {
  const auto guarded = [](const std::string& path, const std::string& guard) {
    return In(path, absl::StrCat("#ifndef ", guard, "\n#define ", guard,
                                 "\n#endif\n"));
  };
  EXPECT_THAT(guarded("base/log.h", "ROWHOUSE_BASE_LOG_H_"), IsEmpty());
  EXPECT_THAT(guarded("base/log.h", "ROWHOUSE_LOG_H_"), SizeIs(1));
  EXPECT_THAT(guarded("base/include/rowhouse/ids.h", "ROWHOUSE_IDS_H_"),
              IsEmpty());
}

}  // namespace
}  // namespace rowhouse::tidy
