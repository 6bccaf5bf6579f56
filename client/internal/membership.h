// Whether shards that were asked who they are make one cluster. Pure.
#ifndef ROWHOUSE_CLIENT_INTERNAL_MEMBERSHIP_H_
#define ROWHOUSE_CLIENT_INTERNAL_MEMBERSHIP_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/requests.h"
#include "rowhouse/shard_map.h"

namespace rowhouse::internal {

struct Member {
  std::string address;
  ShardInfo info;
};

// The map that all members share, when they are every shard of it once, in any
// order. INVALID_ARGUMENT naming addresses and numbers when a shard is given
// twice or missing; FAILED_PRECONDITION when the members differ in shard count
// or map version, or a member serves other buckets than the map gives it.
absl::StatusOr<ShardMap> CheckMembership(absl::Span<const Member> members);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_MEMBERSHIP_H_
