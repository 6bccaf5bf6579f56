// A shard begins and ends.
#include <bit>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mutation.h"
#include "base/status_macros.h"
#include "shard/state.h"

namespace rowhouse::shard {
namespace {

// Lanes are numbered in a byte (PushWork).
constexpr std::uint32_t kLanesMax = 256;

// What may lie in a directory before its first manifest. The last is the file
// system's own.
constexpr absl::string_view kNamesOfNew[] = {
    "LOCK", "MANIFEST.tmp", "RESERVE", "checkpoints", "cut", "lost+found"};

absl::Status CheckOptions(const Options& options) {
  if (options.data_dir.empty()) {
    return absl::InvalidArgumentError("the data directory has no name");
  }
  if (options.index.value() >= options.shard_count) {
    return absl::InvalidArgumentError(
        absl::StrCat("shard index ", options.index.value(),
                     " is not below the shard count ", options.shard_count));
  }
  if (options.map_version == 0) {
    return absl::InvalidArgumentError("map version 0 is never checked");
  }
  if (!std::has_single_bit(options.lanes) || options.lanes > kLanesMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        options.lanes, " lanes, expected a power of two up to ", kLanesMax));
  }
  if (options.journal_bytes_max < 2 * options.journal_segment_bytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("a journal of at most ", options.journal_bytes_max,
                     " bytes, expected at least two segments of ",
                     options.journal_segment_bytes));
  }
  if (options.write_back_period <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "write-back period ", absl::FormatDuration(options.write_back_period),
        " is not above zero"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Shard>> Shard::Open(const Options& options,
                                                   Environment environment) {
  ROWHOUSE_RETURN_IF_ERROR(CheckOptions(options));
  ROWHOUSE_ASSIGN_OR_RETURN(
      const ShardMap map,
      ShardMap::Uniform(options.map_version, options.shard_count));
  auto state = std::make_unique<State>(options, std::move(environment),
                                       map.RangeOf(options.index));
  ROWHOUSE_RETURN_IF_ERROR(state->Open());
  std::unique_ptr<Shard> shard(new Shard(std::move(state)));
  // Errors come back with the next period, and stop the shard if they must.
  shard->state_->periodic = shard->state_->env.executor.Every(
      options.write_back_period, [shard = shard.get()] {
        const absl::Status status = shard->Maintain();
        if (!status.ok()) {
          LogWarning("maintenance_failed", {{"error", status.ToString()}});
        }
      });
  return shard;
}

Shard::Shard(std::unique_ptr<State> state) : state_(std::move(state)) {}

Shard::~Shard() {
  const absl::Status status = Close();
  if (!status.ok()) {
    LogError("shard_close_failed", {{"error", status.ToString()}});
  }
}

void Shard::Stop() { state_->stopping = true; }

absl::Status Shard::Close() { return state_->Close(); }

absl::Status Shard::State::Open() {
  MutexLock maintenance(maintenance_mu);
  WriterLock lock(gate);
  ROWHOUSE_RETURN_IF_ERROR(OpenDirectory());
  // What a life before held back was for this.
  ROWHOUSE_RETURN_IF_ERROR(reserve.Release());
  incarnation = manifest.incarnation;
  restore_id = manifest.restore_id;
  restoring = manifest.restoring;
  // A cut that was open when its shard ended is given up for good.
  ROWHOUSE_RETURN_IF_ERROR(env.disk.RemoveAll(Path("cut")));
  ROWHOUSE_RETURN_IF_ERROR(OpenRowStore());
  absl::StatusOr<storage::Watermarks> stored =
      storage::ReadWatermarks(env.disk, options.data_dir);
  if (stored.ok()) {
    watermarks = *std::move(stored);
  } else if (!absl::IsNotFound(stored.status())) {
    return stored.status();
  }
  ROWHOUSE_RETURN_IF_ERROR(Recover());
  {
    // Nobody could give a sign of life to a shard that was recovering.
    MutexLock lock(push_mu);
    leases = NewLeases();
  }
  HoldReserve();
  return absl::OkStatus();
}

// Locks the directory, says who it is if it is new, checks it if it is not.
absl::Status Shard::State::OpenDirectory() {
  storage::Disk& disk = env.disk;
  ROWHOUSE_RETURN_IF_ERROR(disk.MakeDirectory(options.data_dir));
  ROWHOUSE_ASSIGN_OR_RETURN(directory_lock, disk.Lock(Path("LOCK")));
  // A process that was killed may have renamed a file and not have synced that.
  // What is read here is acted upon, so no power cut may take it back.
  if (!Mutated(Mutation::kUnsyncedNameBelieved)) {
    ROWHOUSE_RETURN_IF_ERROR(disk.SyncDirectory(options.data_dir));
  }
  absl::StatusOr<storage::DataDirManifest> read =
      storage::ReadManifest(disk, options.data_dir);
  if (absl::IsNotFound(read.status())) {
    ROWHOUSE_RETURN_IF_ERROR(CheckNew());
    if (options.new_incarnation == 0) {
      return absl::InvalidArgumentError(absl::StrCat(
          options.data_dir, " is new and was given no incarnation"));
    }
    storage::DataDirManifest fresh;
    fresh.incarnation = options.new_incarnation;
    fresh.shard_index = options.index;
    fresh.shard_count = options.shard_count;
    return SaveManifest(fresh);
  }
  if (!read.ok()) return read.status();
  manifest = *std::move(read);
  if (manifest.shard_index != options.index ||
      manifest.shard_count != options.shard_count) {
    return absl::FailedPreconditionError(absl::StrCat(
        options.data_dir, " belongs to shard ", manifest.shard_index.value(),
        " of ", manifest.shard_count, ", asked for ", options.index.value(),
        " of ", options.shard_count));
  }
  return absl::OkStatus();
}

// That a directory without a manifest is a new one: nobody's, or one whose
// first start was cut short.
absl::Status Shard::State::CheckNew() {
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                            env.disk.List(options.data_dir));
  for (const absl::string_view name : {"journal", "rows", "WATERMARKS"}) {
    if (!absl::c_linear_search(names, name)) continue;
    return absl::DataLossError(absl::StrCat(
        Path("MANIFEST"), " is missing, but ", Path(name), " is there"));
  }
  for (const std::string& name : names) {
    if (absl::c_linear_search(kNamesOfNew, name)) continue;
    const std::string path = Path(name);
    if (absl::StartsWith(options.checkpoint_dir + "/", path + "/")) continue;
    // A socket that the server listens at may lie there.
    if (!env.disk.Stat(path).ok()) continue;
    directory_lock.reset();
    env.disk.Remove(Path("LOCK"))
        .IgnoreError();  // the stranger has no use of it
    return absl::FailedPreconditionError(absl::StrCat(
        options.data_dir, " has no MANIFEST and is not empty: ", name,
        " is not of a shard; name a new or empty directory"));
  }
  return absl::OkStatus();
}

// Opens the tables of the manifest, and drops what a crash left of others.
absl::Status Shard::State::OpenRowStore() {
  ROWHOUSE_ASSIGN_OR_RETURN(
      store, env.open_row_store(Path("rows"), /*read_only=*/false));
  if (options.row_memory_bytes > 0) {
    memory.store = store.get();
    memory.bytes_max = options.row_memory_bytes;
    memory.lane_bytes_max = options.row_memory_bytes / options.lanes;
    memory.fail = [this](const absl::Status& status) {
      Fail(status).IgnoreError();
    };
  }
  for (const storage::StoredTable& stored : manifest.tables) {
    AddTable(std::make_unique<Table>(stored.spec, stored.incarnation,
                                     options.lanes));
  }
  std::size_t found = 0;
  for (const TableIncarnation table : store->Tables()) {
    if (tables.Find(table) != nullptr) {
      ++found;
    } else {
      ROWHOUSE_RETURN_IF_ERROR(store->DropTable(table));
    }
  }
  if (found == tables.size()) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(Path("rows"), " has ", found, " of ",
                                          tables.size(), " tables that ",
                                          Path("MANIFEST"), " names"));
}

void Shard::State::AddTable(std::unique_ptr<Table> table) {
  for (const auto& lane : lanes) lane->AddTable(*table);
  tables.Add(std::move(table));
}

void Shard::State::RemoveTable(Table& table) {
  for (const auto& lane : lanes) lane->RemoveTable(table);
  tables.Remove(table.spec().name);
}

void Shard::State::RemoveAllTables() {
  // Also of those that a restore which failed has left.
  for (const auto& lane : lanes) lane->RemoveAllTables();
  memory.dirty_bytes = 0;
  tables.Clear();
}

absl::Status Shard::State::Close() {
  {
    WriterLock lock(gate);
    if (closed) return absl::OkStatus();
    closed = true;
  }
  stopping = true;
  periodic.reset();  // waits for a call under way
  const OneAtATime::Turn turn = cut_calls.Wait();
  MutexLock maintenance(maintenance_mu);
  // A part that is made may become part of a checkpoint yet.
  if (cut.has_value() && !cut->made.has_value()) DropCut("the shard ends");
  absl::Status status = fault();
  bool write_back = status.ok() && journal != nullptr;
  {
    WriterLock lock(gate);
    write_back = write_back && !restoring;
  }
  if (write_back) status = WriteBack(/*settle=*/true);
  WriterLock lock(gate);
  journal.reset();
  store.reset();
  directory_lock.reset();
  return status;
}

}  // namespace rowhouse::shard
