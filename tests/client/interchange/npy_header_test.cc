#include "client/interchange/npy_header.h"

#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"

namespace rowhouse::interchange {
namespace {

TEST(NpyHeaderTest, ReadsWhatNumPyWrites) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const NpyHeader header,
      ParseNpyHeader("{'descr': '<f4', 'fortran_order': False, "
                     "'shape': (3, 4), }          \n"));
  EXPECT_EQ(header.descr, "<f4");
  EXPECT_FALSE(header.fortran_order);
  EXPECT_EQ(header.shape, (Shape{3, 4}));
}

TEST(NpyHeaderTest, ReadsOtherWaysToSayIt) {
  for (const char* text :
       {"{'shape':(3,),'descr':\"<f4\",'fortran_order':True}",
        "{ 'shape' : ( 3L , ) , 'fortran_order' : True , 'descr' : '<f4' , }",
        "{'descr': '<f4','fortran_order': True,'shape': (3 ,)}"}) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const NpyHeader header, ParseNpyHeader(text));
    EXPECT_TRUE(header.fortran_order);
    EXPECT_EQ(header.shape, (Shape{3})) << text;
  }
}

TEST(NpyHeaderTest, GoesBothWays) {
  for (const Shape& shape : {Shape{}, Shape{0}, Shape{3}, Shape{3, 4, 5}}) {
    const std::string text = NpyHeaderText({.descr = "<f4", .shape = shape});
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const NpyHeader header, ParseNpyHeader(text));
    EXPECT_EQ(header.shape, shape) << text;
  }
}

TEST(NpyHeaderTest, AStructuredTypeIsOneThatNothingReads) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const NpyHeader header,
      ParseNpyHeader("{'descr': [('a]', '<f4'), ('b', [('c', '|u1')])], "
                     "'fortran_order': False, 'shape': (2,), }"));
  EXPECT_EQ(header.descr, "[('a]', '<f4'), ('b', [('c', '|u1')])]");
  EXPECT_EQ(header.shape, Shape({2}));
}

TEST(NpyHeaderTest, HeadersThatAreNone) {
  const std::string rest = "'descr': '<f4', 'fortran_order': False";
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("{}"), "{" + rest + "}",
        "{" + rest + ", 'shape': (3)}", "{" + rest + ", 'shape': (,)}",
        "{" + rest + ", 'shape': (3,,)}", "{" + rest + ", 'shape': (-3,)}",
        "{" + rest + ", 'shape': (3,4}", "{" + rest + ", 'shape': [3]}",
        "{" + rest + ", 'shape': (3,)} x",
        "{" + rest + ", 'shape': (3,) 'x': 1}",
        "{" + rest + ", 'shape': (3,), 'shape': (3,)}",
        "{" + rest + ", 'shape': (3,), 'x': (3,)}",
        "{" + rest + ", 'shape': (99999999999999999999,)}",
        std::string("{'descr': '<f4\\'', 'fortran_order': False, 'shape': ()}"),
        std::string("{'descr': [('a', '<f4'), 'fortran_order': False, "
                    "'shape': ()}"),
        std::string("{'descr': '<f4', 'fortran_order': 0, 'shape': ()}")}) {
    EXPECT_THAT(ParseNpyHeader(text), StatusIs(absl::StatusCode::kDataLoss))
        << text;
  }
}

}  // namespace
}  // namespace rowhouse::interchange
