// What a script learns without reading anything.
#ifndef ROWHOUSE_TOOLS_EXIT_CODE_H_
#define ROWHOUSE_TOOLS_EXIT_CODE_H_

namespace rowhouse::tools {

// Scripts depend on the numbers: do not change.
enum class ExitCode {
  kOk = 0,
  kFailed = 1,       // refused, not found, damaged
  kUsage = 2,        // the command line makes no sense
  kUnreachable = 3,  // no answer from a server before the timeout
  kUnhealthy = 4,    // status: a shard is not serving or not answering
};

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_EXIT_CODE_H_
