// What this build is, for --version and for a server's answers about itself.
#ifndef ROWHOUSE_BASE_VERSION_H_
#define ROWHOUSE_BASE_VERSION_H_

#include "absl/strings/string_view.h"

namespace rowhouse {

// "major.minor.patch", from project() in the root CMakeLists.txt.
absl::string_view Version();

// The commit, its first 12 hexadecimal digits, with "-dirty" after them when
// the tree had other changes; "unknown" where the build had no git.
absl::string_view Commit();

}  // namespace rowhouse

#endif  // ROWHOUSE_BASE_VERSION_H_
