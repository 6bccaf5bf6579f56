// Early return on an error. Named as abseil's own macros elsewhere, so that
// they can be swapped when Debian ships them.
#ifndef ROWHOUSE_BASE_STATUS_MACROS_H_
#define ROWHOUSE_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define ROWHOUSE_RETURN_IF_ERROR(expr)                                    \
  do {                                                                    \
    if (absl::Status rowhouse_status_ = (expr); !rowhouse_status_.ok()) { \
      return rowhouse_status_;                                            \
    }                                                                     \
  } while (false)

#define ROWHOUSE_CONCAT_INNER_(a, b) a##b
#define ROWHOUSE_CONCAT_(a, b) ROWHOUSE_CONCAT_INNER_(a, b)

#define ROWHOUSE_ASSIGN_OR_RETURN(lhs, expr)                                 \
  ROWHOUSE_ASSIGN_OR_RETURN_(ROWHOUSE_CONCAT_(rowhouse_statusor_, __LINE__), \
                             lhs, expr)

#define ROWHOUSE_ASSIGN_OR_RETURN_(statusor, lhs, expr) \
  auto statusor = (expr);                               \
  if (!statusor.ok()) return statusor.status();         \
  lhs = std::move(statusor).value()

#endif  // ROWHOUSE_BASE_STATUS_MACROS_H_
