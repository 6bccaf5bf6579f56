// Columns of numbers.
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/internal/columns_from_proto.h"
#include "client/internal/spec_fields.h"

namespace rowhouse::internal {
namespace {

absl::StatusOr<Number> Read(const v1::Number& message) {
  switch (message.number_case()) {
    case v1::Number::kInteger:
      return Number(static_cast<std::int64_t>(message.integer()));
    case v1::Number::kReal:
      return Number(message.real());
    case v1::Number::NUMBER_NOT_SET:
      break;
  }
  return Field("number", "neither integer nor real");
}

absl::StatusOr<NumericDefault> Read(const v1::NumericDefault& message) {
  std::vector<Number> values;
  for (const v1::Number& value : message.values()) {
    ROWHOUSE_ASSIGN_OR_RETURN(
        values.emplace_back(),
        In(absl::StrCat("values[", values.size(), "]"), Read(value)));
  }
  if (message.shape().empty()) {
    if (values.size() == 1) {
      return std::visit([](auto value) { return NumericDefault(value); },
                        values[0]);
    }
    return Field("values",
                 absl::StrCat(values.size(), " without a shape, expected 1"));
  }
  double places = 1;  // in floating point no product overflows
  for (const std::int64_t size : message.shape()) {
    places *= static_cast<double>(size);
  }
  if (places != static_cast<double>(values.size())) {
    return Field("values",
                 absl::StrCat(values.size(), " for a shape of ", places));
  }
  return NumericDefault(std::move(values),
                        {message.shape().begin(), message.shape().end()});
}

}  // namespace

absl::StatusOr<NumericColumn> NumericFromProto(
    const v1::NumericColumn& message) {
  NumericColumn column;
  ROWHOUSE_ASSIGN_OR_RETURN(column.key, KeyOf(message));
  column.shape = ShapeOf(message);
  if (message.has_default_value()) {
    ROWHOUSE_ASSIGN_OR_RETURN(
        column.default_value,
        In("default_value", Read(message.default_value())));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(column.dtype, DTypeOf(message, column.dtype));
  return column;
}

absl::StatusOr<SequenceNumericColumn> SequenceNumericFromProto(
    const v1::SequenceNumericColumn& message) {
  SequenceNumericColumn column;
  ROWHOUSE_ASSIGN_OR_RETURN(column.key, KeyOf(message));
  column.shape = ShapeOf(message);
  if (message.has_default_value()) {
    ROWHOUSE_ASSIGN_OR_RETURN(
        column.default_value,
        In("default_value", Read(message.default_value())));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(column.dtype, DTypeOf(message, column.dtype));
  return column;
}

}  // namespace rowhouse::internal
