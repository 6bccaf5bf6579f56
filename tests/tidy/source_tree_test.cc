#include "tests/tidy/source_tree.h"

#include <gtest/gtest.h>

namespace rowhouse::tidy {
namespace {

TEST(BlankCommentsAndLiteralsTest, LeavesCodeAndKeepsLines) {
  EXPECT_EQ(BlankCommentsAndLiterals("a; // b\nc;"), "a;     \nc;");
  EXPECT_EQ(BlankCommentsAndLiterals("a /* b\nc */ d"), "a     \n     d");
}

TEST(BlankCommentsAndLiteralsTest, LiteralsKeepTheirQuotes) {
  EXPECT_EQ(BlankCommentsAndLiterals(R"(f("a\"b", 'c'))"), R"(f("    ", " "))");
  EXPECT_EQ(BlankCommentsAndLiterals("x = \"// no\"; y"), "x = \"     \"; y");
}

TEST(BlankCommentsAndLiteralsTest, RawStringsEndAtTheirOwnDelimiter) {
  EXPECT_EQ(BlankCommentsAndLiterals("R\"x(a)\" )x\"; b"), "\"         \"; b");
  EXPECT_EQ(BlankCommentsAndLiterals("OR\"a\" b"), "OR\" \" b");
}

TEST(BlankCommentsAndLiteralsTest, DigitSeparatorsAreNoLiterals) {
  EXPECT_EQ(BlankCommentsAndLiterals("16'384 + 'a'"), "16'384 + \" \"");
}

TEST(BlankCommentsAndLiteralsTest, WhatIsNotClosedEndsWithTheText) {
  EXPECT_EQ(BlankCommentsAndLiterals("/* a"), "    ");
  EXPECT_EQ(BlankCommentsAndLiterals("'"), " ");
  EXPECT_EQ(BlankCommentsAndLiterals("\"ab"), "\" \"");
}

TEST(SourceTreeTest, PathsAndLines) {
  EXPECT_EQ(LineAt("a\nb\nc", 0), 1);
  EXPECT_EQ(LineAt("a\nb\nc", 4), 3);
  EXPECT_EQ(FolderOf("a/b/c.h"), "a/b");
  EXPECT_EQ(FolderOf("c.h"), "");
  EXPECT_EQ(StemOf("a/b/c.h"), "c");
}

}  // namespace
}  // namespace rowhouse::tidy
