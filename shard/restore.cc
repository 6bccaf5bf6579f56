// Restore: the shard's buckets of a checkpoint of any number of shards become
// all that the shard has. A restore that is cut short at any step leaves the
// shard restoring, without tables, until one begins again.
#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mutation.h"
#include "base/status_macros.h"
#include "rowhouse/shard_map.h"
#include "shard/state.h"
#include "storage/checkpoint.h"

namespace rowhouse::shard {
namespace {

// Never 0, which names no incarnation.
std::uint64_t NextIncarnation(std::uint64_t old, std::uint64_t restore_id) {
  const std::uint64_t mixed = Mix64(old ^ restore_id);
  return mixed != 0 ? mixed : 1;
}

// One shard's part, verified and open.
struct Source {
  std::string path;
  storage::ShardManifest manifest;
  std::unique_ptr<storage::RowStore> rows;
  BucketRange buckets;
};

absl::StatusOr<Source> OpenSource(const Environment& env,
                                  const std::string& root,
                                  const CheckpointInfo& info,
                                  std::size_t index) {
  const auto count = static_cast<std::uint32_t>(info.shards.size());
  Source source;
  source.path = storage::ShardCheckpointPath(root, info.name,
                                             info.shards[index].index, count);
  ROWHOUSE_ASSIGN_OR_RETURN(
      source.manifest,
      storage::ReadShardCheckpoint(env.disk, source.path, info.shards[index]));
  ROWHOUSE_ASSIGN_OR_RETURN(const ShardMap map, ShardMap::Uniform(1, count));
  source.buckets = map.RangeOf(ShardIndex(static_cast<std::uint32_t>(index)));
  ROWHOUSE_ASSIGN_OR_RETURN(
      source.rows, env.open_row_store(absl::StrCat(source.path, "/rows"),
                                      /*read_only=*/true));
  return source;
}

std::uint64_t CountOf(const storage::StoredSteps& steps) {
  return steps.first + steps.iterations.size();
}

// The steps that both know are the same ones.
bool SameSteps(const storage::StoredSteps& a, const storage::StoredSteps& b) {
  const std::size_t both = std::min(a.iterations.size(), b.iterations.size());
  return std::equal(a.iterations.end() - static_cast<std::ptrdiff_t>(both),
                    a.iterations.end(),
                    b.iterations.end() - static_cast<std::ptrdiff_t>(both)) &&
         std::equal(a.learning_rates.end() - static_cast<std::ptrdiff_t>(both),
                    a.learning_rates.end(),
                    b.learning_rates.end() - static_cast<std::ptrdiff_t>(both));
}

// Takes the steps of one more part into `steps`: the log that reaches furthest
// back, or, where pushed rows alone move, the greatest step. False where a
// stepped table has done other steps.
bool MergeSteps(bool stepped, const storage::StoredSteps& more,
                storage::StoredSteps& steps) {
  if (stepped) {
    if (CountOf(more) != CountOf(steps) || !SameSteps(more, steps)) {
      return false;
    }
    if (more.first < steps.first) steps = more;
    return true;
  }
  if (more.iterations.empty()) return true;
  if (steps.iterations.empty() ||
      more.iterations.back() > steps.iterations.back()) {
    steps = more;
  }
  return true;
}

// The tables of all parts, which must agree: FAILED_PRECONDITION otherwise.
absl::StatusOr<std::vector<storage::CheckpointTable>> TablesOf(
    absl::Span<const Source> sources) {
  std::map<std::string, storage::CheckpointTable> tables;
  for (const Source& source : sources) {
    for (const storage::CheckpointTable& table : source.manifest.tables) {
      const TableSpec& spec = table.table.spec;
      const auto [it, fresh] = tables.emplace(spec.name, table);
      storage::CheckpointTable& first = it->second;
      if (fresh) {
        first.steps = table.steps.value_or(storage::StoredSteps());
      } else if (first.table != table.table) {
        return absl::FailedPreconditionError(
            absl::StrCat(source.path, ": table '", spec.name,
                         "' differs from that of another shard's part"));
      } else if (!MergeSteps(MovesEveryRow(spec),
                             table.steps.value_or(storage::StoredSteps()),
                             *first.steps)) {
        return absl::FailedPreconditionError(
            absl::StrCat(source.path, ": table '", spec.name, "' has done ",
                         CountOf(table.steps.value_or(storage::StoredSteps())),
                         " steps, in another shard's part ",
                         CountOf(*first.steps), " or others"));
      }
    }
  }
  for (const Source& source : sources) {
    if (source.manifest.tables.size() == tables.size()) continue;
    return absl::FailedPreconditionError(
        absl::StrCat(source.path, " has ", source.manifest.tables.size(),
                     " tables, the checkpoint ", tables.size()));
  }
  std::vector<storage::CheckpointTable> all;
  for (auto& [name, table] : tables) all.push_back(std::move(table));
  return all;
}

}  // namespace

// The steps of BeginRestore after its checks.
class Shard::State::Restorer {
 public:
  Restorer(State& state, std::vector<Source> sources, std::uint64_t restore_id,
           absl::string_view name)
      : s_(state),
        sources_(std::move(sources)),
        restore_id_(restore_id),
        name_(name) {}

  absl::Status Run(const std::vector<storage::CheckpointTable>& stored)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(s_.maintenance_mu) {
    ROWHOUSE_RETURN_IF_ERROR(Forget());
    ROWHOUSE_RETURN_IF_ERROR(BeginJournal());
    std::vector<std::unique_ptr<Table>> tables;
    storage::DataDirManifest changed = s_.manifest;
    for (const storage::CheckpointTable& table : stored) {
      const TableIncarnation incarnation = table.table.incarnation;
      tables.push_back(std::make_unique<Table>(table.table.spec, incarnation,
                                               s_.options.lanes));
      if (CountOf(*table.steps) > 0) {
        tables.back()->LoadSteps(*table.steps);
        s_.watermarks.steps[incarnation] = *table.steps;
      }
      ROWHOUSE_RETURN_IF_ERROR(CopyTable(*tables.back()));
      s_.watermarks.tables[incarnation] = lsn_;
      changed.tables.push_back(table.table);
    }
    // Watermarks before the manifest, as CreateTable does.
    ROWHOUSE_RETURN_IF_ERROR(s_.WriteWatermarks());
    changed.restore_id = restore_id_;
    changed.restored_from = name_;
    ROWHOUSE_RETURN_IF_ERROR(s_.SaveManifest(changed));
    WriterLock gate(s_.gate);
    for (auto& table : tables) s_.tables.Add(std::move(table));
    s_.restore_id = restore_id_;
    return absl::OkStatus();
  }

 private:
  // From here on there is nothing to go back to: a new life without tables.
  absl::Status Forget() ABSL_EXCLUSIVE_LOCKS_REQUIRED(s_.maintenance_mu) {
    storage::DataDirManifest changed = s_.manifest;
    if (!Mutated(Mutation::kRestoreKeepsSessions)) {
      changed.incarnation =
          NextIncarnation(s_.manifest.incarnation, restore_id_);
    }
    changed.restoring = true;
    changed.restore_id = 0;  // that of a restore which has its rows
    changed.restored_from.clear();
    changed.tables.clear();
    ROWHOUSE_RETURN_IF_ERROR(s_.SaveManifest(changed));
    {
      WriterLock gate(s_.gate);
      s_.restoring = true;
      s_.incarnation = changed.incarnation;
      s_.restore_id = 0;
      s_.tables.Clear();
      MutexLock lock(s_.push_mu);
      if (!Mutated(Mutation::kRestoreKeepsSessions)) s_.sessions.EndAll();
    }
    s_.unflushed.clear();
    for (const TableIncarnation table : s_.store->Tables()) {
      ROWHOUSE_RETURN_IF_ERROR(s_.store->DropTable(table));
    }
    return absl::OkStatus();
  }

  // Above every LSN of this shard and of the sources. The watermarks say so
  // first: what the old journal holds is then never read again, and the gap in
  // LSNs between the journals is none.
  absl::Status BeginJournal() ABSL_EXCLUSIVE_LOCKS_REQUIRED(s_.maintenance_mu) {
    const Lsn last = s_.journal->last();
    lsn_ = last;
    for (const Source& source : sources_) {
      lsn_ = std::max(lsn_, source.manifest.cut);
    }
    lsn_ = Lsn(lsn_.value() + 1);
    if (const absl::Status status = s_.journal->Sync(last); !status.ok()) {
      return s_.Fail(status);
    }
    s_.watermarks.tables.clear();
    s_.watermarks.steps.clear();
    if (!Mutated(Mutation::kRestoreKeepsSessions)) {
      s_.watermarks.sessions.clear();
    }
    s_.watermarks.sessions_lsn = s_.watermarks.durable = lsn_;
    ROWHOUSE_RETURN_IF_ERROR(storage::WriteWatermarks(
        s_.env.disk, s_.options.data_dir, s_.watermarks));
    WriterLock gate(s_.gate);
    ROWHOUSE_ASSIGN_OR_RETURN(
        const storage::JournalReplay replay,
        storage::ReplayJournal(
            s_.env.disk, s_.Path("journal"), lsn_, lsn_,
            [](const storage::JournalRecord&) { return absl::OkStatus(); }));
    ROWHOUSE_RETURN_IF_ERROR(s_.OpenJournal(replay, lsn_, s_.incarnation));
    return s_.journal->RemoveUpTo(lsn_);
  }

  absl::Status CopyTable(Table& table) {
    const TableIncarnation incarnation = table.incarnation();
    ROWHOUSE_RETURN_IF_ERROR(s_.store->CreateTable(incarnation));
    for (const Source& source : sources_) {
      ROWHOUSE_RETURN_IF_ERROR(CopyFrom(source, table));
    }
    return s_.store->Flush(incarnation);
  }

  absl::Status CopyFrom(const Source& source, Table& table) {
    const BucketRange range = {std::max(source.buckets.begin, s_.buckets.begin),
                               std::min(source.buckets.end, s_.buckets.end)};
    if (range.begin >= range.end) return absl::OkStatus();
    std::uint64_t rows = 0;
    batch_.images.clear();
    batch_.values.clear();
    ROWHOUSE_RETURN_IF_ERROR(source.rows->Scan(
        table.incarnation(), range,
        [&](const storage::RowImage& stored) -> absl::Status {
          ++rows;
          storage::RowImage image = stored;
          image.lsn = lsn_;
          ROWHOUSE_RETURN_IF_ERROR(s_.CheckImage(table, image));
          s_.lanes[table.LaneOf(image.bucket)]->Load(table, image);
          batch_.images.push_back(image);
          batch_.values.insert(batch_.values.end(), image.values.begin(),
                               image.values.end());
          if (batch_.images.size() < kWriteBackRowsMax) return absl::OkStatus();
          return WriteBatch(table);
        }));
    ROWHOUSE_RETURN_IF_ERROR(WriteBatch(table));
    return CheckCount(source, table, range, rows);
  }

  absl::Status WriteBatch(const Table& table) {
    const std::size_t row_floats = table.row_floats();
    for (std::size_t i = 0; i < batch_.images.size(); ++i) {
      batch_.images[i].values = absl::MakeConstSpan(batch_.values)
                                    .subspan(i * row_floats, row_floats);
    }
    const absl::Status status =
        s_.store->Write(table.incarnation(), batch_.images);
    batch_.images.clear();
    batch_.values.clear();
    return status;
  }

  // Where all of a part was read, its manifest says how many rows that is.
  static absl::Status CheckCount(const Source& source, const Table& table,
                                 BucketRange range, std::uint64_t rows) {
    if (range != source.buckets) return absl::OkStatus();
    for (const storage::CheckpointTable& saved : source.manifest.tables) {
      if (saved.table.incarnation != table.incarnation() ||
          saved.rows == rows) {
        continue;
      }
      return absl::DataLossError(
          absl::StrCat(source.path, ": table '", table.spec().name, "' has ",
                       rows, " rows, its manifest says ", saved.rows));
    }
    return absl::OkStatus();
  }

  State& s_;
  const std::vector<Source> sources_;
  const std::uint64_t restore_id_;
  const std::string name_;  // of the checkpoint
  Lsn lsn_;                 // stamp of every row
  ImageBatch batch_;
};

absl::Status Shard::State::BeginRestore(absl::string_view name,
                                        std::uint64_t of_restore,
                                        bool replace) {
  MutexLock maintenance(maintenance_mu);
  {
    ReaderLock reader(gate);
    ROWHOUSE_RETURN_IF_ERROR(CheckAlive());
    if (restore_id == of_restore) {  // its rows are in
      if (manifest.restored_from == name) return absl::OkStatus();
      return absl::FailedPreconditionError(
          absl::StrCat("restore ", of_restore, " of shard ",
                       options.index.value(), " is one of checkpoint '",
                       manifest.restored_from, "', not '", name, "'"));
    }
    if (tables.size() > 0 && !replace) {
      return absl::FailedPreconditionError(
          absl::StrCat("shard ", options.index.value(), " has ", tables.size(),
                       " tables, and `replace` was not asked for"));
    }
  }
  // Everything that can be wrong with the checkpoint is found before anything
  // is given up for it.
  const std::string root = CheckpointRoot();
  ROWHOUSE_ASSIGN_OR_RETURN(const CheckpointInfo info,
                            storage::ReadCheckpoint(env.disk, root, name));
  std::vector<Source> sources;
  for (std::size_t i = 0; i < info.shards.size(); ++i) {
    ROWHOUSE_ASSIGN_OR_RETURN(Source source, OpenSource(env, root, info, i));
    sources.push_back(std::move(source));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<storage::CheckpointTable> stored,
                            TablesOf(sources));
  Restorer restorer(*this, std::move(sources), of_restore, name);
  const absl::Status status = restorer.Run(stored);
  LogInfo("restore_copied", {{"checkpoint", std::string(name)},
                             {"restore_id", absl::StrCat(of_restore)},
                             {"status", status.ToString()}});
  return status;
}

absl::Status Shard::BeginRestore(absl::string_view name,
                                 std::uint64_t restore_id, bool replace) {
  ROWHOUSE_RETURN_IF_ERROR(storage::ValidateCheckpointName(name));
  if (restore_id == 0) return absl::InvalidArgumentError("restore id 0");
  State& s = *state_;
  {
    // A restore takes longer than a caller waits for one try. The next tries
    // must not each hold a thread of the server until the first is done.
    MutexLock lock(s.restores_mu);
    if (!s.restores_under_way.insert(restore_id).second) {
      return absl::UnavailableError(
          absl::StrCat("shard ", s.options.index.value(),
                       " is loading restore ", restore_id, ": ask again"));
    }
  }
  const absl::Status status = s.BeginRestore(name, restore_id, replace);
  MutexLock lock(s.restores_mu);
  s.restores_under_way.erase(restore_id);
  return status;
}

absl::Status Shard::FinishRestore(std::uint64_t restore_id) {
  State& s = *state_;
  MutexLock maintenance(s.maintenance_mu);
  {
    ReaderLock gate(s.gate);
    ROWHOUSE_RETURN_IF_ERROR(s.CheckAlive());
    if (s.restore_id != restore_id || restore_id == 0) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the last restore that shard ", s.options.index.value(),
          " has the rows of is ", s.restore_id, ", not ", restore_id));
    }
    if (!s.restoring) return absl::OkStatus();  // asked a second time
  }
  storage::DataDirManifest changed = s.manifest;
  changed.restoring = false;
  ROWHOUSE_RETURN_IF_ERROR(s.SaveManifest(changed));
  WriterLock gate(s.gate);
  s.restoring = false;
  return absl::OkStatus();
}

}  // namespace rowhouse::shard
