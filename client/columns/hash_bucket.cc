#include <memory>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "base/status_macros.h"
#include "client/columns/categorical.h"
#include "client/columns/feature_matrix.h"

namespace rowhouse::internal {
namespace {

class HashBucket final : public CategoricalTransform {
 public:
  explicit HashBucket(const CategoricalColumnWithHashBucket& column)
      : CategoricalTransform(
            column.key, static_cast<std::uint64_t>(column.hash_bucket_size)),
        dtype_(column.dtype) {}

  absl::StatusOr<SparseIds> Transform(const Features& features) const override {
    ROWHOUSE_ASSIGN_OR_RETURN(const FeatureMatrix input,
                              FeatureMatrix::Of(features, name()));
    if (input.dtype() != dtype_) {
      return WrongDType(name(), dtype_, input.dtype());
    }
    SparseIds out{.columns = input.columns()};
    input.VisitPresentCells([&](std::int64_t row, std::int64_t at, auto value) {
      if constexpr (std::is_same_v<decltype(value), absl::string_view>) {
        out.Add(row, at, IdOf(value));
      } else if constexpr (std::is_same_v<decltype(value), std::int64_t>) {
        out.Add(row, at, IdOf(absl::AlphaNum(value).Piece()));
      }
    });
    out.Finish(input.rows());
    return out;
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
  if (column.dtype == DType::kFloat32) {
    return absl::InvalidArgumentError(
        absl::StrCat("column \"", column.key, "\": dtype is ",
                     DTypeName(column.dtype), ", expected string or int64"));
  }
  return std::make_unique<HashBucket>(column);
}

}  // namespace rowhouse::internal
