#include "examples/census/census_data.h"

#include <sstream>

#include "tests/testing/status_matchers.h"

namespace rowhouse::census {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kHeader[] =
    "age, workclass, fnlwgt, education, education-num, marital-status, "
    "occupation, relationship, race, sex, capital-gain, capital-loss, "
    "hours-per-week, native-country, classification\n";
constexpr char kPoor[] =
    "39, State-gov, 77516, Bachelors, 13, Never-married, Adm-clerical, "
    "Not-in-family, White, Male, 2174, 0, 40, United-States, <=50K\n";
constexpr char kRich[] =
    "52, ?, 209642, HS-grad, 9, Married-civ-spouse, ?, Husband, White, Male, "
    "0, 1902, 45, ?, >50K\n";

absl::StatusOr<Dataset> Read(const std::string& text) {
  std::istringstream input(text);
  return ReadDataset(input, "adult.data");
}

std::string Replaced(std::string line, const std::string& from,
                     const std::string& to) {
  return line.replace(line.find(from), from.size(), to);
}

TEST(CensusData, ReadsColumnsAndLabels) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Dataset data,
                                Read(std::string(kHeader) + kPoor + kRich));
  EXPECT_EQ(data.rows(), 2u);
  EXPECT_THAT(data.labels, ElementsAre(0, 1));
  EXPECT_THAT(data.numbers[kAge], ElementsAre(39, 52));
  EXPECT_THAT(data.numbers[kCapitalGain], ElementsAre(2174, 0));
  EXPECT_THAT(data.numbers[kCapitalLoss], ElementsAre(0, 1902));
  EXPECT_THAT(data.numbers[kHoursPerWeek], ElementsAre(40, 45));
  EXPECT_THAT(data.categories[kWorkclass], ElementsAre("State-gov", "?"));
  EXPECT_THAT(data.categories[kNativeCountry],
              ElementsAre("United-States", "?"));
}

TEST(CensusData, ReadsTheOriginalArchive) {
  const std::string with_stop = Replaced(kRich, ">50K", ">50K.");
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const Dataset data,
      Read(std::string("|1x3 Cross validator\r\n") + with_stop + "\n"));
  EXPECT_THAT(data.labels, ElementsAre(1));
}

TEST(CensusData, NamesFileAndLineOfWhatIsMalformed) {
  const auto error = [](const std::string& line) {
    return Read(std::string(kHeader) + kPoor + line).status();
  };
  const auto invalid = [](const char* message) {
    return StatusIs(absl::StatusCode::kInvalidArgument, message);
  };
  EXPECT_THAT(error("39, State-gov\n"),
              invalid("adult.data:3: 2 fields, expected 15"));
  EXPECT_THAT(error(Replaced(kRich, "52,", "old,")),
              invalid("adult.data:3: age is \"old\", expected a number from 0 "
                      "to 150"));
  EXPECT_THAT(error(Replaced(kRich, "1902", "5000")),
              invalid("adult.data:3: capital-loss is \"5000\", expected a "
                      "number from 0 to 4999"));
  EXPECT_THAT(error(Replaced(kRich, "52,", "-1,")),
              invalid("adult.data:3: age is \"-1\", expected a number from 0 "
                      "to 150"));
  EXPECT_THAT(error(Replaced(kRich, "Husband", "")),
              invalid("adult.data:3: relationship is empty"));
  EXPECT_THAT(error(Replaced(kRich, ">50K", "50K")),
              invalid("adult.data:3: the class is \"50K\", expected <=50K or "
                      ">50K"));
  EXPECT_THAT(Read(kHeader), invalid("adult.data: no rows"));
}

TEST(CensusData, NamesTheFileThatIsNotThere) {
  EXPECT_THAT(
      ReadCensus("/nowhere"),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nowhere/adult.data")));
}

TEST(Batch, HoldsTheRowsGatheredLast) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Dataset data,
                                Read(std::string(kPoor) + kRich));
  Batch batch;
  const std::uint32_t both[] = {0, 1};
  const std::uint32_t second[] = {1};
  batch.Gather(data, both);
  batch.Gather(data, second);
  EXPECT_THAT(batch.labels(), ElementsAre(1));
  const Features::Tensor* education = batch.features().Find("education");
  ASSERT_NE(education, nullptr);
  EXPECT_THAT(education->shape, ElementsAre(1));
  EXPECT_THAT(std::get<absl::Span<const absl::string_view>>(education->values),
              ElementsAre("HS-grad"));
}

}  // namespace
}  // namespace rowhouse::census
