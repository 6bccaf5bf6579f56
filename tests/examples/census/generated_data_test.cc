#include "examples/census/generated_data.h"

#include <numeric>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rowhouse::census {
namespace {

TEST(GeneratedData, IsAFunctionOfItsArguments) {
  const GeneratedCensus one = GenerateCensus(3, 200, 100);
  const GeneratedCensus same = GenerateCensus(3, 200, 100);
  const GeneratedCensus other = GenerateCensus(4, 200, 100);
  EXPECT_EQ(one.census.train.rows(), 200u);
  EXPECT_EQ(one.census.test.rows(), 100u);
  EXPECT_EQ(one.census.train.categories, same.census.train.categories);
  EXPECT_EQ(one.census.test.labels, same.census.test.labels);
  EXPECT_NE(one.census.train.numbers, other.census.train.numbers);
}

// Shares of the real training rows: positive 0.241, men 0.669, married 0.460,
// a capital gain 0.083.
TEST(GeneratedData, HasTheMarginalsOfTheRealData) {
  const Dataset data = GenerateCensus(1, 20000, 100).census.train;
  const auto share = [&](Category column, const std::string& value) {
    const auto& values = data.categories[column];
    return static_cast<double>(
               std::count(values.begin(), values.end(), value)) /
           20000;
  };
  const double positive =
      std::accumulate(data.labels.begin(), data.labels.end(), 0.0) / 20000;
  const auto& gains = data.numbers[kCapitalGain];
  const auto without = std::count(gains.begin(), gains.end(), 0);
  EXPECT_NEAR(positive, 0.241, 0.03);
  EXPECT_NEAR(share(kSex, "Male"), 0.669, 0.01);
  EXPECT_NEAR(share(kMaritalStatus, "Married-civ-spouse"), 0.460, 0.03);
  EXPECT_NEAR(share(kOccupation, "Prof-specialty"), 0.127, 0.02);
  EXPECT_NEAR(1 - static_cast<double>(without) / 20000, 0.083, 0.01);
  EXPECT_EQ(std::set<std::string>(data.categories[kEducation].begin(),
                                  data.categories[kEducation].end())
                .size(),
            16u);
}

// The labels are drawn so that luck does not decide what is possible.
TEST(GeneratedData, CanBeForetoldAsWellAsItSays) {
  const GeneratedCensus generated = GenerateCensus(5, 10, 10000);
  EXPECT_NEAR(generated.bayes_accuracy, generated.best_accuracy, 5e-4);
  EXPECT_GT(generated.best_accuracy, 0.85);
  EXPECT_LT(generated.best_accuracy, 0.89);
  EXPECT_NEAR(generated.bayes_loss, 0.29, 0.02);
}

}  // namespace
}  // namespace rowhouse::census
