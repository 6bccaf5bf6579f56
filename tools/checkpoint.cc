#include "tools/checkpoint.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "base/mutex.h"
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

void WaitUntil(absl::Time time) {
  Mutex mu;
  CondVar never;
  MutexLock lock(mu);
  for (;;) {
    const absl::Duration left = time - absl::Now();
    if (left <= absl::ZeroDuration()) return;
    never.WaitFor(mu, left);
  }
}

void Warn(const std::vector<UnreadableCheckpoint>& unreadable,
          std::ostream& talk) {
  for (const UnreadableCheckpoint& one : unreadable) {
    talk << "rowhouse: checkpoint " << Printable(one.name)
         << " cannot be read: " << Printable(one.why.ToString())
         << "; `rowhouse checkpoint delete " << Printable(one.name)
         << " --yes` removes it\n";
  }
}

struct Pruned {
  std::vector<std::string> deleted;
  std::vector<UnreadableCheckpoint> unreadable;
};

// Deletes all but the newest `keep`, and says which, those before an error too.
// What cannot be read is neither counted nor deleted: it may be of use to a
// newer version, or mended.
absl::Status Prune(Client& client, std::uint64_t keep, Pruned& pruned) {
  ROWHOUSE_ASSIGN_OR_RETURN(std::vector<CheckpointSummary> all,
                            client.ListCheckpoints(&pruned.unreadable));
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::tie(a.created, a.name) > std::tie(b.created, b.name);
  });
  for (std::size_t i = keep; i < all.size(); ++i) {
    const absl::Status status = client.DeleteCheckpoint(all[i].name);
    if (absl::IsNotFound(status)) continue;  // somebody else was faster
    ROWHOUSE_RETURN_IF_ERROR(status);
    pruned.deleted.push_back(all[i].name);
  }
  return absl::OkStatus();
}

// For what may take long, and says what it waits for.
absl::StatusOr<Client> ConnectFor(Progress& progress, const Target& target) {
  return Connect(target, kLongTimeout, NewDirectory::kRefuse, Session::kNone,
                 [&](const absl::Status& why) { progress.Waits(why); });
}

absl::Status CreateOne(const CheckpointCreateVerb& verb, const Target& target,
                       const Output& output) {
  const std::string name =
      !verb.name.empty() ? verb.name
                         : absl::FormatTime("%Y%m%d-%H%M%E3SZ", absl::Now(),
                                            absl::UTCTimeZone());
  absl::StatusOr<CheckpointSummary> made;
  Pruned pruned;
  absl::Status prunes;
  {
    Progress progress(output, absl::StrCat("making checkpoint ", name));
    ROWHOUSE_ASSIGN_OR_RETURN(Client client, ConnectFor(progress, target));
    made = client.CreateCheckpoint(name);
    ROWHOUSE_RETURN_IF_ERROR(made.status());
    if (verb.keep > 0) prunes = Prune(client, verb.keep, pruned);
  }
  output.talk << "checkpoint " << Printable(name) << " is made\n";
  Warn(pruned.unreadable, output.talk);
  if (!output.json) {
    PrintTable({*made}, output.data);
    return prunes;
  }
  Json json = ToJson(*made);
  if (verb.keep > 0) json["deleted"] = pruned.deleted;
  if (verb.every > absl::ZeroDuration()) {
    PrintLine(output.data, json);
  } else {
    Print(output.data, json);
  }
  return prunes;
}

// The name of the only checkpoint of the epoch.
absl::StatusOr<std::string> NameOf(Client& client, std::uint64_t epoch,
                                   std::ostream& talk) {
  std::vector<UnreadableCheckpoint> unreadable;
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<CheckpointSummary> all,
                            client.ListCheckpoints(&unreadable));
  Warn(unreadable, talk);
  std::vector<std::string> names;
  for (const CheckpointSummary& checkpoint : all) {
    if (checkpoint.snapshot_epoch == epoch) names.push_back(checkpoint.name);
  }
  if (names.size() == 1) return names[0];
  return absl::NotFoundError(absl::StrCat(
      names.size(), " checkpoints of epoch ", epoch, " among ", all.size(),
      names.empty() ? "" : ", name one: ", absl::StrJoin(names, ", ")));
}

}  // namespace

absl::StatusOr<ExitCode> Run(const CheckpointCreateVerb& verb,
                             const Target& target, const Output& output) {
  const bool once = verb.every <= absl::ZeroDuration();
  for (absl::Time next = absl::Now();;) {
    const absl::Status status = CreateOne(verb, target, output);
    if (once && status.ok()) return ExitCode::kOk;
    if (once) return status;
    if (!status.ok()) {
      output.talk << "rowhouse: " << Printable(status.ToString()) << '\n';
    }
    output.data.flush();
    // One that took longer, or a machine that slept, is not made up for: many
    // at once would be copies of one moment, and push the older ones out.
    next = std::max(next + verb.every, absl::Now());
    WaitUntil(next);
  }
}

absl::StatusOr<ExitCode> Run(const CheckpointDeleteVerb& verb,
                             const Target& target, const Output& output) {
  ROWHOUSE_ASSIGN_OR_RETURN(Client client, Connect(target, kLongTimeout));
  ROWHOUSE_RETURN_IF_ERROR(client.DeleteCheckpoint(verb.name));
  output.talk << "checkpoint " << Printable(verb.name) << " is deleted\n";
  if (output.json) Print(output.data, Json{{"deleted", verb.name}});
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> Run(const CheckpointPruneVerb& verb,
                             const Target& target, const Output& output) {
  ROWHOUSE_ASSIGN_OR_RETURN(Client client, Connect(target, kLongTimeout));
  Pruned pruned;
  const absl::Status status = Prune(client, verb.keep, pruned);
  Warn(pruned.unreadable, output.talk);
  const std::size_t deleted = pruned.deleted.size();
  output.talk << deleted
              << (deleted == 1 ? " checkpoint is" : " checkpoints are")
              << " deleted\n";
  if (output.json) Print(output.data, Json{{"deleted", pruned.deleted}});
  ROWHOUSE_RETURN_IF_ERROR(status);
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> Run(const CheckpointListVerb& /*verb*/,
                             const Target& target, const Output& output) {
  ROWHOUSE_ASSIGN_OR_RETURN(Client client, Connect(target, kQuickTimeout));
  std::vector<UnreadableCheckpoint> unreadable;
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<CheckpointSummary> checkpoints,
                            client.ListCheckpoints(&unreadable));
  Warn(unreadable, output.talk);
  if (!output.json) {
    PrintTable(checkpoints, output.data);
    return ExitCode::kOk;
  }
  Json json;
  json["checkpoints"] = Json::array();
  for (const CheckpointSummary& checkpoint : checkpoints) {
    json["checkpoints"].push_back(ToJson(checkpoint));
  }
  json["unreadable"] = Json::array();
  for (const UnreadableCheckpoint& one : unreadable) {
    json["unreadable"].push_back(
        {{"name", one.name}, {"error", one.why.ToString()}});
  }
  Print(output.data, json);
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> Run(const CheckpointRestoreVerb& verb,
                             const Target& target, const Output& output) {
  std::string name = verb.name;
  if (verb.epoch.has_value()) {
    ROWHOUSE_ASSIGN_OR_RETURN(Client client, Connect(target, kQuickTimeout));
    ROWHOUSE_ASSIGN_OR_RETURN(name, NameOf(client, *verb.epoch, output.talk));
  }
  {
    Progress progress(output, absl::StrCat("restoring checkpoint ", name));
    ROWHOUSE_ASSIGN_OR_RETURN(Client client, ConnectFor(progress, target));
    ROWHOUSE_RETURN_IF_ERROR(client.RestoreCheckpoint(name, verb.replace));
  }
  output.talk << "checkpoint " << Printable(name)
              << " is restored; sessions from before are ended\n";
  if (output.json) Print(output.data, Json{{"restored", name}});
  return ExitCode::kOk;
}

}  // namespace rowhouse::tools
