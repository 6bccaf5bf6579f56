#include "examples/dense/program.h"

#include <cstddef>
#include <cstdio>

#include "absl/strings/str_join.h"
#include "base/log.h"

namespace rowhouse::dense {

int RunProgram(int argc, char** argv, const std::vector<std::string>& words,
               absl::Status (*train)(const std::vector<std::string>& words)) {
  if (argc < 1 || static_cast<std::size_t>(argc) != words.size() + 1) {
    std::fprintf(stderr, "usage: %s %s\n", argc < 1 ? "" : argv[0],
                 absl::StrJoin(words, " ").c_str());
    return 2;
  }
  // What shards log of their daily work would stand between the losses.
  ConfigureLog(LogFormat::kText, LogLevel::kWarning);
  const absl::Status status = train({argv + 1, argv + argc});
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s: %s\n", argv[0], status.ToString().c_str());
  return 1;
}

}  // namespace rowhouse::dense
