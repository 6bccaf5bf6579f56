// The address a client connects to, taken apart. Pure.
#ifndef ROWHOUSE_CLIENT_INTERNAL_ADDRESS_H_
#define ROWHOUSE_CLIENT_INTERNAL_ADDRESS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rowhouse::internal {

struct Address {
  std::string embedded_dir;          // or
  std::vector<std::string> servers;  // "host:port" or "unix:PATH"
};

// "embedded:DIR", or servers with commas between. INVALID_ARGUMENT naming the
// part that is none of these.
absl::StatusOr<Address> ParseAddress(absl::string_view address);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_ADDRESS_H_
