// The `rowhouse` command.
#include <unistd.h>

#include <iostream>
#include <variant>

#include "base/log.h"
#include "tools/options.h"

namespace rowhouse::tools {
namespace {

ExitCode RunVerb(const Options& options) {
  const Output output{.data = std::cout,
                      .talk = std::cerr,
                      .json = options.json,
                      .terminal = isatty(STDERR_FILENO) == 1};
  const absl::StatusOr<ExitCode> code = std::visit(
      [&](const auto& verb) { return Run(verb, options.target, output); },
      options.verb);
  if (code.ok()) return *code;
  std::cerr << "rowhouse: " << Printable(code.status().ToString()) << '\n';
  return ExitCodeOf(code.status(), options.target);
}

int Main(int argc, char** argv) {
  // An embedded shard tells what only an operator of a server wants to know.
  ConfigureLog(LogFormat::kText, LogLevel::kWarning);
  const auto parsed = ParseOptions(argc, argv);
  ExitCode code = ExitCode::kOk;
  if (const auto* notice = std::get_if<Notice>(&parsed)) {
    std::cout << notice->data;
    std::cerr << notice->talk;
    code = notice->code;
  } else {
    code = RunVerb(std::get<Options>(parsed));
  }
  if (!std::cout.flush()) {
    std::cerr << "rowhouse: standard output cannot be written\n";
    code = ExitCode::kFailed;
  }
  return static_cast<int>(code);
}

}  // namespace
}  // namespace rowhouse::tools

int main(int argc, char** argv) { return rowhouse::tools::Main(argc, argv); }
