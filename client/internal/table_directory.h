// The tables of a cluster: made, dropped and remembered.
#ifndef ROWHOUSE_CLIENT_INTERNAL_TABLE_DIRECTORY_H_
#define ROWHOUSE_CLIENT_INTERNAL_TABLE_DIRECTORY_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "base/requests.h"
#include "client/internal/cluster.h"
#include "rowhouse/client.h"
#include "rowhouse/shard_map.h"

namespace rowhouse::internal {

// What a client needs to know of a table to use it. Immutable.
struct KnownTable {
  KnownTable(TableSpec table_spec, TableIncarnation table_incarnation)
      : spec(std::move(table_spec)),
        incarnation(table_incarnation),
        buckets(spec.name, spec.placement) {}
  TableSpec spec;
  TableIncarnation incarnation;
  BucketFunction buckets;
};

// Shard 0 settles who makes a table: it is created there first and dropped
// there first, so two clients that create it at once agree on its incarnation.
// Thread-safe.
class TableDirectory {
 public:
  // Makes a number for a table; never 0, never twice. Thread-safe.
  using NewIncarnation = std::function<std::uint64_t()>;

  TableDirectory(Cluster& cluster, NewIncarnation new_incarnation);

  // Makes it on every shard that lacks it, with the incarnation it has on
  // shard 0: what an earlier call left half done is completed. ALREADY_EXISTS:
  // a table of that name has another spec. FAILED_PRECONDITION: it was half
  // dropped, some shard holds an earlier life.
  absl::Status Create(const TableSpec& spec, absl::Time deadline);
  // NOT_FOUND when no shard has it; one that some shards have is dropped there.
  absl::Status Drop(absl::string_view name, absl::Time deadline);
  // Counts are sums over shards. NOT_FOUND; FAILED_PRECONDITION naming the
  // shard when not every shard has the same.
  absl::StatusOr<TableSummary> Describe(absl::string_view name,
                                        absl::Time deadline);
  // By name, with the spec of the first shard that has it.
  absl::StatusOr<std::vector<TableSummary>> List(absl::Time deadline);

  // From memory, or as shard 0 describes it. NOT_FOUND.
  absl::StatusOr<std::shared_ptr<const KnownTable>> Find(absl::string_view name,
                                                         absl::Time deadline);
  // The next Find of any table asks again.
  void Forget();

 private:
  absl::StatusOr<TableInfo> CreateOnFirstShard(const TableSpec& spec,
                                               absl::Time deadline);
  absl::StatusOr<TableInfo> DescribeOnFirstShard(absl::string_view name,
                                                 absl::Time deadline);

  Cluster& cluster_;
  const NewIncarnation new_incarnation_;
  SharedMutex mu_;
  absl::flat_hash_map<std::string, std::shared_ptr<const KnownTable>> known_
      ABSL_GUARDED_BY(mu_);
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_TABLE_DIRECTORY_H_
