#include "bench/durability_cases.h"

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/executor.h"
#include "base/status_macros.h"
#include "bench/pusher.h"
#include "shard/shard.h"
#include "storage/disk.h"

namespace rowhouse::bench {
namespace {

constexpr int kTurns = 4;

// A shard that syncs and writes back only when a level asks for it.
shard::Options OptionsOf(const std::string& directory) {
  shard::Options options;
  options.data_dir = directory;
  options.new_incarnation = 1;
  options.write_back_period = absl::Hours(1);
  options.journal_unsettled_bytes_max = 1ull << 50;
  options.journal_bytes_max = 1ull << 50;
  return options;
}

struct Turn {
  std::uint64_t pushes = 0;
  double seconds = 0;
  void Add(const Turn& other) {
    pushes += other.pushes;
    seconds += other.seconds;
  }
  double rate() const { return static_cast<double>(pushes) / seconds; }
};

absl::StatusOr<Turn> PushFor(absl::Duration duration, const Pushers& pushers,
                             Durability durability, shard::Shard& shard) {
  std::atomic<std::uint64_t> pushes{0};
  std::atomic<bool> failed{false};
  const absl::Time begin = absl::Now();
  std::vector<std::thread> threads;
  for (const auto& pusher : pushers) {
    threads.emplace_back([&] {
      while (absl::Now() < begin + duration && !failed) {
        if (pusher->Push(shard, durability).ok()) {
          ++pushes;
        } else {
          failed = true;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  if (failed) return absl::UnknownError("a push of the benchmark failed");
  return Turn{pushes, absl::ToDoubleSeconds(absl::Now() - begin)};
}

// Appends and syncs `bytes` at a time; counts them in pushes' places.
absl::StatusOr<Turn> WriteFor(absl::Duration duration, std::size_t bytes,
                              const std::string& path) {
  storage::Disk& disk = storage::PosixDisk();
  ROWHOUSE_ASSIGN_OR_RETURN(const auto file, disk.Create(path));
  const std::string group(bytes, 'b');
  Turn turn;
  const absl::Time begin = absl::Now();
  do {
    ROWHOUSE_RETURN_IF_ERROR(file->Append({absl::Span<const char>(group)}));
    ROWHOUSE_RETURN_IF_ERROR(file->Sync());
    ++turn.pushes;
  } while (absl::Now() < begin + duration);
  turn.seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  ROWHOUSE_RETURN_IF_ERROR(disk.Remove(path));
  return turn;
}

// As after a kill -9: the files as they are, read by another shard.
absl::Status MeasureReplay(const DurabilityCases& cases,
                           const std::string& killed, Turn pushed,
                           std::uint64_t journal_bytes,
                           DurabilityFigures& figures) {
  const std::string copy = absl::StrCat(cases.directory, "/copy");
  std::error_code error;
  std::filesystem::copy(killed, copy, std::filesystem::copy_options::recursive,
                        error);
  if (error) return absl::UnknownError(error.message());
  const auto executor = MakeInlineExecutor();
  const absl::Time begin = absl::Now();
  ROWHOUSE_ASSIGN_OR_RETURN(
      const auto shard,
      shard::Shard::Open(OptionsOf(copy), shard::RealEnvironment(*executor)));
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  figures.replay_rows =
      static_cast<double>(pushed.pushes * cases.pushes.rows_per_push) / seconds;
  figures.replay_bytes = static_cast<double>(journal_bytes) / seconds;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DurabilityFigures> MeasureDurability(
    const DurabilityCases& cases) {
  const std::string directory = absl::StrCat(cases.directory, "/shard");
  const auto executor = MakeThreadExecutor(1);
  ROWHOUSE_ASSIGN_OR_RETURN(
      const auto shard, shard::Shard::Open(OptionsOf(directory),
                                           shard::RealEnvironment(*executor)));
  ROWHOUSE_RETURN_IF_ERROR(
      shard->CreateTable(TableOf(cases.pushes), TableIncarnation(1)));
  ROWHOUSE_ASSIGN_OR_RETURN(
      const Pushers pushers,
      ConnectPushers(cases.pushes, cases.clients, *shard));
  const absl::Duration turn = cases.duration / kTurns;
  // Every row is there before the clock starts.
  ROWHOUSE_ASSIGN_OR_RETURN(
      Turn all, PushFor(turn, pushers, Durability::kMemory, *shard));
  Turn memory;
  Turn process;
  Turn power;
  Turn bare;
  const auto add = [&](Durability level, Turn& to) -> absl::Status {
    ::sync();  // or each turn would pay for what those before it wrote
    ROWHOUSE_ASSIGN_OR_RETURN(const Turn more,
                              PushFor(turn, pushers, level, *shard));
    to.Add(more);
    all.Add(more);
    return absl::OkStatus();
  };
  for (int i = 0; i < kTurns; ++i) {
    // Neither is always the first.
    if (i % 2 == 0) ROWHOUSE_RETURN_IF_ERROR(add(Durability::kMemory, memory));
    ROWHOUSE_RETURN_IF_ERROR(add(Durability::kProcess, process));
    if (i % 2 == 1) ROWHOUSE_RETURN_IF_ERROR(add(Durability::kMemory, memory));
  }
  const std::uint64_t bytes_per_push =
      shard->Info().journal_bytes / (all.pushes + 1);
  for (int i = 0; i < kTurns; ++i) {
    ROWHOUSE_RETURN_IF_ERROR(add(Durability::kPower, power));
    ROWHOUSE_ASSIGN_OR_RETURN(const Turn more,
                              WriteFor(turn, bytes_per_push * pushers.size(),
                                       absl::StrCat(cases.directory, "/bare")));
    bare.Add(more);
  }
  DurabilityFigures figures;
  figures.memory = memory.rate();
  figures.process = process.rate();
  figures.power = power.rate();
  figures.power_bytes = power.rate() * static_cast<double>(bytes_per_push);
  figures.bare_bytes =
      bare.rate() * static_cast<double>(bytes_per_push * pushers.size());
  ROWHOUSE_RETURN_IF_ERROR(MeasureReplay(cases, directory, all,
                                         shard->Info().journal_bytes, figures));
  return figures;
}

}  // namespace rowhouse::bench
