// A network of its own for one server, joined to ours by a cable that can be
// made to swallow what is sent, one way or both.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_NETWORK_NAMESPACE_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_NETWORK_NAMESPACE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rowhouse::faults {

// Thread-compatible.
class NetworkNamespace {
 public:
  // `number`: from 0, of the namespaces of this process. UNIMPLEMENTED with the
  // reason where the machine has no such namespaces, no `ip`, or no right.
  static absl::StatusOr<std::unique_ptr<NetworkNamespace>> Make(int number);
  // Takes it away; who still runs in it keeps it, without the cable.
  ~NetworkNamespace();
  NetworkNamespace(const NetworkNamespace&) = delete;
  NetworkNamespace& operator=(const NetworkNamespace&) = delete;

  // What runs a program in it, and the address that it listens at there.
  std::vector<std::string> prefix() const {
    return {ip_, "netns", "exec", name_};
  }
  const std::string& address() const { return inside_; }

  // Nothing that is sent that way arrives. Open connections stay open.
  absl::Status Block(bool to_inside, bool to_outside);
  absl::Status Heal() { return Block(false, false); }

 private:
  NetworkNamespace(std::string ip, int number);
  absl::Status Build();
  absl::Status Route(bool add, bool to_inside);

  const std::string ip_;  // the program
  const std::string name_;
  const std::string outer_;  // our end of the cable
  const std::string outside_;
  const std::string inside_;
  bool to_inside_blocked_ = false;
  bool to_outside_blocked_ = false;
};

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_NETWORK_NAMESPACE_H_
