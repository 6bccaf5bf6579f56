// Columns of numbers, as messages.
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "client/internal/columns_to_proto.h"
#include "client/internal/spec_path.h"

namespace rowhouse::internal {
namespace {

void Write(const Number& number, v1::Number& out) {
  if (const auto* integer = std::get_if<std::int64_t>(&number)) {
    out.set_integer(*integer);
  } else {
    out.set_real(std::get<double>(number));
  }
}

// What both kinds have.
template <typename Column, typename Message>
absl::Status WriteNumeric(const Column& column, Message& out) {
  out.set_key(column.key);
  // Without sizes it would be read as the default, (1).
  if (column.shape.empty()) return Field("shape", "() cannot be said as data");
  if (column.shape != std::vector<std::int64_t>{1}) {
    out.mutable_shape()->Add(column.shape.begin(), column.shape.end());
  }
  if (column.dtype != DType::kFloat32) {
    out.set_dtype(std::string(DTypeName(column.dtype)));
  }
  if (column.normalizer_fn == nullptr) return absl::OkStatus();
  return Field("normalizer_fn", "a function cannot be said as data");
}

}  // namespace

absl::Status NumericToProto(const NumericColumn& column,
                            v1::NumericColumn& out) {
  if (column.default_value.has_value()) {
    v1::NumericDefault& message = *out.mutable_default_value();
    for (const Number& value : column.default_value->values()) {
      Write(value, *message.add_values());
    }
    if (const auto& shape = column.default_value->shape(); shape.has_value()) {
      message.mutable_shape()->Add(shape->begin(), shape->end());
    }
  }
  return WriteNumeric(column, out);
}

absl::Status SequenceNumericToProto(const SequenceNumericColumn& column,
                                    v1::SequenceNumericColumn& out) {
  if (column.default_value != Number(0.0)) {
    Write(column.default_value, *out.mutable_default_value());
  }
  return WriteNumeric(column, out);
}

}  // namespace rowhouse::internal
