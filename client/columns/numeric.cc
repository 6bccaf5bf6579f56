#include "client/columns/numeric.h"

#include <memory>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/columns/dense.h"
#include "client/columns/feature_input.h"

namespace rowhouse::internal {
namespace {

template <typename... Parts>
absl::Status Refuse(absl::string_view column, const Parts&... parts) {
  return absl::InvalidArgumentError(
      absl::StrCat("numeric column \"", column, "\": ", parts...));
}

std::string ShapeText(const std::vector<std::int64_t>& shape) {
  return absl::StrCat("[", absl::StrJoin(shape, ", "), "]");
}

absl::Status CheckDefault(const NumericColumn& column) {
  if (!column.default_value.has_value()) return absl::OkStatus();
  const NumericDefault& value = *column.default_value;
  if (value.shape().has_value() && *value.shape() != column.shape) {
    return Refuse(column.key, "default_value has shape ",
                  ShapeText(*value.shape()), ", expected ",
                  ShapeText(column.shape));
  }
  const std::int64_t expected =
      value.shape().has_value() ? ElementsOf(column.shape) : 1;
  if (static_cast<std::int64_t>(value.values().size()) != expected) {
    return Refuse(column.key, "default_value has ", value.values().size(),
                  " values, expected ", expected);
  }
  for (const Number& number : value.values()) {
    const auto* fraction = std::get_if<double>(&number);
    if (fraction == nullptr || IsFloating(column.dtype)) continue;
    return Refuse(column.key, "default_value ", *fraction, " is not of type ",
                  DTypeName(column.dtype));
  }
  return absl::OkStatus();
}

class Numeric final : public DenseTransform {
 public:
  explicit Numeric(const NumericColumn& column)
      : DenseTransform(column.key, column.shape), column_(column) {}

  absl::StatusOr<DenseTensor> Transform(
      const Features& features) const override {
    return ReadNumbers(column_, features);
  }

 private:
  NumericColumn column_;
};

}  // namespace

std::int64_t ElementsOf(const std::vector<std::int64_t>& shape) {
  std::int64_t elements = 1;
  for (const std::int64_t size : shape) elements *= size;
  return elements;
}

absl::Status CheckNumbers(absl::string_view column,
                          const std::vector<std::int64_t>& shape, DType dtype) {
  std::int64_t elements = 1;
  for (const std::int64_t size : shape) {
    if (size < 1) {
      return Refuse(column, "shape has dimension ", size,
                    ", expected at least 1");
    }
    if (size > kDenseValuesMax / elements) {
      return Refuse(column, "shape ", ShapeText(shape), " has more than ",
                    kDenseValuesMax, " values");
    }
    elements *= size;
  }
  if (IsInteger(dtype) || IsFloating(dtype)) return absl::OkStatus();
  return Refuse(column, "dtype is ", DTypeName(dtype), ", expected a number");
}

absl::Status CheckNumeric(const NumericColumn& column) {
  ROWHOUSE_RETURN_IF_ERROR(
      CheckNumbers(column.key, column.shape, column.dtype));
  return CheckDefault(column);
}

absl::StatusOr<DenseTensor> ReadNumbers(const NumericColumn& column,
                                        const Features& features) {
  ROWHOUSE_ASSIGN_OR_RETURN(const FeatureInput input,
                            FeatureInput::Of(features, column.key));
  if (input.sparse()) return Refuse(column.key, "the feature is sparse");
  if (input.dtype() == DType::kString) {
    return absl::UnimplementedError(
        absl::StrCat("numeric column \"", column.key,
                     "\": strings are not cast to numbers"));
  }
  DenseTensor out{.shape = {input.shape().begin(), input.shape().end()}};
  out.values.reserve(input.count());
  std::visit(
      [&]<typename Value>(absl::Span<const Value> values) {
        if constexpr (!kIsString<Value>) {
          for (const Value& value : values) {
            out.values.push_back(AsFloat(value));
          }
        }
      },
      input.values());
  if (column.normalizer_fn) {
    for (float& value : out.values) value = column.normalizer_fn(value);
  }
  return out;
}

CompiledDense CompileDense(const NumericColumn& column) {
  ROWHOUSE_RETURN_IF_ERROR(CheckNumeric(column));
  return std::make_unique<Numeric>(column);
}

}  // namespace rowhouse::internal
