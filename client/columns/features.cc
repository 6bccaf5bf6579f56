#include "rowhouse/features.h"

#include <utility>

namespace rowhouse {
namespace {

std::size_t Count(const FeatureValues& values) {
  return std::visit([](const auto& span) { return span.size(); }, values);
}

}  // namespace

absl::string_view DTypeName(DType dtype) {
  switch (dtype) {
    case DType::kString:
      return "string";
    case DType::kInt64:
      return "int64";
    case DType::kFloat32:
      return "float32";
  }
  return "unknown";
}

DType DTypeOf(const FeatureValues& values) {
  if (std::holds_alternative<absl::Span<const std::int64_t>>(values)) {
    return DType::kInt64;
  }
  if (std::holds_alternative<absl::Span<const float>>(values)) {
    return DType::kFloat32;
  }
  return DType::kString;
}

void Features::Set(absl::string_view key, FeatureValues values) {
  const auto rows = static_cast<std::int64_t>(Count(values));
  Set(key, values, {rows});
}

void Features::Set(absl::string_view key, FeatureValues values, Shape shape) {
  tensors_[key] = {.values = values, .shape = std::move(shape)};
}

void Features::SetSparse(absl::string_view key,
                         absl::Span<const std::int64_t> indices,
                         FeatureValues values, Shape dense_shape) {
  tensors_[key] = {.values = values,
                   .shape = std::move(dense_shape),
                   .sparse = true,
                   .indices = indices};
}

const Features::Tensor* Features::Find(absl::string_view key) const {
  const auto at = tensors_.find(key);
  return at == tensors_.end() ? nullptr : &at->second;
}

}  // namespace rowhouse
