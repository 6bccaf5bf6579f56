#include "client/internal/address.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"

namespace rowhouse::internal {
namespace {

absl::Status CheckServer(absl::string_view server) {
  absl::string_view path = server;
  if (absl::ConsumePrefix(&path, "unix:")) {
    if (!path.empty()) return absl::OkStatus();
  } else if (const std::size_t colon = server.rfind(':');
             colon != absl::string_view::npos && colon > 0 &&
             !absl::StrContains(server, "://")) {
    int port = 0;
    if (absl::SimpleAtoi(server.substr(colon + 1), &port) && port > 0 &&
        port <= 65535) {
      return absl::OkStatus();
    }
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "'", server, "' is neither HOST:PORT nor unix:PATH nor embedded:DIR"));
}

}  // namespace

absl::StatusOr<Address> ParseAddress(absl::string_view address) {
  Address parsed;
  absl::string_view rest = address;
  if (absl::ConsumePrefix(&rest, "embedded:")) {
    if (rest.empty()) {
      return absl::InvalidArgumentError("'embedded:' names no directory");
    }
    parsed.embedded_dir = std::string(rest);
    return parsed;
  }
  for (const absl::string_view part : absl::StrSplit(address, ',')) {
    const absl::string_view server = absl::StripAsciiWhitespace(part);
    ROWHOUSE_RETURN_IF_ERROR(CheckServer(server));
    parsed.servers.emplace_back(server);
  }
  return parsed;
}

}  // namespace rowhouse::internal
