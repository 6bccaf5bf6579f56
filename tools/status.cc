#include "tools/status.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace rowhouse::tools {
namespace {

constexpr char kSilent[] = "no answer";

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

void PrintTable(absl::Span<const ShardSummary> shards,
                absl::Span<const ShardAnswer> silent, std::ostream& out) {
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
  for (const ShardAnswer& one : silent) {
    table.Add({"?", one.address, kSilent, "", "", "", "", "", "", ""});
  }
  table.Print(out);
}

Json SilentToJson(const ShardAnswer& silent) {
  Json json;
  json["index"] = nullptr;
  json["address"] = silent.address;
  json["state"] = kSilent;
  json["serving"] = false;
  json["error"] = silent.shard.status().ToString();
  return json;
}

// Those that answer by index, then the others, of which only the address is
// known.
ExitCode ReportAnswers(std::vector<ShardAnswer> answers, const Output& output) {
  std::vector<ShardSummary> shards;
  std::vector<ShardAnswer> silent;
  for (ShardAnswer& answer : answers) {
    if (answer.shard.ok()) {
      shards.push_back(*std::move(answer.shard));
    } else {
      silent.push_back(std::move(answer));
    }
  }
  std::sort(shards.begin(), shards.end(),
            [](const auto& a, const auto& b) { return a.index < b.index; });
  return Report(shards, silent, output);
}

bool IsSilent(const ShardAnswer& answer) { return !answer.shard.ok(); }

}  // namespace

absl::StatusOr<ExitCode> Run(const StatusVerb& /*verb*/, const Target& target,
                             const Output& output) {
  if (!target.servers.empty()) {
    ROWHOUSE_ASSIGN_OR_RETURN(std::vector<ShardAnswer> answers,
                              AskShards(target, kQuickTimeout));
    if (std::any_of(answers.begin(), answers.end(), IsSilent)) {
      return ReportAnswers(std::move(answers), output);
    }
  }
  // All answer: do they belong together?
  ROWHOUSE_ASSIGN_OR_RETURN(Client client, Connect(target, kQuickTimeout));
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<ShardSummary> shards,
                            client.Shards());
  return Report(shards, {}, output);
}

ExitCode Report(absl::Span<const ShardSummary> shards,
                absl::Span<const ShardAnswer> silent, const Output& output) {
  const bool serving =
      silent.empty() && std::all_of(shards.begin(), shards.end(), IsServing);
  if (output.json) {
    Json json;
    json["serving"] = serving;
    json["shards"] = Json::array();
    for (const ShardSummary& shard : shards) {
      json["shards"].push_back(ToJson(shard));
    }
    for (const ShardAnswer& one : silent) {
      json["shards"].push_back(SilentToJson(one));
    }
    Print(output.data, json);
  } else {
    PrintTable(shards, silent, output.data);
  }
  for (const ShardSummary& shard : shards) {
    if (IsServing(shard)) continue;
    output.talk << "rowhouse: shard " << shard.index << " ("
                << Printable(shard.address)
                << ") is not serving: " << Printable(shard.state) << '\n';
  }
  for (const ShardAnswer& one : silent) {
    output.talk << "rowhouse: " << Printable(one.address)
                << " does not answer: "
                << Printable(one.shard.status().ToString()) << '\n';
  }
  if (shards.empty() && !silent.empty()) return ExitCode::kUnreachable;
  return serving ? ExitCode::kOk : ExitCode::kUnhealthy;
}

}  // namespace rowhouse::tools
