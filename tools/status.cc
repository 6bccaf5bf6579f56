#include "tools/status.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace rowhouse::tools {
namespace {

bool IsServing(const ShardSummary& shard) { return shard.state == "serving"; }

Json ToJson(const ShardSummary& shard) {
  Json json;
  json["index"] = shard.index;
  json["shard_count"] = shard.shard_count;
  json["address"] = shard.address;
  json["version"] = shard.version;
  json["state"] = shard.state;
  json["serving"] = IsServing(shard);
  json["map_version"] = shard.map_version;
  json["tables"] = shard.tables;
  json["rows_stored"] = shard.rows_stored;
  json["memory_bytes"] = shard.memory_bytes;
  json["last_lsn"] = shard.last_lsn;
  json["synced_lsn"] = shard.synced_lsn;
  json["journal_bytes"] = shard.journal_bytes;
  json["sessions"] = shard.sessions;
  json["lookups"] = shard.lookups;
  json["pushes"] = shard.pushes;
  json["duplicates"] = shard.duplicates;
  json["refused"] = shard.refused;
  return json;
}

void PrintTable(absl::Span<const ShardSummary> shards, std::ostream& out) {
  constexpr auto kRight = TextTable::Align::kRight;
  TextTable table({{"shard"},
                   {"address"},
                   {"state"},
                   {"tables", kRight},
                   {"rows", kRight},
                   {"memory", kRight},
                   {"last LSN", kRight},
                   {"synced LSN", kRight},
                   {"journal", kRight},
                   {"sessions", kRight}});
  for (const ShardSummary& shard : shards) {
    table.Add({absl::StrCat(shard.index, "/", shard.shard_count), shard.address,
               shard.state, absl::StrCat(shard.tables),
               absl::StrCat(shard.rows_stored), BytesText(shard.memory_bytes),
               absl::StrCat(shard.last_lsn), absl::StrCat(shard.synced_lsn),
               BytesText(shard.journal_bytes), absl::StrCat(shard.sessions)});
  }
  table.Print(out);
}

}  // namespace

absl::StatusOr<ExitCode> Run(const StatusVerb& /*verb*/, const Target& target,
                             const Output& output) {
  ROWHOUSE_ASSIGN_OR_RETURN(Client client, Connect(target, kQuickTimeout));
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<ShardSummary> shards,
                            client.Shards());
  return Report(shards, output);
}

ExitCode Report(absl::Span<const ShardSummary> shards, const Output& output) {
  const bool serving = std::all_of(shards.begin(), shards.end(), IsServing);
  if (output.json) {
    Json json;
    json["serving"] = serving;
    json["shards"] = Json::array();
    for (const ShardSummary& shard : shards) {
      json["shards"].push_back(ToJson(shard));
    }
    Print(output.data, json);
  } else {
    PrintTable(shards, output.data);
  }
  for (const ShardSummary& shard : shards) {
    if (IsServing(shard)) continue;
    output.talk << "rowhouse: shard " << shard.index << " ("
                << Printable(shard.address)
                << ") is not serving: " << Printable(shard.state) << '\n';
  }
  return serving ? ExitCode::kOk : ExitCode::kUnhealthy;
}

}  // namespace rowhouse::tools
