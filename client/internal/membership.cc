#include "client/internal/membership.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace rowhouse::internal {
namespace {

absl::Status CheckAgreement(absl::Span<const Member> members) {
  const Member& first = members.front();
  for (const Member& member : members) {
    if (member.info.shard_count != first.info.shard_count) {
      return absl::FailedPreconditionError(absl::StrCat(
          first.address, " is of a cluster of ", first.info.shard_count,
          " shards, ", member.address, " of one of ", member.info.shard_count));
    }
    if (member.info.map_version != first.info.map_version) {
      return absl::FailedPreconditionError(absl::StrCat(
          first.address, " has map version ", first.info.map_version, ", ",
          member.address, " has ", member.info.map_version));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckIndices(absl::Span<const Member> members) {
  const std::uint32_t count = members.front().info.shard_count;
  std::vector<const Member*> by_shard(count);
  for (const Member& member : members) {
    const std::uint32_t index = member.info.index.value();
    if (index >= count) {
      return absl::FailedPreconditionError(absl::StrCat(
          member.address, " says it is shard ", index, " of ", count));
    }
    if (by_shard[index] != nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat(by_shard[index]->address, " and ", member.address,
                       " are both shard ", index, " of ", count));
    }
    by_shard[index] = &member;
  }
  for (std::uint32_t index = 0; index < count; ++index) {
    if (by_shard[index] == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("no address of shard ", index, " of ", count, " among ",
                       members.size()));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ShardMap> CheckMembership(absl::Span<const Member> members) {
  if (members.empty()) return absl::InvalidArgumentError("no shard is given");
  ROWHOUSE_RETURN_IF_ERROR(CheckAgreement(members));
  const ShardInfo& first = members.front().info;
  ROWHOUSE_ASSIGN_OR_RETURN(
      ShardMap map, ShardMap::Uniform(first.map_version, first.shard_count));
  ROWHOUSE_RETURN_IF_ERROR(CheckIndices(members));
  for (const Member& member : members) {
    const BucketRange expected = map.RangeOf(member.info.index);
    if (member.info.buckets != expected) {
      return absl::FailedPreconditionError(absl::StrCat(
          member.address, " serves buckets ", member.info.buckets.begin, " to ",
          member.info.buckets.end, ", but shard ", member.info.index.value(),
          " of ", first.shard_count, " has ", expected.begin, " to ",
          expected.end));
    }
  }
  return map;
}

}  // namespace rowhouse::internal
