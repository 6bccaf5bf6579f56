#include "client/layers/float_features.h"

#include <type_traits>
#include <variant>

#include "client/columns/feature_input.h"

namespace rowhouse::internal {
namespace {

template <typename Value>
inline constexpr bool kIsCast =
    std::is_same_v<Value, Float16> || std::is_same_v<Value, Bfloat16> ||
    std::is_same_v<Value, double>;

void Replace(absl::string_view key, const Features::Tensor& tensor,
             FeatureValues values, Features& features) {
  switch (tensor.layout) {
    case Features::Layout::kDense:
      return features.Set(key, values, tensor.shape);
    case Features::Layout::kSparse:
      return features.SetSparse(key, tensor.indices, values, tensor.shape);
    case Features::Layout::kRagged:
      return features.SetRagged(key, tensor.row_splits, values, tensor.shape);
  }
}

}  // namespace

FloatFeatures::FloatFeatures(const Features& features) : given_(features) {
  for (const auto& item : features.tensors()) {
    std::visit(
        [&]<typename Value>(absl::Span<const Value> values) {
          if constexpr (kIsCast<Value>) {
            if (casts_.empty()) changed_ = given_;
            std::vector<float>& cast = casts_.emplace_back();
            cast.reserve(values.size());
            for (const Value value : values) cast.push_back(AsFloat(value));
            Replace(item.first, item.second, cast, changed_);
          }
        },
        item.second.values);
  }
}

}  // namespace rowhouse::internal
