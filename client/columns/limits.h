// Bounds of the columns alone, each with its reason; those that other rooms
// know too are in base/limits.h.
#ifndef ROWHOUSE_CLIENT_COLUMNS_LIMITS_H_
#define ROWHOUSE_CLIENT_COLUMNS_LIMITS_H_

#include <cstdint>

namespace rowhouse::internal {

// Numbers that one default_value is repeated to, for readers of tf.Example: a
// thousand times the widest dense feature that we know of.
inline constexpr std::int64_t kRepeatedDefaultsMax = 1 << 20;

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_COLUMNS_LIMITS_H_
