#include "tools/columns_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class ColumnsFileTest : public testing::Test {
 protected:
  auto Read(const std::string& text) {
    std::ofstream(dir_.File("spec")) << text;
    return ReadColumnsFile(dir_.File("spec"));
  }

  TempDir dir_;
};

TEST_F(ColumnsFileTest, SeesWhichFormatItIs) {
  EXPECT_THAT(
      Read(" \n{\"columns\": [{\"numeric_column\": {\"key\": \"n\"}}]}"),
      IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(Read("columns { numeric_column { key: \"n\" } }"),
              IsOkAndHolds(SizeIs(1)));
}

// `columns explain` of it printed the head of an empty table, and was done.
TEST_F(ColumnsFileTest, AFileWithoutColumnsIsRefused) {
  for (const char* text : {"", "{}", "# nothing", "{\"columns\": []}"}) {
    EXPECT_THAT(Read(text), StatusIs(absl::StatusCode::kInvalidArgument,
                                     HasSubstr("spec: has no columns")));
  }
}

TEST_F(ColumnsFileTest, NamesTheFile) {
  EXPECT_THAT(Read("{\"columns\": 3}"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr(dir_.File("spec"))));
  EXPECT_THAT(ReadColumnsFile(dir_.File("absent")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("absent")));
}

}  // namespace
}  // namespace rowhouse::tools
