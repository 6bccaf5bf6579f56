#include "client/internal/table_directory.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"

namespace rowhouse::internal {
namespace {

constexpr ShardIndex kFirstShard(0);

absl::Status CheckEqual(const TableSpec& wanted, const TableSpec& there) {
  if (wanted == there) return absl::OkStatus();
  return absl::AlreadyExistsError(
      absl::StrCat("table '", wanted.name, "' is there with another spec: ",
                   TableSpecToJson(there), ", not ", TableSpecToJson(wanted)));
}

void Add(const TableInfo& info, TableSummary& to) {
  to.rows_stored += info.rows_stored;
  to.memory_bytes += info.memory_bytes;
  // A shard that held no row of the last push did not see its step.
  if (info.last_step.has_value()) {
    to.last_step =
        std::max(to.last_step.value_or(0), info.last_step->iteration);
  }
}

TableSummary Summary(const TableInfo& info) {
  TableSummary summary{.spec = info.spec,
                       .incarnation = info.incarnation.value()};
  Add(info, summary);
  return summary;
}

// Which table of this name the shard has now; incarnation 0: none.
absl::Status NameTable(absl::string_view name, ShardStub& stub,
                       absl::Time deadline, DropTableRequest& request) {
  request = {.name = std::string(name)};
  ROWHOUSE_ASSIGN_OR_RETURN(const ShardInfo shard, stub.GetShardInfo(deadline));
  request.shard_incarnation = shard.incarnation;
  const absl::StatusOr<TableInfo> table = stub.DescribeTable(name, deadline);
  if (absl::IsNotFound(table.status())) return absl::OkStatus();
  ROWHOUSE_RETURN_IF_ERROR(table.status());
  request.incarnation = table->incarnation;
  return absl::OkStatus();
}

}  // namespace

TableDirectory::TableDirectory(Cluster& cluster, NewIncarnation new_incarnation)
    : cluster_(cluster), new_incarnation_(std::move(new_incarnation)) {}

absl::StatusOr<TableInfo> TableDirectory::DescribeOnFirstShard(
    absl::string_view name, absl::Time deadline) {
  TableInfo info;
  const absl::Status status = cluster_.retry().Run(
      Idempotency::kRepeatable, deadline,
      [&](absl::Time try_deadline) -> absl::Status {
        ROWHOUSE_ASSIGN_OR_RETURN(
            info, cluster_.stub(kFirstShard).DescribeTable(name, try_deadline));
        return absl::OkStatus();
      });
  if (!status.ok()) return cluster_.Named(kFirstShard, status);
  return info;
}

absl::StatusOr<TableInfo> TableDirectory::CreateOnFirstShard(
    const TableSpec& spec, absl::Time deadline) {
  absl::StatusOr<TableInfo> there = DescribeOnFirstShard(spec.name, deadline);
  if (!absl::IsNotFound(there.status())) return there;
  const TableIncarnation incarnation(new_incarnation_());
  const absl::Status created = cluster_.retry().Run(
      Idempotency::kRepeatable, deadline, [&](absl::Time try_deadline) {
        return cluster_.stub(kFirstShard)
            .CreateTable(spec, incarnation, try_deadline);
      });
  // Another client was faster: its incarnation is the one.
  if (absl::IsAlreadyExists(created)) {
    return DescribeOnFirstShard(spec.name, deadline);
  }
  if (!created.ok()) return cluster_.Named(kFirstShard, created);
  return TableInfo{spec, incarnation};
}

absl::Status TableDirectory::Create(const TableSpec& spec,
                                    absl::Time deadline) {
  ROWHOUSE_RETURN_IF_ERROR(Validate(spec));
  ROWHOUSE_ASSIGN_OR_RETURN(const TableInfo first,
                            CreateOnFirstShard(spec, deadline));
  ROWHOUSE_RETURN_IF_ERROR(CheckEqual(spec, first.spec));
  ROWHOUSE_RETURN_IF_ERROR(cluster_.ForEachShard(
      Idempotency::kRepeatable, deadline,
      [&](ShardIndex shard, ShardStub& stub,
          absl::Time try_deadline) -> absl::Status {
        if (shard == kFirstShard) return absl::OkStatus();
        const absl::Status created =
            stub.CreateTable(spec, first.incarnation, try_deadline);
        if (!absl::IsAlreadyExists(created)) return created;
        ROWHOUSE_ASSIGN_OR_RETURN(const TableInfo there,
                                  stub.DescribeTable(spec.name, try_deadline));
        ROWHOUSE_RETURN_IF_ERROR(CheckEqual(spec, there.spec));
        return absl::FailedPreconditionError(absl::StrCat(
            "table '", spec.name, "' has incarnation ",
            there.incarnation.value(), " here but ", first.incarnation.value(),
            " on shard 0: it was dropped in part; drop it again"));
      }));
  WriterLock lock(mu_);
  known_.insert_or_assign(
      spec.name, std::make_shared<KnownTable>(spec, first.incarnation));
  return absl::OkStatus();
}

absl::Status TableDirectory::Drop(absl::string_view name, absl::Time deadline) {
  Forget();
  // What is there now is dropped and nothing else: a second try, or one that
  // arrives late, must not take what others have made under this name since.
  std::vector<DropTableRequest> requests(cluster_.shard_count());
  ROWHOUSE_RETURN_IF_ERROR(cluster_.ForEachShard(
      Idempotency::kRepeatable, deadline,
      [&](ShardIndex shard, ShardStub& stub, absl::Time try_deadline) {
        return NameTable(name, stub, try_deadline, requests[shard.value()]);
      }));
  const auto first = std::find_if(
      requests.begin(), requests.end(),
      [](const auto& request) { return request.incarnation.value() != 0; });
  if (first == requests.end()) {
    return absl::NotFoundError(absl::StrCat("no table '", name, "'"));
  }
  // Whoever makes it just now may not have come to every shard yet.
  for (DropTableRequest& request : requests) {
    if (request.incarnation.value() == 0) {
      request.incarnation = first->incarnation;
    }
  }
  const auto drop = [&](ShardIndex shard, ShardStub& stub,
                        absl::Time try_deadline) {
    const absl::Status status =
        stub.DropTable(requests[shard.value()], try_deadline);
    return absl::IsNotFound(status) ? absl::OkStatus() : status;
  };
  ROWHOUSE_RETURN_IF_ERROR(cluster_.Named(
      kFirstShard,
      cluster_.retry().Run(
          Idempotency::kRepeatable, deadline, [&](absl::Time try_deadline) {
            return drop(kFirstShard, cluster_.stub(kFirstShard), try_deadline);
          })));
  return cluster_.ForEachShard(
      Idempotency::kRepeatable, deadline,
      [&](ShardIndex shard, ShardStub& stub, absl::Time try_deadline) {
        return shard == kFirstShard ? absl::OkStatus()
                                    : drop(shard, stub, try_deadline);
      });
}

absl::StatusOr<TableSummary> TableDirectory::Describe(absl::string_view name,
                                                      absl::Time deadline) {
  std::vector<std::optional<TableInfo>> infos(cluster_.shard_count());
  ROWHOUSE_RETURN_IF_ERROR(cluster_.ForEachShard(
      Idempotency::kRepeatable, deadline,
      [&](ShardIndex shard, ShardStub& stub,
          absl::Time try_deadline) -> absl::Status {
        absl::StatusOr<TableInfo> info = stub.DescribeTable(name, try_deadline);
        if (absl::IsNotFound(info.status())) return absl::OkStatus();
        ROWHOUSE_RETURN_IF_ERROR(info.status());
        infos[shard.value()] = *std::move(info);
        return absl::OkStatus();
      }));
  std::optional<TableSummary> summary;
  for (const auto& info : infos) {
    if (!info.has_value()) continue;
    if (summary.has_value()) {
      Add(*info, *summary);
    } else {
      summary = Summary(*info);
    }
  }
  if (!summary.has_value()) {
    return absl::NotFoundError(absl::StrCat("no table '", name, "'"));
  }
  for (std::uint32_t i = 0; i < infos.size(); ++i) {
    if (!infos[i].has_value() ||
        infos[i]->incarnation.value() != summary->incarnation ||
        infos[i]->spec != summary->spec) {
      return absl::FailedPreconditionError(absl::StrCat(
          cluster_.Name(ShardIndex(i)), " has ",
          infos[i].has_value() ? "another" : "no", " table '", name,
          "': it was created or dropped in part; do that again"));
    }
  }
  return *std::move(summary);
}

absl::StatusOr<std::vector<TableSummary>> TableDirectory::List(
    absl::Time deadline) {
  std::vector<std::vector<TableInfo>> lists(cluster_.shard_count());
  ROWHOUSE_RETURN_IF_ERROR(cluster_.ForEachShard(
      Idempotency::kRepeatable, deadline,
      [&](ShardIndex shard, ShardStub& stub,
          absl::Time try_deadline) -> absl::Status {
        ROWHOUSE_ASSIGN_OR_RETURN(lists[shard.value()],
                                  stub.ListTables(try_deadline));
        return absl::OkStatus();
      }));
  std::map<std::string, TableSummary> by_name;
  for (const std::vector<TableInfo>& list : lists) {
    for (const TableInfo& info : list) {
      const auto [it, added] = by_name.try_emplace(info.spec.name);
      if (added) {
        it->second = Summary(info);
      } else {
        Add(info, it->second);
      }
    }
  }
  std::vector<TableSummary> tables;
  for (auto& [name, summary] : by_name) tables.push_back(std::move(summary));
  return tables;
}

absl::StatusOr<std::shared_ptr<const KnownTable>> TableDirectory::Find(
    absl::string_view name, absl::Time deadline) {
  {
    ReaderLock lock(mu_);
    if (const auto it = known_.find(name); it != known_.end()) {
      return it->second;
    }
  }
  ROWHOUSE_ASSIGN_OR_RETURN(TableInfo info,
                            DescribeOnFirstShard(name, deadline));
  auto table =
      std::make_shared<KnownTable>(std::move(info.spec), info.incarnation);
  WriterLock lock(mu_);
  // A shard holds at most kTablesMax, but a long life meets many names.
  if (known_.size() >= kTablesMax) known_.clear();
  known_.insert_or_assign(std::string(name), table);
  return table;
}

void TableDirectory::Forget() {
  WriterLock lock(mu_);
  known_.clear();
}

}  // namespace rowhouse::internal
