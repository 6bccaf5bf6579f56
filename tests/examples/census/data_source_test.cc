#include "examples/census/data_source.h"

#include "tests/testing/status_matchers.h"

namespace rowhouse::census {
namespace {

using ::testing::HasSubstr;

TEST(DataSource, GeneratesWhatIsAskedFor) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const DataSource source,
                                LoadData("generated", 1));
  EXPECT_EQ(source.name, "generated");
  EXPECT_EQ(source.census.train.rows(), kTrainRows);
  EXPECT_EQ(source.census.test.rows(), kTestRows);
  ASSERT_TRUE(source.best_accuracy.has_value());
  EXPECT_THAT(source.note, HasSubstr("GENERATED"));
  EXPECT_THAT(source.note, HasSubstr("asked for"));
}

TEST(DataSource, DoesNotReplaceADirectoryThatIsWrong) {
  EXPECT_THAT(LoadData("/nowhere", 1), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace rowhouse::census
