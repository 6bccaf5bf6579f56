// One run of an example, as a person runs it.
#ifndef ROWHOUSE_TESTS_EXAMPLES_PROGRAM_RUN_H_
#define ROWHOUSE_TESTS_EXAMPLES_PROGRAM_RUN_H_

#include <sys/wait.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace rowhouse {

struct ProgramRun {
  int exit_code = -1;              // -1: it did not start, or a signal ended it
  std::vector<std::string> lines;  // of standard output

  // What the lines "step ... loss X" say.
  std::vector<double> Losses() const {
    std::vector<double> losses;
    for (const std::string& line : lines) {
      const std::vector<absl::string_view> parts =
          absl::StrSplit(line, "loss ");
      double loss = 0;
      if (parts.size() == 2 && absl::SimpleAtod(parts[1], &loss)) {
        losses.push_back(loss);
      }
    }
    return losses;
  }
  // The last line; null when it is no JSON.
  nlohmann::json Figures() const {
    auto figures = nlohmann::json::parse(lines.empty() ? "" : lines.back(),
                                         nullptr, false);
    return figures.is_discarded() ? nlohmann::json() : figures;
  }
};

// `command` is for a shell. Waits until it has ended.
inline ProgramRun RunProgram(const std::string& command) {
  ProgramRun run;
  FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return run;
  std::string output;
  std::array<char, 4096> bytes;
  for (std::size_t n = 0;
       (n = std::fread(bytes.data(), 1, bytes.size(), pipe)) > 0;) {
    output.append(bytes.data(), n);
  }
  const int status = ::pclose(pipe);
  if (WIFEXITED(status)) run.exit_code = WEXITSTATUS(status);
  run.lines = absl::StrSplit(output, '\n', absl::SkipEmpty());
  return run;
}

}  // namespace rowhouse

#endif  // ROWHOUSE_TESTS_EXAMPLES_PROGRAM_RUN_H_
