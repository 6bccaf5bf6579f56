// Where in a message something is wrong: errors say their field, and each
// message around it puts its own before it, so that a path is only built when
// there is an error: "columns[2].embedding_column.dimension: ...".
#ifndef ROWHOUSE_CLIENT_INTERNAL_SPEC_PATH_H_
#define ROWHOUSE_CLIENT_INTERNAL_SPEC_PATH_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace rowhouse::internal {

// INVALID_ARGUMENT about a field of the message at hand.
inline absl::Status Field(absl::string_view field, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(field, ": ", what));
}

// What came of reading the message in `field`; an error gets the field's name.
inline absl::Status In(absl::string_view field, absl::Status status) {
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      absl::StrCat(field, ".", status.message()));
}

template <typename Result>
absl::StatusOr<Result> In(absl::string_view field,
                          absl::StatusOr<Result> result) {
  if (result.ok()) return result;
  return In(field, result.status());
}

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_SPEC_PATH_H_
