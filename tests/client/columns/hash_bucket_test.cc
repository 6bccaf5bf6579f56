#include <string>
#include <vector>

#include "tests/client/columns/column_testing.h"

namespace rowhouse {
namespace {

using ::testing::ElementsAre;

TEST(HashBucket, HashesBytesAndDecimalText) {
  const std::vector<std::string> names = {"omar", "stringer", "", "marlo"};
  const std::vector<std::int64_t> numbers = {101, 201, -1, 301};
  Features features;
  features.Set("s", names);
  features.Set("i", numbers);
  EXPECT_THAT(
      IdsOf(CategoricalColumnWithHashBucket{.key = "s", .hash_bucket_size = 10},
            features),
      ElementsAre(6, 4, 1));
  EXPECT_THAT(IdsOf(CategoricalColumnWithHashBucket{.key = "i",
                                                    .hash_bucket_size = 10,
                                                    .dtype = DType::kInt64},
                    features),
              ElementsAre(3, 7, 5));
}

TEST(HashBucket, TakesStringViewsToo) {
  const std::vector<absl::string_view> names = {"omar", "stringer", "marlo"};
  Features features;
  features.Set("s", names);
  EXPECT_THAT(
      IdsOf(CategoricalColumnWithHashBucket{.key = "s", .hash_bucket_size = 10},
            features),
      ElementsAre(6, 4, 1));
}

TEST(HashBucket, RendersUnsignedIntegersUnsigned) {
  const std::vector<std::uint64_t> large = {9223372036854775809u,
                                            18446744073709551615u};
  const std::vector<std::int64_t> indices = {0, 1};
  const std::vector<std::uint8_t> bytes = {101, 201};
  Features features;
  features.SetSparse("i", indices, large, {2});
  EXPECT_THAT(IdsOf(CategoricalColumnWithHashBucket{.key = "i",
                                                    .hash_bucket_size = 1000,
                                                    .dtype = DType::kInt8},
                    features),
              ElementsAre(862, 233));
  features.Set("i", bytes);
  EXPECT_THAT(IdsOf(CategoricalColumnWithHashBucket{.key = "i",
                                                    .hash_bucket_size = 10,
                                                    .dtype = DType::kUint64},
                    features),
              ElementsAre(3, 7));
}

TEST(HashBucket, RefusesBadArguments) {
  using Column = CategoricalColumnWithHashBucket;
  EXPECT_THAT(internal::Compile(Column{.key = "h"}).status(),
              InvalidWith("hash_bucket_size is 0, expected at least 1"));
  EXPECT_THAT(
      internal::Compile(
          Column{.key = "h", .hash_bucket_size = 10, .dtype = DType::kFloat32})
          .status(),
      InvalidWith("dtype is float32, expected string or integer"));
  EXPECT_TRUE(
      internal::Compile(Column{.key = "h", .hash_bucket_size = 1}).ok());
}

TEST(HashBucket, RefusesAFeatureOfAnotherType) {
  const std::vector<std::int64_t> numbers = {1};
  Features features;
  features.Set("h", numbers);
  EXPECT_THAT(Transform(CategoricalColumnWithHashBucket{.key = "h",
                                                        .hash_bucket_size = 5},
                        features)
                  .status(),
              InvalidWith("\"h\": takes strings, got int64"));
}

}  // namespace
}  // namespace rowhouse
