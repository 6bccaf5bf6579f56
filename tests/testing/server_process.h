// A rowhouse-server in a process of its own, for tests that kill it and for
// benchmarks that measure it.
#ifndef ROWHOUSE_TESTS_TESTING_SERVER_PROCESS_H_
#define ROWHOUSE_TESTS_TESTING_SERVER_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace rowhouse {

// Thread-compatible: one thread at a time. Killed when destroyed.
class ServerProcess {
 public:
  struct Options {
    std::string binary;
    std::string data_dir;
    std::string checkpoint_dir;  // empty: the server's default
    std::string listen = "127.0.0.1:0";
    std::string log_path;  // standard error is appended here; empty: dropped
    int shard_index = 0;
    int shard_count = 1;
    std::vector<std::string> more_flags;
    std::vector<std::string> environment;  // "NAME=value", beside our own
    // Program with arguments that executes the server: {"/sbin/ip", "netns",
    // "exec", NAME}. It must become the server, not start it.
    std::vector<std::string> prefix;
  };

  explicit ServerProcess(Options options);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // Forks and executes; does not wait. The second start listens where the
  // first one did, so that clients find it again.
  absl::Status Spawn();
  // Waits for the line "listening ADDRESS". UNAVAILABLE when the process ends
  // first (with its exit status), DEADLINE_EXCEEDED after `timeout`.
  absl::Status WaitUntilServing(absl::Duration timeout = absl::Seconds(60));
  absl::Status Start();  // both

  // SIGKILL; returns when the process is gone.
  void Kill();
  // SIGTERM; the exit status when the process is gone.
  absl::StatusOr<int> Terminate(absl::Duration timeout = absl::Seconds(60));
  // The exit status (128 + signal when one ended it) when the process is gone;
  // DEADLINE_EXCEEDED when it is still there.
  absl::StatusOr<int> Wait(absl::Duration timeout);

  bool running() const { return pid_ > 0; }
  pid_t pid() const { return pid_; }
  const std::string& address() const { return address_; }
  // Of the process that ended last, as Wait gives it; -1: none has.
  int last_status() const { return last_status_; }
  const std::string& log_path() const { return options_.log_path; }

 private:
  std::vector<std::string> Arguments() const;
  std::vector<std::string> Environment() const;

  Options options_;
  std::string address_;  // as printed; empty before the first start
  pid_t pid_ = 0;
  int stdout_fd_ = -1;
  int last_status_ = -1;
};

// N servers, shard i of N each, below one directory, sharing a checkpoint
// directory there.
std::vector<ServerProcess::Options> ClusterOptions(const std::string& binary,
                                                   const std::string& directory,
                                                   int shard_count);

// "a:1,b:2,..."
std::string AddressList(const std::vector<const ServerProcess*>& servers);

}  // namespace rowhouse

#endif  // ROWHOUSE_TESTS_TESTING_SERVER_PROCESS_H_
