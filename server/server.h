// One shard behind a port.
#ifndef ROWHOUSE_SERVER_SERVER_H_
#define ROWHOUSE_SERVER_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/executor.h"
#include "server/options.h"
#include "shard/shard.h"

namespace rowhouse::server {

// Thread-compatible: started, drained and destroyed by one thread.
class Server {
 public:
  // Listens, opens the shard, replays its journal and serves. Until it returns,
  // calls get UNAVAILABLE and health is NOT_SERVING. INVALID_ARGUMENT: options
  // that make no sense. FAILED_PRECONDITION: the address is taken, the data
  // directory is in use or another shard's. Other errors of Shard::Open.
  // Nothing is left behind on an error but a data directory that was new.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Options& options);
  // The same with a disk, a clock and threads of the caller's choice.
  // `environment.executor` is `executor`; the rest outlives the server.
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      const Options& options, std::unique_ptr<Executor> executor,
      const shard::Environment& environment);
  ~Server();  // Drain()
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Where it listens, with the real port: "127.0.0.1:41234", "unix:/tmp/s".
  const std::string& address() const;

  // What stopped the shard for good (its journal failed, a row could not be
  // read): it serves nothing more, and a new start is what helps.
  absl::Status CheckAlive() const;

  // Reports NOT_SERVING, takes no more calls, lets those under way finish until
  // options.drain_timeout, cancels the rest, and closes the shard: everything
  // acknowledged is on the disk when it returns OK. Of the rest it waits for
  // what cannot stop at once: a checkpoint's part for the file that is being
  // hashed or copied, a restore but for the loading of its rows. Later calls
  // return the same.
  absl::Status Drain();

 private:
  class State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace rowhouse::server

#endif  // ROWHOUSE_SERVER_SERVER_H_
