#include "base/version.h"

#include "rowhouse_commit.h"  // written by cmake/RowhouseVersion.cmake

namespace rowhouse {

absl::string_view Version() { return ROWHOUSE_VERSION; }

absl::string_view Commit() { return ROWHOUSE_COMMIT; }

}  // namespace rowhouse
