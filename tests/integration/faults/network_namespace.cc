#include "tests/integration/faults/network_namespace.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tests/integration/faults/command.h"

namespace rowhouse::faults {
namespace {

// 198.18.0.0/15 is for tests of networks (RFC 2544). Each process takes a part,
// each namespace four addresses of it.
std::string Address(int number, int host) {
  const int part = static_cast<int>(::getpid() % 512);
  return absl::StrCat("198.", 18 + part / 256, ".", part % 256, ".",
                      number * 4 + host);
}

std::string Name(const char* begin, int number) {
  return absl::StrCat(begin, ::getpid() % 1'000'000, "x", number);
}

}  // namespace

NetworkNamespace::NetworkNamespace(std::string ip, int number)
    : ip_(std::move(ip)),
      name_(Name("rowhouse-", number)),
      outer_(Name("rh", number)),
      outside_(Address(number, 1)),
      inside_(Address(number, 2)) {}

absl::StatusOr<std::unique_ptr<NetworkNamespace>> NetworkNamespace::Make(
    int number) {
  const absl::StatusOr<std::string> ip = FindProgram("ip");
  absl::Status status = ip.status();
  if (ip.ok()) {
    std::unique_ptr<NetworkNamespace> made(new NetworkNamespace(*ip, number));
    status = made->Build();
    if (status.ok()) return made;
  }
  return absl::UnimplementedError(absl::StrCat(
      "no network namespace, which takes root and the program ip: ",
      status.message()));
}

absl::Status NetworkNamespace::Build() {
  ROWHOUSE_RETURN_IF_ERROR(RunCommand({"ip", "netns", "add", name_}));
  const std::vector<std::vector<std::string>> commands = {
      {"ip", "link", "add", outer_, "type", "veth", "peer", "name", "cable",
       "netns", name_},
      {"ip", "addr", "add", absl::StrCat(outside_, "/30"), "dev", outer_},
      {"ip", "link", "set", outer_, "up"},
      {"ip", "-n", name_, "addr", "add", absl::StrCat(inside_, "/30"), "dev",
       "cable"},
      {"ip", "-n", name_, "link", "set", "cable", "up"},
      {"ip", "-n", name_, "link", "set", "lo", "up"},
  };
  for (const auto& command : commands) {
    ROWHOUSE_RETURN_IF_ERROR(RunCommand(command));
  }
  return absl::OkStatus();
}

NetworkNamespace::~NetworkNamespace() {
  Heal().IgnoreError();
  RunCommand({"ip", "link", "del", outer_}).IgnoreError();
  RunCommand({"ip", "netns", "del", name_}).IgnoreError();
}

absl::Status NetworkNamespace::Route(bool add, bool to_inside) {
  std::vector<std::string> command = {"ip"};
  if (!to_inside) command.insert(command.end(), {"-n", name_});
  command.insert(command.end(),
                 {"route", add ? "add" : "del", "blackhole",
                  absl::StrCat(to_inside ? inside_ : outside_, "/32")});
  return RunCommand(command);
}

absl::Status NetworkNamespace::Block(bool to_inside, bool to_outside) {
  if (to_inside != to_inside_blocked_) {
    ROWHOUSE_RETURN_IF_ERROR(Route(to_inside, /*to_inside=*/true));
    to_inside_blocked_ = to_inside;
  }
  if (to_outside != to_outside_blocked_) {
    ROWHOUSE_RETURN_IF_ERROR(Route(to_outside, /*to_inside=*/false));
    to_outside_blocked_ = to_outside;
  }
  return absl::OkStatus();
}

}  // namespace rowhouse::faults
