// Fields that many messages of feature_spec.proto have.
#ifndef ROWHOUSE_CLIENT_INTERNAL_SPEC_FIELDS_H_
#define ROWHOUSE_CLIENT_INTERNAL_SPEC_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/internal/spec_path.h"
#include "rowhouse/dtype.h"

namespace rowhouse::internal {

// The key of a feature. "" is one, so it must be said.
template <typename Message>
absl::StatusOr<std::string> KeyOf(const Message& message) {
  if (!message.has_key()) return Field("key", "missing; it has no default");
  return message.key();
}

// INVALID_ARGUMENT: no type has that name.
template <typename Message>
absl::StatusOr<DType> DTypeOf(const Message& message, DType otherwise) {
  if (!message.has_dtype()) return otherwise;
  const std::optional<DType> dtype = ParseDType(message.dtype());
  if (dtype.has_value()) return *dtype;
  return Field("dtype", absl::StrCat("\"", message.dtype(), "\" is no type"));
}

// Of one row; unset is one number.
template <typename Message>
std::vector<std::int64_t> ShapeOf(const Message& message) {
  if (message.shape().empty()) return {1};
  return {message.shape().begin(), message.shape().end()};
}

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_SPEC_FIELDS_H_
