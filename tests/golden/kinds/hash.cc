#include "tests/golden/kinds/hash.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "base/status_macros.h"
#include "client/columns/categorical.h"
#include "tests/golden/compare.h"

namespace rowhouse::golden {
namespace {

// The ids that a hash column gives to one row of values. They are sparse, so
// that "" and -1 are values too.
absl::StatusOr<Json> BucketsOf(const FeatureValues& values, DType dtype,
                               std::size_t count, std::int64_t buckets) {
  ROWHOUSE_ASSIGN_OR_RETURN(
      const auto column,
      internal::Compile(CategoricalColumnWithHashBucket{
          .key = "k", .hash_bucket_size = buckets, .dtype = dtype}));
  std::vector<std::int64_t> indices;
  for (std::size_t i = 0; i < count; ++i) {
    indices.insert(indices.end(), {0, static_cast<std::int64_t>(i)});
  }
  Features features;
  features.SetSparse("k", indices, values,
                     {1, static_cast<std::int64_t>(count)});
  ROWHOUSE_ASSIGN_OR_RETURN(const auto ids, column->Transform(features));
  return Json(ids.values);
}

Outcome RunHash(const Case& test, Context&) {
  std::vector<std::string> texts;  // what is hashed: bytes or decimal text
  std::vector<std::int64_t> integers;
  for (const Json& value : test.given.value("strings", Json::array())) {
    ROWHOUSE_ASSIGN_OR_RETURN(texts.emplace_back(), ReadBytes(value));
  }
  for (const Json& value : test.given.value("integers", Json::array())) {
    integers.push_back(value.get<std::int64_t>());
    texts.push_back(absl::StrCat(integers.back()));
  }
  std::vector<std::uint64_t> fingerprints;
  for (const std::string& text : texts) {
    fingerprints.push_back(Fingerprint64(text));
  }
  ROWHOUSE_RETURN_IF_ERROR(CompareExactly("fingerprint64", fingerprints,
                                          test.expect.at("fingerprint64")));
  Json buckets = Json::object();
  for (const Json& size : test.given.at("num_buckets")) {
    const auto count = size.get<std::int64_t>();
    ROWHOUSE_ASSIGN_OR_RETURN(
        buckets[absl::StrCat(count)],
        integers.empty()
            ? BucketsOf(texts, DType::kString, texts.size(), count)
            : BucketsOf(integers, DType::kInt64, integers.size(), count));
  }
  return CompareExactly("buckets", buckets, test.expect.at("buckets"));
}

}  // namespace

Kind HashKind() {
  return {.name = "hash",
          .given = {"strings", "integers", "num_buckets"},
          .expected = {"fingerprint64", "buckets"},
          .run = RunHash};
}

}  // namespace rowhouse::golden
