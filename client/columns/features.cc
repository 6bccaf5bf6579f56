#include "rowhouse/features.h"

#include <type_traits>
#include <utility>

namespace rowhouse {
namespace {

template <typename Value>
constexpr DType TypeOf() {
  if constexpr (std::is_same_v<Value, bool>) return DType::kBool;
  if constexpr (std::is_same_v<Value, std::int8_t>) return DType::kInt8;
  if constexpr (std::is_same_v<Value, std::int16_t>) return DType::kInt16;
  if constexpr (std::is_same_v<Value, std::int32_t>) return DType::kInt32;
  if constexpr (std::is_same_v<Value, std::int64_t>) return DType::kInt64;
  if constexpr (std::is_same_v<Value, std::uint8_t>) return DType::kUint8;
  if constexpr (std::is_same_v<Value, std::uint16_t>) return DType::kUint16;
  if constexpr (std::is_same_v<Value, std::uint32_t>) return DType::kUint32;
  if constexpr (std::is_same_v<Value, std::uint64_t>) return DType::kUint64;
  if constexpr (std::is_same_v<Value, Float16>) return DType::kFloat16;
  if constexpr (std::is_same_v<Value, Bfloat16>) return DType::kBfloat16;
  if constexpr (std::is_same_v<Value, float>) return DType::kFloat32;
  if constexpr (std::is_same_v<Value, double>) return DType::kFloat64;
  return DType::kString;  // std::string and absl::string_view
}

}  // namespace

DType DTypeOf(const FeatureValues& values) {
  return std::visit(
      []<typename Value>(absl::Span<const Value>) { return TypeOf<Value>(); },
      values);
}

std::size_t CountOf(const FeatureValues& values) {
  return std::visit([](const auto& span) { return span.size(); }, values);
}

void Features::Set(absl::string_view key, FeatureValues values) {
  const auto rows = static_cast<std::int64_t>(CountOf(values));
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
                   .layout = Layout::kSparse,
                   .indices = indices};
}

void Features::SetRagged(absl::string_view key, RowSplits row_splits,
                         FeatureValues values, Shape inner_shape) {
  tensors_[key] = {.values = values,
                   .shape = std::move(inner_shape),
                   .layout = Layout::kRagged,
                   .row_splits = std::move(row_splits)};
}

const Features::Tensor* Features::Find(absl::string_view key) const {
  const auto at = tensors_.find(key);
  return at == tensors_.end() ? nullptr : &at->second;
}

}  // namespace rowhouse
