#include "tests/integration/faults/corrupt.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <random>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "rowhouse/client.h"
#include "tests/integration/faults/counters.h"
#include "tests/integration/faults/damage.h"
#include "tests/integration/faults/progress.h"
#include "tests/integration/faults/sample.h"
#include "tests/testing/server_process.h"

namespace rowhouse::faults {
namespace {

constexpr absl::Duration kStartPatience = absl::Seconds(20);
constexpr absl::Duration kCallPatience = absl::Seconds(10);

// Exit status of a server that could not start.
constexpr int kExitFailed = 1;

// Added to the number of the signal that ended a process.
constexpr int kSignalBase = 128;

std::string BaseName(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

std::string ReadLog(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::uint64_t UnequalRows(const std::vector<float>& found,
                          const std::vector<float>& expected) {
  if (found.size() != expected.size()) return kCounterRows;
  std::uint64_t unequal = 0;
  for (std::size_t row = 0; row < kCounterRows; ++row) {
    const auto at = static_cast<std::ptrdiff_t>(row * kCounterColumns);
    unequal +=
        std::equal(found.begin() + at, found.begin() + at + kCounterColumns,
                   expected.begin() + at)
            ? 0
            : 1;
  }
  return unequal;
}

// One copy of a sample, damaged and started.
class Trial {
 public:
  Trial(const Setup& setup, const Sample& sample, CorruptResult& result)
      : setup_(setup),
        sample_(sample),
        result_(result),
        directory_(absl::StrCat(setup.directory, "/trial")) {}

  absl::Status Run(std::mt19937_64& random) {
    std::error_code error;
    std::filesystem::remove_all(directory_, error);
    std::filesystem::copy(sample_.directory, directory_,
                          std::filesystem::copy_options::recursive, error);
    if (error) return absl::UnavailableError(error.message());
    of_checkpoint_ = random() % 4 == 0;
    ROWHOUSE_ASSIGN_OR_RETURN(
        damage_,
        DamageOneFile(absl::StrCat(directory_, of_checkpoint_ ? "/checkpoints"
                                                              : "/shard-0"),
                      random));
    ++result_.kinds[absl::StrCat(of_checkpoint_ ? "checkpoint: " : "",
                                 KindName(damage_.files.front()))];
    ServerProcess::Options options =
        ClusterOptions(setup_.server_binary, directory_, 1).front();
    if (of_checkpoint_) options.data_dir = absl::StrCat(directory_, "/fresh");
    ServerProcess server(options);
    ROWHOUSE_RETURN_IF_ERROR(server.Spawn());
    const absl::Status serving = server.WaitUntilServing(kStartPatience);
    if (serving.ok()) {
      Look(server);
    } else if (server.running()) {
      ++result_.hung;
      Note("neither serves nor ends");
    } else if (server.last_status() == kExitFailed) {
      Refused(ReadLog(server.log_path()));
    } else {
      Crashed(server);
    }
    return absl::OkStatus();
  }

 private:
  void Look(ServerProcess& server) {
    ClientOptions options;
    options.timeout = kCallPatience;
    options.open_sessions = false;
    const absl::StatusOr<std::vector<float>> rows = Ask(server, options);
    if (rows.ok()) {
      Judge(*rows);
    } else if (!server.Wait(absl::Milliseconds(50)).ok() ||
               server.last_status() == kExitFailed) {
      Refused(std::string(rows.status().message()));
    } else {
      Crashed(server);
    }
  }

  absl::StatusOr<std::vector<float>> Ask(const ServerProcess& server,
                                         const ClientOptions& options) const {
    ROWHOUSE_ASSIGN_OR_RETURN(Client client,
                              Client::Connect(server.address(), options));
    if (of_checkpoint_) {
      ROWHOUSE_RETURN_IF_ERROR(
          client.RestoreCheckpoint(sample_.checkpoint, false));
    }
    return ReadCounters(client);
  }

  void Judge(const std::vector<float>& rows) {
    const std::uint64_t pushes =
        of_checkpoint_ ? sample_.pushes_in_checkpoint : sample_.pushes;
    const std::uint64_t wrong = UnequalRows(rows, sample_.RowsAfter(pushes));
    if (wrong == 0) {
      ++result_.harmless;
      return;
    }
    result_.wrong_rows += wrong;
    // Perhaps what it was some pushes ago.
    const auto found = static_cast<std::uint64_t>(
        std::accumulate(rows.begin(), rows.end(), 0.0) / kIdsPerPush);
    const bool older =
        found < pushes && UnequalRows(rows, sample_.RowsAfter(found)) == 0;
    Note(older ? absl::StrCat("served WITHOUT THE LAST ", pushes - found,
                              " acknowledged pushes")
               : absl::StrCat(wrong, " WRONG ROWS"));
  }

  void Crashed(const ServerProcess& server) {
    ++result_.crashes;
    const int signal = server.last_status() - kSignalBase;
    const bool asserted =
        signal == SIGABRT &&
        absl::StrContains(ReadLog(server.log_path()), "rocksdb");
    result_.aborts += asserted ? 1 : 0;
    Note(absl::StrCat("CRASH by signal ", signal,
                      asserted ? ", an assertion of RocksDB" : ""));
  }

  void Refused(const std::string& words) {
    ++result_.refused;
    for (const std::string& file : damage_.files) {
      if (!absl::StrContains(words, BaseName(file))) continue;
      ++result_.named;
      return;
    }
    Note(absl::StrCat("refused without its name: ", words));
  }

  void Note(const std::string& text) {
    result_.notes.push_back(absl::StrCat("trial ", result_.trials, ": ",
                                         absl::StrJoin(damage_.files, " and "),
                                         " ", damage_.what, ": ", text));
  }

  const Setup& setup_;
  const Sample& sample_;
  CorruptResult& result_;
  const std::string directory_;
  bool of_checkpoint_ = false;
  Damage damage_;
};

}  // namespace

absl::StatusOr<CorruptResult> RunCorruptions(const CorruptOptions& options) {
  CorruptResult result;
  const Setup& setup = options.setup;
  ROWHOUSE_ASSIGN_OR_RETURN(
      const Sample killed,
      MakeSample(setup, absl::StrCat(setup.directory, "/killed"),
                 SampleEnd::kKilled));
  ROWHOUSE_ASSIGN_OR_RETURN(
      const Sample stopped,
      MakeSample(setup, absl::StrCat(setup.directory, "/stopped"),
                 SampleEnd::kStopped));
  std::mt19937_64 random(setup.seed);
  Progress progress("corruptions", static_cast<std::uint64_t>(options.trials),
                    setup.progress);
  while (result.trials < options.trials) {
    Trial trial(setup, random() % 2 == 0 ? killed : stopped, result);
    ROWHOUSE_RETURN_IF_ERROR(trial.Run(random));
    ++result.trials;
    progress.Show(static_cast<std::uint64_t>(result.trials),
                  absl::StrCat(result.refused, " refused, ", result.harmless,
                               " harmless"));
  }
  return result;
}

}  // namespace rowhouse::faults
