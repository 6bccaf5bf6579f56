#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "base/status_macros.h"
#include "client/columns/categorical.h"
#include "client/columns/feature_input.h"

namespace rowhouse::internal {
namespace {

class HashBucket final : public CategoricalTransform {
 public:
  explicit HashBucket(const CategoricalColumnWithHashBucket& column)
      : CategoricalTransform(
            column.key, static_cast<std::uint64_t>(column.hash_bucket_size)),
        dtype_(column.dtype) {}

  absl::StatusOr<SparseIds> Transform(const Features& features) const override {
    ROWHOUSE_ASSIGN_OR_RETURN(const FeatureInput input,
                              FeatureInput::Of(features, name()));
    ROWHOUSE_RETURN_IF_ERROR(CheckFamily(name(), dtype_, input.dtype()));
    if (dtype_ == DType::kString) {
      return input.IdsOfStrings(
          [this](absl::string_view value) { return IdOf(value); });
    }
    return input.IdsOfIntegers(
        [this](auto value) { return IdOf(absl::AlphaNum(value).Piece()); });
  }

 private:
  std::int64_t IdOf(absl::string_view bytes) const {
    return static_cast<std::int64_t>(Fingerprint64(bytes) % num_buckets());
  }

  DType dtype_;
};

}  // namespace

CompiledCategorical Compile(const CategoricalColumnWithHashBucket& column) {
  if (column.hash_bucket_size < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("column \"", column.key, "\": hash_bucket_size is ",
                     column.hash_bucket_size, ", expected at least 1"));
  }
  ROWHOUSE_RETURN_IF_ERROR(CheckIdDType(column.key, column.dtype));
  return std::make_unique<HashBucket>(column);
}

}  // namespace rowhouse::internal
