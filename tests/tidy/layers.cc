// The layer table of docs/architecture.md, in the order of its rows.

#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "tests/tidy/rules.h"

namespace rowhouse::tidy {
namespace {

using Names = std::vector<std::string>;

// What an include can lead to, beside a room: code made from .proto files.
constexpr char kManifest[] = "the manifest message";
constexpr char kMessages[] = "generated messages";
constexpr char kServices[] = "generated services";

struct Room {
  std::string prefix;
  Names may_include;  // beside itself
};

// The longest prefix of a path decides.
const std::vector<Room>& Rooms() {
  static const Names everything = {"base/",
                                   "proto/wire/",
                                   "kernels/",
                                   "storage/",
                                   "shard/",
                                   "server/",
                                   "client/",
                                   "client/internal/",
                                   kManifest,
                                   kMessages,
                                   "client/embedded/",
                                   kServices,
                                   "client/interchange/"};
  static const Names everything_tested = [] {
    Names names = everything;
    names.insert(names.end(), {"tools/", "bench/", "examples/"});
    return names;
  }();
  static const Names everything_and_tests = [] {
    Names names = everything;
    names.emplace_back("tests/");
    return names;
  }();
  static const auto* const rooms = new std::vector<Room>{
      {"base/", {}},
      {"proto/wire/", {"base/", kMessages}},
      {"kernels/", {"base/"}},
      {"storage/", {"base/", kManifest}},
      {"shard/", {"base/", "kernels/", "storage/"}},
      {"server/",
       {"base/", "proto/wire/", kMessages, kServices, "shard/", "storage/"}},
      {"client/",
       {"base/", "kernels/", "proto/wire/", "client/internal/",
        "client/embedded/"}},
      {"client/internal/",
       {"base/", "kernels/", "proto/wire/", "client/", "client/embedded/",
        kMessages, kServices}},
      // Files of other systems: the messages are TensorFlow's.
      {"client/interchange/", {"base/", "proto/wire/", "client/", kMessages}},
      {"client/embedded/",
       {"base/", "client/", "client/internal/", "shard/", "storage/"}},
      {"tools/", everything},
      {"examples/", everything},
      // A benchmark starts servers as the tests do.
      {"bench/", everything_and_tests},
      {"tests/", everything_tested},
  };
  return *rooms;
}

const Room* RoomOf(absl::string_view path) {
  const Room* best = nullptr;
  for (const Room& room : Rooms()) {
    if (absl::StartsWith(path, room.prefix) &&
        (best == nullptr || room.prefix.size() > best->prefix.size())) {
      best = &room;
    }
  }
  return best;
}

// Headers that are not ours, by how their names begin, and who may see them:
// a folder, its sources only ("storage/*.cc"), or one file.
struct Package {
  std::string prefix;
  Names seen_by;
};

const std::vector<Package>& Packages() {
  static const Names system = {"storage/",
                               "server/",
                               "client/columns/file_bytes.cc",
                               "client/interchange/",
                               "tools/",
                               "examples/",
                               "bench/",
                               "tests/"};
  static const Names grpc = {"proto/wire/", "server/", "client/internal/",
                             "bench/", "tests/"};
  static const Names threads = {
      "base/executor.cc", "server/", "client/", "tools/",
      "examples/",        "bench/",  "tests/"};
  static const auto* const packages = new std::vector<Package>{
      {"absl/", {""}},
      {"spdlog/", {"base/log.cc"}},
      {"nlohmann/",
       {"base/*.cc", "base/spec_json.h", "client/interchange/*.cc", "tools/",
        "examples/", "bench/", "tests/"}},
      {"snappy.h", {"client/interchange/*.cc", "tests/"}},
      {"isa-l/", {"base/*.cc"}},
      {"farmhash.h", {"base/*.cc"}},
      {"zlib.h", {"client/columns/*.cc", "tests/client/columns/"}},
      {"openssl/", {"base/*.cc", "storage/*.cc"}},
      {"hwy/", {"kernels/", "tests/kernels/"}},
      // The one header is shared by the sources that open a database.
      {"rocksdb/", {"storage/*.cc", "storage/rocksdb_options.h", "tests/"}},
      {"google/protobuf/",
       {"proto/wire/", "storage/*.cc", "server/", "client/internal/",
        "client/interchange/*.cc", "bench/", "tests/"}},
      {"grpc/", grpc},
      {"grpcpp/", grpc},
      {"CLI/", {"server/main.cc", "tools/", "examples/", "bench/", "tests/"}},
      {"Eigen/", {"examples/", "tests/examples/"}},
      {"benchmark/", {"bench/"}},
      {"gtest/", {"tests/"}},
      {"gmock/", {"tests/"}},
      // base, kernels, shard and the wire do no I/O and start no threads:
      // disk, clock and scheduling come in by interface.
      {"sys/mman.h", {"shard/memory_block.cc", "storage/", "bench/", "tests/"}},
      {"sys/", system},
      {"arpa/", system},
      {"netinet/", system},
      {"dirent.h", system},
      {"fcntl.h", system},
      {"malloc.h", system},
      {"poll.h", system},
      {"signal.h", system},
      {"spawn.h", system},
      {"stdlib.h", system},
      {"unistd.h",
       {"client/client.cc", "client/interchange/", "storage/", "server/",
        "tools/", "examples/", "bench/", "tests/"}},
      // Tasks of the simulator have stacks of their own.
      {"ucontext.h", {"tests/sim/"}},
      {"sanitizer/", {"tests/sim/"}},
      {"fstream", system},
      {"filesystem", system},
      {"iostream",
       {"server/main.cc", "tools/", "examples/", "bench/", "tests/"}},
      {"thread", threads},
      {"future", threads},
      {"pthread.h", {"base/mutex.h"}},
      {"mutex", {"base/mutex.h"}},
      {"shared_mutex", {"base/mutex.h"}},
      {"condition_variable", {"base/mutex.h"}},
  };
  return *packages;
}

bool Matches(absl::string_view path, absl::string_view pattern) {
  if (!absl::EndsWith(pattern, "*.cc")) return absl::StartsWith(path, pattern);
  pattern.remove_suffix(4);
  return absl::StartsWith(path, pattern) && absl::EndsWith(path, ".cc");
}

struct Include {
  int line;
  std::string header;
  bool quoted;
};

std::vector<Include> IncludesOf(const SourceFile& file) {
  const std::vector<absl::string_view> raw = absl::StrSplit(file.text, '\n');
  const std::vector<absl::string_view> code = absl::StrSplit(file.code, '\n');
  std::vector<Include> includes;
  for (size_t i = 0; i < code.size(); ++i) {
    if (!absl::StartsWith(code[i], "#include")) continue;
    const size_t open = raw[i].find_first_of("\"<");
    const size_t close = raw[i].find_first_of("\">", open + 1);
    if (open == absl::string_view::npos || close == absl::string_view::npos) {
      continue;
    }
    includes.push_back(
        {.line = static_cast<int>(i) + 1,
         .header = std::string(raw[i].substr(open + 1, close - open - 1)),
         .quoted = raw[i][open] == '"'});
  }
  return includes;
}

// The room or generated code that `header` belongs to; "" when it is not ours.
std::string TargetOf(const SourceTree& tree, const std::string& header) {
  if (absl::StartsWith(header, "rowhouse/")) {
    if (absl::EndsWith(header, ".grpc.pb.h")) return kServices;
    if (absl::EndsWith(header, ".pb.h")) {
      return absl::StartsWith(header, "rowhouse/storage/") ? kManifest
                                                           : kMessages;
    }
    if (tree.Contains("base/include/" + header)) return "base/";
    if (tree.Contains("client/include/" + header)) return "client/";
    return "";
  }
  if (header == "rowhouse_commit.h") return "base/";
  const Room* const room = RoomOf(header);
  return room == nullptr ? "" : room->prefix;
}

std::string CheckOwn(const SourceFile& file, const Include& include,
                     const std::string& target, const Room& room) {
  if (absl::StrContains(file.path, "/include/rowhouse/") &&
      !absl::StartsWith(include.header, "rowhouse/")) {
    return absl::StrCat("a public header may include only public headers, not ",
                        include.header);
  }
  if (target == room.prefix ||
      absl::c_linear_search(room.may_include, target)) {
    return "";
  }
  return absl::StrCat(room.prefix, " may not include ", target, ": ",
                      include.header);
}

std::string CheckOutside(const SourceFile& file, const Include& include) {
  for (const Package& package : Packages()) {
    const bool whole = package.prefix.find_first_of("./") == std::string::npos;
    if (whole ? include.header != package.prefix
              : !absl::StartsWith(include.header, package.prefix)) {
      continue;
    }
    const bool seen = absl::c_any_of(
        package.seen_by,
        [&](const std::string& by) { return Matches(file.path, by); });
    return seen ? "" : absl::StrCat(include.header, " is not for this file");
  }
  // The standard library's own headers have neither.
  if (!include.quoted &&
      include.header.find_first_of("./") == std::string::npos)
    return "";
  return absl::StrCat(include.header, include.quoted
                                          ? " is not a path from the root"
                                          : " is in no row of the table");
}

}  // namespace

std::vector<Finding> CheckLayers(const SourceTree& tree) {
  std::vector<Finding> findings;
  for (const auto& [path, file] : tree.files()) {
    if (!file.IsCxx()) continue;
    const Room* const room = RoomOf(path);
    if (room == nullptr) {
      findings.push_back({path, 0, "this folder is no room of the table"});
      continue;
    }
    for (const Include& include : IncludesOf(file)) {
      const std::string target = TargetOf(tree, include.header);
      const std::string message = target.empty()
                                      ? CheckOutside(file, include)
                                      : CheckOwn(file, include, target, *room);
      if (!message.empty()) findings.push_back({path, include.line, message});
    }
  }
  return findings;
}

}  // namespace rowhouse::tidy
