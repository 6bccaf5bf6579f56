#include "examples/census/quickstart.h"

#include <filesystem>
#include <fstream>

#include "examples/census/generated_data.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::census {
namespace {

void WriteRows(const Dataset& data, const std::string& path) {
  std::ofstream file(path);
  for (std::size_t row = 0; row < data.rows(); ++row) {
    const auto word = [&](Category c) { return data.categories[c][row]; };
    const auto number = [&](Number n) { return data.numbers[n][row]; };
    file << number(kAge) << ", " << word(kWorkclass) << ", 0, "
         << word(kEducation) << ", " << number(kEducationNum) << ", "
         << word(kMaritalStatus) << ", " << word(kOccupation) << ", "
         << word(kRelationship) << ", " << word(kRace) << ", " << word(kSex)
         << ", " << number(kCapitalGain) << ", " << number(kCapitalLoss) << ", "
         << number(kHoursPerWeek) << ", " << word(kNativeCountry) << ", "
         << (data.labels[row] > 0 ? ">50K" : "<=50K") << "\n";
  }
}

TEST(Quickstart, EndsWithEqualTablesAndPictures) {
  TempDir directory;
  const GeneratedCensus generated = GenerateCensus(2, 2000, 500);
  WriteRows(generated.census.train, directory.path() + "/adult.data");
  WriteRows(generated.census.test, directory.path() + "/adult.test");
  const QuickstartOptions options{.server_binary = ROWHOUSE_SERVER_BINARY,
                                  .data = directory.path(),
                                  .out = directory.path() + "/out",
                                  .seed = 2,
                                  .epochs = 2,
                                  .server_count = 2};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const QuickstartFigures figures,
                                RunQuickstart(options));
  EXPECT_EQ(figures.data, directory.path());
  EXPECT_EQ(figures.embedded.pushes, 14u);
  EXPECT_EQ(figures.servers.pushes, 14u);
  EXPECT_EQ(figures.embedded.rows, figures.servers.rows);
  EXPECT_EQ(figures.embedded.epochs.back().test.loss,
            figures.servers.epochs.back().test.loss);
  EXPECT_EQ(figures.rows_different, 0u);
  EXPECT_EQ(figures.tables_max_abs_difference, 0);
  ASSERT_EQ(figures.pictures.size(), 2u);
  for (const std::string& picture : figures.pictures) {
    EXPECT_GT(std::filesystem::file_size(picture), 2000u) << picture;
  }
}

TEST(Quickstart, DoesNotBeginWithoutItsData) {
  TempDir directory;
  EXPECT_THAT(RunQuickstart({.server_binary = ROWHOUSE_SERVER_BINARY,
                             .data = directory.path() + "/none",
                             .out = directory.path()}),
              StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace rowhouse::census
