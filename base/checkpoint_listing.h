// What lies below a checkpoint directory.
#ifndef ROWHOUSE_BASE_CHECKPOINT_LISTING_H_
#define ROWHOUSE_BASE_CHECKPOINT_LISTING_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/requests.h"

namespace rowhouse {

// One that cannot be read hides no other: it may be damaged, of a newer
// version, or somebody's copy.
struct CheckpointListing {
  struct Unreadable {
    std::string name;
    absl::Status why;
    friend bool operator==(const Unreadable&, const Unreadable&) = default;
  };
  std::vector<CheckpointInfo> complete;  // by name
  std::vector<Unreadable> unreadable;    // by name
};

}  // namespace rowhouse

#endif  // ROWHOUSE_BASE_CHECKPOINT_LISTING_H_
