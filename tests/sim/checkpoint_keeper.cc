#include "tests/sim/checkpoint_keeper.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "storage/checkpoint.h"
#include "storage/checkpoint_part.h"
#include "storage/sha256.h"

namespace rowhouse::sim {
namespace {

// Tries of a checkpoint's calls; a restore must be finished. Clients take a
// while to move.
constexpr int kPatience = 4;
constexpr int kClosingPatience = 60;
constexpr int kForEver = std::numeric_limits<int>::max();
constexpr std::uint64_t kFileBytesMax = 64u << 20;

bool IsPassing(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsResourceExhausted(status);
}

// Refusals that a checkpoint beside restores, or a second try, may meet.
bool IsRefusal(const absl::Status& status) {
  return absl::IsFailedPrecondition(status) || absl::IsAlreadyExists(status);
}

}  // namespace

CheckpointKeeper::CheckpointKeeper(Scheduler& scheduler, Story& story,
                                   Network& network, storage::MemDisk& shared,
                                   std::string root, const Plan& plan,
                                   const Nodes& nodes, std::uint64_t seed)
    : scheduler_(scheduler),
      story_(story),
      network_(network),
      shared_(shared),
      root_(std::move(root)),
      plan_(plan),
      nodes_(nodes),
      random_(seed) {}

void CheckpointKeeper::Run() {
  std::uint64_t restores = plan_.restores;
  for (std::uint64_t i = 0; i < plan_.checkpoints; ++i) {
    scheduler_.Sleep(absl::Microseconds(random_.Between(1, 20000)));
    if (calm_ || story_.failed()) break;
    Checkpoint(absl::StrCat("c", i));
    const std::vector<std::string> usable = Usable();
    if (restores == 0 || usable.empty() || random_.OneIn(2)) continue;
    --restores;
    scheduler_.Sleep(absl::Microseconds(random_.Between(1, 5000)));
    Restore(usable[random_.Below(usable.size())], nodes_);
    if (!random_.OneIn(3) || calm_ || story_.failed()) continue;
    const std::vector<RestoreRequest> old = asked_;
    Restore(usable[random_.Below(usable.size())], nodes_);
    const std::size_t late = random_.Below(nodes_.size());
    // Unless one of the two came to nothing.
    if (old.size() == nodes_.size() && asked_.size() == nodes_.size()) {
      ExpectRefused(*nodes_[late], old[late]);
    }
  }
  finished_ = true;
}

template <typename Reply>
absl::StatusOr<Reply> CheckpointKeeper::Insist(
    Node& node, const std::string& what, int tries,
    const std::function<absl::StatusOr<Reply>(Node&, Life&)>& handle,
    bool late) {
  absl::StatusOr<Reply> reply = absl::UnavailableError("the run ends");
  for (int i = 0; i < tries && !story_.failed(); ++i) {
    reply =
        network_.Call<Reply>(node, what, absl::Milliseconds(30), handle, late);
    if (reply.ok() || !IsPassing(reply.status())) break;
    scheduler_.Sleep(absl::Microseconds(random_.Between(100, 3000)));
  }
  if (!reply.ok() && !IsPassing(reply.status()) && !IsRefusal(reply.status())) {
    story_.Check(absl::InternalError(absl::StrCat(
        what, " at ", node.name(), ": ", reply.status().ToString())));
  }
  return reply;
}

void CheckpointKeeper::Checkpoint(const std::string& name) {
  names_.push_back(name);
  const absl::StatusOr<std::uint64_t> epoch = Epoch();
  absl::Status status = epoch.status();
  if (status.ok()) {
    status = OpenAll(name, *epoch);
    if (status.ok()) {
      const auto parts = CloseAll(name, *epoch);
      status = parts.ok() ? Commit(name, *epoch, *parts) : parts.status();
    }
    if (!status.ok()) AbortAll(name, *epoch);
  }
  if (status.ok()) committed_.insert(name);
  story_.Note(absl::StrCat("checkpoint ", name, ": ",
                           status.ok() ? "made" : status.ToString()));
}

absl::StatusOr<std::uint64_t> CheckpointKeeper::Epoch() {
  std::uint64_t epoch = 0;
  for (const auto& node : nodes_) {
    const absl::StatusOr<ShardInfo> info = InfoOf(*node, kPatience);
    ROWHOUSE_RETURN_IF_ERROR(info.status());
    epoch = std::max(epoch, info->snapshot_epoch);
  }
  return epoch;
}

absl::StatusOr<ShardInfo> CheckpointKeeper::InfoOf(Node& node, int tries) {
  return Insist<ShardInfo>(node, "info", tries,
                           [](Node&, Life& life) -> absl::StatusOr<ShardInfo> {
                             return life.shard->Info();
                           });
}

absl::Status CheckpointKeeper::OpenAll(const std::string& name,
                                       std::uint64_t epoch) {
  for (const auto& node : nodes_) {
    ROWHOUSE_RETURN_IF_ERROR(
        Insist<bool>(*node, absl::StrCat("opening of ", name), kPatience,
                     [name, epoch](Node&, Life& life) -> absl::StatusOr<bool> {
                       ROWHOUSE_RETURN_IF_ERROR(
                           life.shard->OpenCheckpoint(name, epoch));
                       return true;
                     })
            .status());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ShardCheckpoint>> CheckpointKeeper::CloseAll(
    const std::string& name, std::uint64_t epoch) {
  std::vector<ShardCheckpoint> parts;
  for (const auto& node : nodes_) {
    ROWHOUSE_ASSIGN_OR_RETURN(
        parts.emplace_back(),
        Insist<ShardCheckpoint>(*node, absl::StrCat("closing of ", name),
                                kClosingPatience,
                                [this, name, epoch](Node& at, Life& life) {
                                  absl::StatusOr<ShardCheckpoint> made =
                                      life.shard->CloseCheckpoint(name, epoch);
                                  if (made.ok()) OnPart(at, life, name, *made);
                                  return made;
                                }));
  }
  return parts;
}

absl::Status CheckpointKeeper::Commit(
    const std::string& name, std::uint64_t epoch,
    const std::vector<ShardCheckpoint>& parts) {
  return Insist<CheckpointInfo>(
             *nodes_[0], absl::StrCat("commit of ", name), kPatience,
             [name, epoch, parts](Node&, Life& life) {
               return life.shard->CommitCheckpoint(name, epoch, parts);
             })
      .status();
}

void CheckpointKeeper::AbortAll(const std::string& name, std::uint64_t epoch) {
  for (const auto& node : nodes_) {
    Insist<bool>(
        *node, absl::StrCat("abort of ", name), kPatience,
        [name, epoch](Node&, Life& life) -> absl::StatusOr<bool> {
          ROWHOUSE_RETURN_IF_ERROR(life.shard->AbortCheckpoint(name, epoch));
          return true;
        })
        .IgnoreError();
  }
}

void CheckpointKeeper::OnPart(Node& node, Life& life, const std::string& name,
                              const ShardCheckpoint& part) {
  const Scheduler::Quiet quiet(scheduler_);
  const ShardInfo info = life.shard->Info();
  const std::string path = storage::ShardCheckpointPath(
      root_, name, part.index, node.options().shard_count);
  const absl::StatusOr<std::string> bytes =
      shared_.Read(absl::StrCat(path, "/MANIFEST"), kFileBytesMax);
  // A second copy of the message may have begun another part there.
  if (!bytes.ok() || storage::Sha256(*bytes) != part.manifest_sha256) return;
  const absl::StatusOr<storage::ShardManifest> manifest =
      storage::ReadShardManifest(shared_, path);
  if (!manifest.ok()) return story_.Check(manifest.status());
  // A restore may have begun since.
  if (manifest->data_incarnation != info.incarnation) return;
  absl::StatusOr<Reference> rows = node.ledger().RowsAt(
      info.restore_id, manifest->cut, manifest->snapshot_epoch);
  if (!rows.ok()) return story_.Check(rows.status());
  parts_.insert_or_assign(part.manifest_sha256, *std::move(rows));
}

std::optional<Reference> CheckpointKeeper::RowsOf(const std::string& name) {
  const Scheduler::Quiet quiet(scheduler_);
  const absl::StatusOr<CheckpointInfo> info =
      storage::ReadCheckpoint(shared_, root_, name);
  if (absl::IsNotFound(info.status()) && !committed_.contains(name)) {
    return std::nullopt;
  }
  if (!info.ok()) {
    story_.Check(info.status());
    return std::nullopt;
  }
  Reference all;
  for (const ShardCheckpoint& shard : info->shards) {
    const auto part = parts_.find(shard.manifest_sha256);
    // Its maker may have died before it could say what is in it.
    if (part == parts_.end()) return std::nullopt;
    for (const auto& [incarnation, table] : part->second.tables()) {
      const auto [it, fresh] = all.tables().emplace(incarnation, table);
      if (fresh) continue;
      if (MovesEveryRow(table.spec()) && table.steps() != it->second.steps()) {
        return std::nullopt;
      }
      it->second.Join(table);
    }
  }
  return all;
}

std::vector<std::string> CheckpointKeeper::Usable() {
  std::vector<std::string> usable;
  for (const std::string& name : names_) {
    if (RowsOf(name).has_value()) usable.push_back(name);
  }
  return usable;
}

void CheckpointKeeper::Restore(const std::string& name, const Nodes& nodes) {
  asked_.clear();
  const std::uint64_t restore_id = random_.Next() | 1;
  story_.Note(absl::StrCat("restore ", restore_id, " of ", name, " to ",
                           nodes.size(), " shards"));
  const std::optional<Reference> all = RowsOf(name);
  if (!all.has_value()) return;
  for (const auto& node : nodes) {
    Reference part;
    for (const auto& [incarnation, table] : all->tables()) {
      part.tables().emplace(incarnation, table.Part(node->buckets()));
    }
    node->ledger().Promise(restore_id, std::move(part));
  }
  for (const bool finish : {false, true}) {
    for (const auto& node : nodes) {
      const absl::Status done = finish ? FinishRestore(*node, restore_id)
                                       : BeginRestore(*node, name, restore_id);
      if (done.ok()) continue;
      story_.Check(absl::InternalError(
          absl::StrCat("restore of ", name, ": ", done.ToString())));
      return;
    }
  }
  story_.Note("restored");
}

// Copies of both come late too, when other restores have been.
absl::Status CheckpointKeeper::BeginRestore(Node& node, const std::string& name,
                                            std::uint64_t restore_id) {
  ROWHOUSE_ASSIGN_OR_RETURN(const ShardInfo info, InfoOf(node, kForEver));
  asked_.push_back({.name = name,
                    .restore_id = restore_id,
                    .replace = true,
                    .incarnation = info.incarnation});
  return Insist<bool>(
             node, "restore", kForEver,
             [request = asked_.back()](Node&,
                                       Life& life) -> absl::StatusOr<bool> {
               ROWHOUSE_RETURN_IF_ERROR(life.shard->BeginRestore(request));
               return true;
             },
             /*late=*/true)
      .status();
}

void CheckpointKeeper::ExpectRefused(Node& node,
                                     const RestoreRequest& request) {
  const absl::Status status =
      Insist<bool>(
          node, "old restore", kPatience,
          [request](Node&, Life& life) -> absl::StatusOr<bool> {
            ROWHOUSE_RETURN_IF_ERROR(life.shard->BeginRestore(request));
            return true;
          })
          .status();
  if (!status.ok()) return;
  story_.Check(absl::InternalError(absl::StrCat(
      "restore ", request.restore_id, " undid a later one at ", node.name())));
}

absl::Status CheckpointKeeper::FinishRestore(Node& node,
                                             std::uint64_t restore_id) {
  return Insist<bool>(
             node, "end of restore", kForEver,
             [restore_id](Node&, Life& life) -> absl::StatusOr<bool> {
               ROWHOUSE_RETURN_IF_ERROR(life.shard->FinishRestore(restore_id));
               return true;
             },
             /*late=*/true)
      .status();
}

}  // namespace rowhouse::sim
