#include "tools/checkpoint.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "rowhouse/client.h"
#include "tools/progress.h"

namespace rowhouse::tools {
namespace {

Json ToJson(const CheckpointSummary& checkpoint) {
  Json json;
  json["name"] = checkpoint.name;
  json["created"] = TimeText(checkpoint.created);
  json["snapshot_epoch"] = checkpoint.snapshot_epoch;
  json["rows"] = checkpoint.rows;
  json["bytes"] = checkpoint.bytes;
  json["shards"] = checkpoint.shards;
  return json;
}

void PrintTable(const std::vector<CheckpointSummary>& checkpoints,
                std::ostream& out) {
  constexpr auto kRight = TextTable::Align::kRight;
  TextTable table({{"name"},
                   {"created"},
                   {"epoch", kRight},
                   {"rows", kRight},
                   {"size", kRight},
                   {"shards", kRight}});
  for (const CheckpointSummary& checkpoint : checkpoints) {
    table.Add({checkpoint.name, TimeText(checkpoint.created),
               absl::StrCat(checkpoint.snapshot_epoch),
               absl::StrCat(checkpoint.rows), BytesText(checkpoint.bytes),
               absl::StrCat(checkpoint.shards)});
  }
  table.Print(out);
}

}  // namespace

absl::StatusOr<ExitCode> Run(const CheckpointCreateVerb& verb,
                             const Target& target, const Output& output) {
  ROWHOUSE_ASSIGN_OR_RETURN(Client client, Connect(target, kLongTimeout));
  absl::StatusOr<CheckpointSummary> made;
  {
    const Progress progress(output,
                            absl::StrCat("making checkpoint ", verb.name));
    made = client.CreateCheckpoint(verb.name);
  }
  ROWHOUSE_RETURN_IF_ERROR(made.status());
  output.talk << "checkpoint " << Printable(verb.name) << " is made\n";
  if (output.json) {
    Print(output.data, ToJson(*made));
  } else {
    PrintTable({*made}, output.data);
  }
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> Run(const CheckpointListVerb& /*verb*/,
                             const Target& target, const Output& output) {
  ROWHOUSE_ASSIGN_OR_RETURN(Client client, Connect(target, kQuickTimeout));
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<CheckpointSummary> checkpoints,
                            client.ListCheckpoints());
  if (!output.json) {
    PrintTable(checkpoints, output.data);
    return ExitCode::kOk;
  }
  Json json;
  json["checkpoints"] = Json::array();
  for (const CheckpointSummary& checkpoint : checkpoints) {
    json["checkpoints"].push_back(ToJson(checkpoint));
  }
  Print(output.data, json);
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> Run(const CheckpointRestoreVerb& verb,
                             const Target& target, const Output& output) {
  ROWHOUSE_ASSIGN_OR_RETURN(Client client, Connect(target, kLongTimeout));
  absl::Status status;
  {
    const Progress progress(output,
                            absl::StrCat("restoring checkpoint ", verb.name));
    status = client.RestoreCheckpoint(verb.name, verb.replace);
  }
  ROWHOUSE_RETURN_IF_ERROR(status);
  output.talk << "checkpoint " << Printable(verb.name)
              << " is restored; sessions from before are ended\n";
  if (output.json) Print(output.data, Json{{"restored", verb.name}});
  return ExitCode::kOk;
}

}  // namespace rowhouse::tools
