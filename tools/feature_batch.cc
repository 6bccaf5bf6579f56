#include "tools/feature_batch.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "rowhouse/dtype.h"

namespace rowhouse::tools {
namespace {

// std::vector<bool> has no bools to point to.
struct Bools {
  std::unique_ptr<bool[]> values;
  std::size_t size = 0;
};

using Typed =
    std::variant<std::vector<std::string>, Bools, std::vector<std::int8_t>,
                 std::vector<std::int16_t>, std::vector<std::int32_t>,
                 std::vector<std::int64_t>, std::vector<std::uint8_t>,
                 std::vector<std::uint16_t>, std::vector<std::uint32_t>,
                 std::vector<std::uint64_t>, std::vector<Float16>,
                 std::vector<Bfloat16>, std::vector<float>,
                 std::vector<double>>;

template <typename To, typename From>
std::vector<To> Cast(const TensorValues& values) {
  const auto& wide = std::get<std::vector<From>>(values);
  std::vector<To> out;
  out.reserve(wide.size());
  for (const From value : wide) {
    if constexpr (std::is_same_v<To, Float16> || std::is_same_v<To, Bfloat16>) {
      out.push_back(To::From(static_cast<float>(value)));
    } else {
      out.push_back(static_cast<To>(value));
    }
  }
  return out;
}

Bools BoolsOf(const TensorValues& values) {
  const auto& wide = std::get<std::vector<std::int64_t>>(values);
  Bools out{std::make_unique<bool[]>(wide.size()), wide.size()};
  for (std::size_t i = 0; i < wide.size(); ++i) out.values[i] = wide[i] != 0;
  return out;
}

// The values in their own type; ReadTensor has seen to it that they fit.
Typed TypedOf(DType dtype, const TensorValues& values) {
  switch (dtype) {
    case DType::kString:
      return std::get<std::vector<std::string>>(values);
    case DType::kBool:
      return BoolsOf(values);
    case DType::kInt8:
      return Cast<std::int8_t, std::int64_t>(values);
    case DType::kInt16:
      return Cast<std::int16_t, std::int64_t>(values);
    case DType::kInt32:
      return Cast<std::int32_t, std::int64_t>(values);
    case DType::kInt64:
      return std::get<std::vector<std::int64_t>>(values);
    case DType::kUint8:
      return Cast<std::uint8_t, std::int64_t>(values);
    case DType::kUint16:
      return Cast<std::uint16_t, std::int64_t>(values);
    case DType::kUint32:
      return Cast<std::uint32_t, std::int64_t>(values);
    case DType::kUint64:
      return std::get<std::vector<std::uint64_t>>(values);
    case DType::kFloat16:
      return Cast<Float16, double>(values);
    case DType::kBfloat16:
      return Cast<Bfloat16, double>(values);
    case DType::kFloat32:
      return Cast<float, double>(values);
    case DType::kFloat64:
      break;
  }
  return std::get<std::vector<double>>(values);
}

FeatureValues ViewOf(const Typed& typed) {
  return std::visit(
      [](const auto& values) -> FeatureValues {
        if constexpr (std::is_same_v<std::decay_t<decltype(values)>, Bools>) {
          return absl::Span<const bool>(values.values.get(), values.size);
        } else {
          return absl::MakeConstSpan(values);
        }
      },
      typed);
}

}  // namespace

struct FeatureBatch::Storage {
  Typed values;
  std::vector<std::int64_t> indices;
  std::vector<std::vector<std::int64_t>> row_splits;
};

FeatureBatch::FeatureBatch() = default;
FeatureBatch::~FeatureBatch() = default;
FeatureBatch::FeatureBatch(FeatureBatch&&) noexcept = default;
FeatureBatch& FeatureBatch::operator=(FeatureBatch&&) noexcept = default;

absl::StatusOr<FeatureBatch> FeatureBatch::Read(const TensorJson& json) {
  if (!json.is_object()) {
    return absl::InvalidArgumentError("features are tensors by key");
  }
  FeatureBatch batch;
  for (const auto& item : json.items()) {
    const auto tensor = ReadTensor(item.value());
    const absl::Status added =
        tensor.ok() ? batch.Add(item.key(), *tensor) : tensor.status();
    if (!added.ok()) {
      return absl::Status(added.code(), absl::StrCat("feature \"", item.key(),
                                                     "\": ", added.message()));
    }
  }
  return batch;
}

absl::Status FeatureBatch::Add(absl::string_view key, const Tensor& tensor) {
  const std::optional<DType> dtype = ParseDType(tensor.dtype);
  if (!dtype.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("unknown dtype '", tensor.dtype, "'"));
  }
  storage_.push_back(std::make_unique<Storage>(Storage{
      TypedOf(*dtype, tensor.values), tensor.indices, tensor.row_splits}));
  const Storage& stored = *storage_.back();
  const FeatureValues values = ViewOf(stored.values);
  const Features::Shape shape(tensor.shape.begin(), tensor.shape.end());
  switch (tensor.layout) {
    case Tensor::Layout::kDense:
      features_.Set(key, values, shape);
      break;
    case Tensor::Layout::kSparse:
      features_.SetSparse(key, stored.indices, values, shape);
      break;
    case Tensor::Layout::kRagged:
      features_.SetRagged(key,
                          Features::RowSplits(stored.row_splits.begin(),
                                              stored.row_splits.end()),
                          values, shape);
      break;
  }
  return absl::OkStatus();
}

}  // namespace rowhouse::tools
