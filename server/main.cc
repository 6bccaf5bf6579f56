// rowhouse-server: flags -> Options -> start -> wait -> drain.
//
// Exit status: 0 ended by a signal and everything is on the disk; 1 could not
// start, stopped for good or could not end cleanly; 2 the flags make no sense.
// A signal that comes before it serves, or a second one, ends it as such.
#include <fcntl.h>
#include <grpc/support/log.h>
#include <malloc.h>
#include <poll.h>
#include <sys/random.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/version.h"
#include "server/options.h"
#include "server/server.h"
#include "storage/data_dir.h"

namespace rowhouse::server {
namespace {

constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;

// How often it is looked whether the shard is alive.
constexpr int kAlivePeriodMs = 1000;

struct Flags {
  Options options;
  std::string session_lease = absl::FormatDuration(Options().session_lease);
  std::string drain_timeout = absl::FormatDuration(Options().drain_timeout);
  std::string log_format = "text";
  std::string log_level = "info";
  std::string config;
  bool print_config = false;
};

// ROWHOUSE_DATA_DIR for --data-dir.
std::string EnvironmentName(const std::string& flag) {
  std::string name = "ROWHOUSE_";
  for (const char c : flag.substr(2)) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(c));
  }
  return name;
}

template <typename T>
void Add(CLI::App& app, const std::string& flag, T& value,
         const std::string& help) {
  app.add_option(flag, value, help)
      ->envname(EnvironmentName(flag))
      ->capture_default_str();
}

void AddFlags(CLI::App& app, Flags& flags) {
  Options& options = flags.options;
  const unsigned cores = std::thread::hardware_concurrency();
  options.threads = cores > 1 ? cores - 1 : 0;
  Add(app, "--listen", options.listen,
      "HOST:PORT (an IP address or localhost; port 0 takes a free one) or "
      "unix:PATH");
  app.add_flag("--allow-remote", options.allow_remote,
               "Permit addresses other machines reach; there is no TLS yet")
      ->envname(EnvironmentName("--allow-remote"));
  Add(app, "--data-dir", options.data_dir, "Where rows live; required");
  Add(app, "--shard-index", options.shard_index, "Place of this shard, from 0");
  Add(app, "--shard-count", options.shard_count, "Shards of the cluster");
  Add(app, "--checkpoint-dir", options.checkpoint_dir,
      "Where checkpoints lie, the same for all shards (default: in "
      "--data-dir)");
  Add(app, "--map-version", options.map_version, "Version of the shard map");
  Add(app, "--lanes", options.lanes,
      "Stripes worked side by side, a power of two");
  Add(app, "--threads", options.threads,
      "Threads that work lanes beside the one that has the request");
  Add(app, "--row-memory", options.row_memory_bytes,
      "Bytes of rows held in memory, the others are read when needed; 0: all");
  Add(app, "--journal-bytes-max", options.journal_bytes_max,
      "Bytes the journal keeps before pushes wait for rows to be written");
  Add(app, "--disk-reserve-bytes", options.disk_reserve_bytes,
      "Disk space held back for starting and writing rows on a full disk");
  Add(app, "--session-lease", flags.session_lease,
      "How long a checkpoint waits for a client without a sign of life");
  Add(app, "--drain-timeout", flags.drain_timeout,
      "How long calls under way may take at the end, as 10s or 500ms");
  app.add_option("--log-format", flags.log_format, "text or json")
      ->envname(EnvironmentName("--log-format"))
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  app.add_option("--log-level", flags.log_level, "Least level logged")
      ->envname(EnvironmentName("--log-level"))
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
  app.add_option("--config", flags.config,
                 "TOML file of flags without dashes: listen = \"...\"")
      ->envname(EnvironmentName("--config"))
      ->configurable(false);
  app.add_flag("--print-config", flags.print_config,
               "Print the flags that are in force, as such a file, and end")
      ->configurable(false);
}

absl::Status ReadDuration(absl::string_view flag, const std::string& text,
                          absl::Duration& value) {
  if (absl::ParseDuration(text, &value)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      flag, " ", text, ": expected a duration such as 10s or 500ms"));
}

// Takes from the file what neither a flag nor the environment has said. (CLI11
// itself would let the file win over the environment.)
void ReadConfig(CLI::App& app, const std::string& path) {
  std::ifstream in(path);
  if (!in) throw CLI::FileError::Missing(path);
  const CLI::ConfigTOML format;
  for (const CLI::ConfigItem& item : format.from_config(in)) {
    CLI::Option* option = app.get_option_no_throw("--" + item.name);
    if (option == nullptr || !option->get_configurable() ||
        !item.parents.empty()) {
      throw CLI::ConfigError(path + ": no flag is called '" + item.fullname() +
                             "'");
    }
    if (option->count() > 0) continue;
    if (option->get_expected_min() == 0) {
      option->add_result(
          option->get_flag_value(item.name, format.to_flag(item)));
    } else {
      option->add_result(item.inputs);
    }
    option->run_callback();
  }
}

LogLevel LevelOf(const std::string& name) {
  if (name == "debug") return LogLevel::kDebug;
  if (name == "warning") return LogLevel::kWarning;
  return name == "error" ? LogLevel::kError : LogLevel::kInfo;
}

// gRPC's own lines, such as why a port could not be had, in our format.
void LogGrpc(gpr_log_func_args* line) {
  const std::string where = absl::StrCat(line->file, ":", line->line);
  if (line->severity == GPR_LOG_SEVERITY_ERROR) {
    LogError("grpc", {{"message", line->message}, {"where", where}});
  } else {
    LogDebug("grpc", {{"message", line->message}, {"where", where}});
  }
}

int Usage(const absl::Status& status) {
  std::cerr << "rowhouse-server: " << status.message()
            << "\nrowhouse-server --help lists the flags\n";
  return kExitUsage;
}

// Where the handler says that the server is to end.
int end_pipe[2] = {-1, -1};

// The next signal ends the process where it stands.
void OnEndSignal(int signal) {
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGINT, SIG_DFL);
  const int error = errno;  // that of whoever is interrupted
  const char number = static_cast<char>(signal);
  [[maybe_unused]] const ssize_t written = write(end_pipe[1], &number, 1);
  errno = error;
}

// From here on SIGTERM and SIGINT ask for an end in order. Before, they end the
// process at once, however long it takes to read the rows: what was
// acknowledged is in the journal.
bool CatchEndSignals() {
  return pipe2(end_pipe, O_CLOEXEC) == 0 &&
         std::signal(SIGTERM, OnEndSignal) != SIG_ERR &&
         std::signal(SIGINT, OnEndSignal) != SIG_ERR;
}

// Returns when a signal has come, with its number, or when the shard has
// stopped for good, with 0: a new start is what helps, and whoever started this
// process may order one.
int AwaitEnd(const Server& server) {
  pollfd end = {.fd = end_pipe[0], .events = POLLIN, .revents = 0};
  while (server.CheckAlive().ok()) {
    if (poll(&end, 1, kAlivePeriodMs) != 1) continue;
    char number = 0;
    if (read(end_pipe[0], &number, 1) == 1) return number;
  }
  return 0;
}

int Serve(const Options& options) {
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(options);
  if (!server.ok()) {
    if (absl::IsInvalidArgument(server.status())) {
      return Usage(server.status());
    }
    LogError("start_failed", {{"status", server.status().ToString()}});
    return kExitFailed;
  }
  if (!CatchEndSignals()) {
    LogError("start_failed", {{"status", "no handler for signals"}});
    return kExitFailed;
  }
  std::cout << "listening " << (*server)->address() << std::endl;
  const int signal = AwaitEnd(**server);
  if (signal == 0) {
    LogError("shard_failed", {{"status", (*server)->CheckAlive().ToString()}});
    (*server)->Drain().IgnoreError();  // it has nothing else to say
    return kExitFailed;
  }
  LogInfo("stopping", {{"signal", std::to_string(signal)}});
  if (const absl::Status status = (*server)->Drain(); !status.ok()) {
    LogError("drain_failed", {{"status", status.ToString()}});
    return kExitFailed;
  }
  LogInfo("stopped");
  return 0;
}

std::string VersionText() {
  return absl::StrCat("rowhouse-server ", Version(), " (commit ", Commit(),
                      ")\ndata directory format ", storage::kDataDirFormat,
                      "\nprotocol rowhouse.v1");
}

int Main(int argc, char** argv) {
  // A reply of a megabyte is else a fresh mapping each time, and its page
  // faults cost as much as sending it (measured: half of gRPC's throughput).
  // 32 MiB is the most that glibc takes.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 256 << 20);

  Flags flags;
  CLI::App app("One shard of a Rowhouse cluster", "rowhouse-server");
  app.footer(
      "Each flag may be an environment variable (--data-dir is\n"
      "ROWHOUSE_DATA_DIR) or a line of the --config file. A flag wins over "
      "the\n"
      "environment, the environment over the file.");
  app.set_version_flag("--version", VersionText());
  AddFlags(app, flags);
  try {
    app.parse(argc, argv);
    if (!flags.config.empty()) ReadConfig(app, flags.config);
  } catch (const CLI::ParseError& error) {
    const bool asked = error.get_exit_code() == 0;  // --help, --version
    if (!asked) return Usage(absl::InvalidArgumentError(error.what()));
    return app.exit(error);
  }
  absl::Status status = ReadDuration("--session-lease", flags.session_lease,
                                     flags.options.session_lease);
  status.Update(ReadDuration("--drain-timeout", flags.drain_timeout,
                             flags.options.drain_timeout));
  status.Update(Validate(flags.options));
  if (!status.ok()) return Usage(status);
  if (flags.print_config) {
    std::cout << app.config_to_str(true);
    return 0;
  }
  ConfigureLog(flags.log_format == "json" ? LogFormat::kJson : LogFormat::kText,
               LevelOf(flags.log_level));
  gpr_set_log_function(LogGrpc);
  Options& options = flags.options;
  if (getrandom(&options.new_incarnation, sizeof(options.new_incarnation), 0) !=
      sizeof(options.new_incarnation)) {
    LogError("start_failed", {{"status", "the system gives no random bits"}});
    return kExitFailed;
  }
  return Serve(options);
}

}  // namespace
}  // namespace rowhouse::server

int main(int argc, char** argv) { return rowhouse::server::Main(argc, argv); }
