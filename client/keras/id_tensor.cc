#include "client/keras/id_tensor.h"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "client/columns/feature_input.h"

namespace rowhouse::internal {
namespace {

using Tensor = Features::Tensor;

template <typename... Parts>
absl::Status Malformed(absl::string_view layer, const Parts&... parts) {
  return absl::InvalidArgumentError(
      absl::StrCat("layer \"", layer, "\": input: ", parts...));
}

std::string ListText(absl::Span<const std::int64_t> numbers) {
  return absl::StrCat("[", absl::StrJoin(numbers, ", "), "]");
}

// `below`: what the last of the splits counts.
absl::Status CheckSplits(absl::string_view layer, std::size_t axis,
                         absl::Span<const std::int64_t> splits,
                         std::int64_t below) {
  if (!splits.empty() && splits.front() == 0 && splits.back() == below &&
      std::is_sorted(splits.begin(), splits.end())) {
    return absl::OkStatus();
  }
  return Malformed(layer, "row splits ", axis, " do not rise from 0 to ",
                   below);
}

absl::Status CheckRagged(absl::string_view layer, const Tensor& tensor) {
  for (const std::int64_t size : tensor.shape) {
    if (size >= 0) continue;
    return Malformed(layer, "negative shape ", ListText(tensor.shape));
  }
  if (tensor.row_splits.empty()) {
    return Malformed(layer, "a ragged tensor without row splits");
  }
  for (std::size_t axis = 0; axis + 1 < tensor.row_splits.size(); ++axis) {
    const auto next = tensor.row_splits[axis + 1];
    ROWHOUSE_RETURN_IF_ERROR(
        CheckSplits(layer, axis, tensor.row_splits[axis],
                    static_cast<std::int64_t>(next.size()) - 1));
  }
  const auto last = tensor.row_splits.back();
  const std::int64_t rows = last.empty() ? 0 : last.back();
  const std::size_t axis = tensor.row_splits.size() - 1;
  ROWHOUSE_RETURN_IF_ERROR(CheckSplits(layer, axis, last, rows));
  Features::Shape flat = tensor.shape;
  flat.insert(flat.begin(), rows);
  const std::size_t values = CountOf(tensor.values);
  const auto elements = ElementsOf(flat);
  if (elements.has_value() && static_cast<std::uint64_t>(*elements) == values) {
    return absl::OkStatus();
  }
  return Malformed(layer, values, " flat values do not fill shape ",
                   ListText(flat));
}

// TensorFlow's cast to int32. The least int32 is what its machines give for
// floats that do not fit.
template <typename Value>
std::int64_t CastToInt32(Value value) {
  if constexpr (std::is_integral_v<Value>) {
    return static_cast<std::int32_t>(value);
  } else {
    double wide = 0;
    if constexpr (std::is_arithmetic_v<Value>) {
      wide = value;
    } else {
      wide = value.ToFloat();
    }
    if (wide > -0x1p31 - 1 && wide < 0x1p31) {
      return static_cast<std::int32_t>(wide);
    }
    return std::numeric_limits<std::int32_t>::min();
  }
}

template <typename Value>
inline constexpr bool kIsWideEnough =
    std::is_same_v<Value, std::int32_t> || std::is_same_v<Value, std::int64_t>;

}  // namespace

std::optional<std::int64_t> ElementsOf(absl::Span<const std::int64_t> sizes) {
  std::int64_t product = 1;
  bool overflows = false;
  for (const std::int64_t size : sizes) {
    if (size == 0) return 0;
    overflows = overflows || __builtin_mul_overflow(product, size, &product);
  }
  if (overflows) return std::nullopt;
  return product;
}

absl::Status CheckTensor(absl::string_view layer, const Tensor& tensor) {
  if (tensor.layout == Features::Layout::kRagged) {
    return CheckRagged(layer, tensor);
  }
  const bool is_sparse = tensor.layout == Features::Layout::kSparse;
  if (!is_sparse && tensor.shape.empty()) {
    const std::size_t values = CountOf(tensor.values);
    if (values == 1) return absl::OkStatus();
    return Malformed(layer, values, " values of a scalar");
  }
  Features features;
  if (is_sparse) {
    features.SetSparse(layer, tensor.indices, tensor.values, tensor.shape);
  } else {
    features.Set(layer, tensor.values, tensor.shape);
  }
  return FeatureInput::Of(features, layer).status();
}

absl::StatusOr<std::vector<std::int64_t>> IdsOfValues(
    absl::string_view layer, const FeatureValues& values) {
  if (DTypeOf(values) == DType::kString) {
    return absl::UnimplementedError(absl::StrCat(
        "layer \"", layer, "\": input: strings are not cast to int32"));
  }
  std::vector<std::int64_t> ids;
  ids.reserve(CountOf(values));
  std::visit(
      [&]<typename Value>(absl::Span<const Value> typed) {
        if constexpr (kIsWideEnough<Value>) {
          ids.assign(typed.begin(), typed.end());
        } else if constexpr (!kIsString<Value>) {
          for (const Value value : typed) ids.push_back(CastToInt32(value));
        }
      },
      values);
  return ids;
}

absl::StatusOr<std::vector<bool>> NotZero(absl::string_view layer,
                                          const FeatureValues& values) {
  const DType dtype = DTypeOf(values);
  if (dtype == DType::kString || dtype == DType::kBool) {
    return Malformed(layer, "values of type ", DTypeName(dtype),
                     " have no mask, they are not compared with 0");
  }
  std::vector<bool> mask;
  mask.reserve(CountOf(values));
  std::visit(
      [&]<typename Value>(absl::Span<const Value> typed) {
        if constexpr (std::is_arithmetic_v<Value>) {
          for (const Value value : typed) mask.push_back(value != Value{0});
        } else if constexpr (!kIsString<Value>) {
          for (const Value value : typed) mask.push_back(value.ToFloat() != 0);
        }
      },
      values);
  return mask;
}

std::string PlaceOf(const Tensor& tensor, std::size_t i) {
  const std::size_t rank = tensor.shape.size();
  if (tensor.layout == Features::Layout::kSparse) {
    return ListText(tensor.indices.subspan(i * rank, rank));
  }
  if (tensor.layout == Features::Layout::kRagged) {
    return absl::StrCat("[", i, "]");
  }
  std::vector<std::int64_t> at(rank);
  auto left = static_cast<std::int64_t>(i);
  for (std::size_t axis = rank; axis-- > 0;) {
    at[axis] = left % tensor.shape[axis];
    left /= tensor.shape[axis];
  }
  return ListText(at);
}

}  // namespace rowhouse::internal
