#include <string>
#include <vector>

#include "base/limits.h"
#include "client/columns/fingerprint_cat.h"
#include "tests/client/columns/column_testing.h"

namespace rowhouse {
namespace {

using ::testing::ElementsAre;

TEST(FingerprintCat, EqualsTensorFlow) {
  EXPECT_EQ(internal::FingerprintCat64(1, 2), 0xc89a2574412ac8e4ULL);
  EXPECT_EQ(internal::FingerprintCat64(0, 0), 0x5825f5f3bd962979ULL);
}

// 10807441827892331182 and 8470749512028849339 are the hashes before the
// modulo.
TEST(Crossed, HashesStringsByFingerprintAndIntegersByValue) {
  const std::vector<std::string> a = {"a"};
  const std::vector<std::string> d = {"d"};
  const std::vector<std::int64_t> minus_one = {-1};
  const std::vector<std::int64_t> three = {3};
  Features features;
  features.Set("a", a);
  features.Set("d", d);
  features.Set("i", minus_one);
  features.Set("j", three);
  EXPECT_THAT(IdsOf(CrossedColumn{.keys = {"a", "d"}, .hash_bucket_size = 1000},
                    features),
              ElementsAre(182));
  EXPECT_THAT(IdsOf(CrossedColumn{.keys = {"i", "j"}, .hash_bucket_size = 1000},
                    features),
              ElementsAre(339));
}

TEST(Crossed, HasNoCrossInARowWithAnEmptyKey) {
  const std::vector<std::string> a = {"p", "q", "r"};
  const std::vector<std::string> b = {"x", "y"};
  const std::vector<std::int64_t> a_at = {0, 0, 1, 0, 2, 0};
  const std::vector<std::int64_t> b_at = {0, 0, 2, 1};
  Features features;
  features.SetSparse("a", a_at, a, {3, 1});
  features.SetSparse("b", b_at, b, {3, 2});
  auto ids = Transform(
      CrossedColumn{.keys = {"a", "b"}, .hash_bucket_size = 100}, features);
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_THAT(ids->row_splits, ElementsAre(0, 1, 1, 2));
  EXPECT_THAT(ids->positions, ElementsAre(0, 0));
  EXPECT_THAT(ids->dense_shape, ElementsAre(3, 1));
}

TEST(Crossed, CutsNumbersOfRawKeysToInt64) {
  const std::vector<std::int64_t> whole = {1, -2};
  const std::vector<float> floats = {1.5f, -2.9f};
  const std::vector<double> doubles = {1.99, -2.01};
  const std::vector<Float16> halves = {Float16::From(1.5f),
                                       Float16::From(-2.5f)};
  const std::vector<std::int8_t> bytes = {1, -2};
  const CrossedColumn column{.keys = {"x", "x"}, .hash_bucket_size = 1 << 30};
  Features features;
  features.Set("x", whole);
  const std::vector<std::int64_t> expected = IdsOf(column, features);
  for (const FeatureValues& values :
       {FeatureValues(floats), FeatureValues(doubles), FeatureValues(halves),
        FeatureValues(bytes)}) {
    features.Set("x", values);
    EXPECT_EQ(IdsOf(column, features), expected);
  }
}

TEST(Crossed, TakesMatricesOnly) {
  const std::vector<std::string> values = {"p", "q"};
  Features features;
  features.Set("a", values, {1, 1, 2});
  features.Set("b", values);
  EXPECT_THAT(
      Transform(CrossedColumn{.keys = {"a", "b"}, .hash_bucket_size = 9},
                features)
          .status(),
      InvalidWith("\"a\" has rank 3, only rank 2 is crossed"));
}

TEST(Crossed, RefusesMoreCrossesThanARequestHolds) {
  const std::vector<std::int64_t> wide(4096, 7);
  Features features;
  features.Set("w", wide, {1, 4096});
  features.Set("v", wide, {1, 4096});
  EXPECT_THAT(Transform(CrossedColumn{.keys = {"w", "v", "w", "v", "w", "v"},
                                      .hash_bucket_size = 10},
                        features)
                  .status(),
              InvalidWith("more than 4194304 crosses in rows 0 to 0"));
}

TEST(Crossed, RefusesBadArguments) {
  const auto error = [](const CrossedColumn& column) {
    return internal::Compile(column).status();
  };
  EXPECT_THAT(error({.keys = {"a", "b"}}),
              InvalidWith("\"a_X_b\": hash_bucket_size is 0"));
  EXPECT_THAT(error({.keys = {"a"}, .hash_bucket_size = 10}),
              InvalidWith("1 keys, expected at least 2"));
  EXPECT_THAT(error({.keys = {CategoricalColumnWithHashBucket{
                                  .key = "h", .hash_bucket_size = 5},
                              "a"},
                     .hash_bucket_size = 10}),
              InvalidWith("\"h\" is hashed already"));
  EXPECT_THAT(error({.keys = {CategoricalColumnWithIdentity{.key = "i"}, "a"},
                     .hash_bucket_size = 10}),
              InvalidWith("\"i\": num_buckets is 0"));
}

TEST(Crossed, RefusesFeaturesOfDifferentBatches) {
  const std::vector<std::string> one = {"x"};
  const std::vector<std::string> two = {"x", "y"};
  Features features;
  features.Set("a", one);
  features.Set("b", two);
  EXPECT_THAT(
      Transform(CrossedColumn{.keys = {"a", "b"}, .hash_bucket_size = 10},
                features)
          .status(),
      InvalidWith("features of 1 and of 2 rows cannot be crossed"));
}

}  // namespace
}  // namespace rowhouse
