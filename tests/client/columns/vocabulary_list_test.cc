#include <limits>
#include <string>
#include <vector>

#include "tests/client/columns/column_testing.h"

namespace rowhouse {
namespace {

using ::testing::ElementsAre;
using Column = CategoricalColumnWithVocabularyList;

TEST(VocabularyList, GivesPlaceDefaultOrOovBucket) {
  const std::vector<std::string> values = {"salad", "tarkus", "", "toccata"};
  Features features;
  features.Set("v", values);
  const VocabularyList words = {"brain", "salad", "surgery"};
  EXPECT_THAT(IdsOf(Column{.key = "v", .vocabulary_list = words}, features),
              ElementsAre(1, -1, -1));
  EXPECT_THAT(
      IdsOf(Column{.key = "v", .vocabulary_list = words, .default_value = 0},
            features),
      ElementsAre(1, 0, 0));
  EXPECT_THAT(
      IdsOf(
          Column{.key = "v", .vocabulary_list = words, .num_oov_buckets = 1000},
          features),
      ElementsAre(1, 867, 860));
}

TEST(VocabularyList, CountsOovBuckets) {
  auto compiled = internal::Compile(Column{
      .key = "v", .vocabulary_list = {"a", "b", "c"}, .num_oov_buckets = 4});
  ASSERT_TRUE(compiled.ok());
  EXPECT_EQ((*compiled)->num_buckets(), 7);
}

TEST(VocabularyList, OfIntegersTakesIntegersOnly) {
  const std::vector<std::int64_t> values = {7, 10, 8};
  const std::vector<float> floats = {7};
  Features features;
  features.Set("v", values);
  features.Set("f", floats);
  EXPECT_THAT(
      IdsOf(Column{.key = "v", .vocabulary_list = {10, -4, 7}}, features),
      ElementsAre(2, 0, -1));
  EXPECT_THAT(
      Transform(Column{.key = "f", .vocabulary_list = {10}}, features).status(),
      InvalidWith("\"f\": takes integers, got float32"));
}

// Unlike a hash column, which renders them as they are.
TEST(VocabularyList, HashesIntegersAsInt64) {
  const std::vector<std::uint64_t> unsigned_values = {1ULL << 63};
  const std::vector<std::int64_t> signed_values = {
      std::numeric_limits<std::int64_t>::min()};
  Features features;
  features.Set("u", unsigned_values);
  features.Set("i", signed_values);
  const VocabularyList list = {10};
  EXPECT_EQ(
      IdsOf(Column{.key = "u", .vocabulary_list = list, .num_oov_buckets = 999},
            features),
      IdsOf(Column{.key = "i", .vocabulary_list = list, .num_oov_buckets = 999},
            features));
}

TEST(VocabularyList, DeclaresATypeOfItsFamily) {
  const auto error = [](const Column& column) {
    return internal::Compile(column).status();
  };
  EXPECT_TRUE(
      error({.key = "v", .vocabulary_list = {1}, .dtype = DType::kUint8}).ok());
  EXPECT_THAT(
      error({.key = "v", .vocabulary_list = {1}, .dtype = DType::kFloat32}),
      InvalidWith("dtype is float32, vocabulary_list is int64"));
  EXPECT_THAT(
      error({.key = "v", .vocabulary_list = {"a"}, .dtype = DType::kInt64}),
      InvalidWith("dtype is int64, vocabulary_list is string"));
  EXPECT_THAT(
      error({.key = "v", .vocabulary_list = {"a"}, .dtype = DType::kBool}),
      InvalidWith("dtype is bool, expected string or integer"));
}

TEST(VocabularyList, RefusesBadArgumentsInTheOrderOfTensorFlow) {
  const auto error = [](const Column& column) {
    return internal::Compile(column).status();
  };
  EXPECT_THAT(error({.key = "v", .num_oov_buckets = -1}),
              InvalidWith("\"v\": vocabulary_list is empty"));
  EXPECT_THAT(
      error({.key = "v", .vocabulary_list = {"a", "a"}, .num_oov_buckets = -1}),
      InvalidWith("vocabulary_list has \"a\" twice"));
  EXPECT_THAT(error({.key = "v",
                     .vocabulary_list = {"a"},
                     .num_oov_buckets = 2,
                     .default_value = 0}),
              InvalidWith("num_oov_buckets 2 and default_value 0 exclude"));
  EXPECT_THAT(
      error({.key = "v", .vocabulary_list = {"a"}, .num_oov_buckets = -1}),
      InvalidWith("num_oov_buckets is -1"));
  EXPECT_TRUE(
      error({.key = "v", .vocabulary_list = {"a"}, .default_value = 1000})
          .ok());
}

}  // namespace
}  // namespace rowhouse
