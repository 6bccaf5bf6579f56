// The built `rowhouse`, run as a person or a script runs it.
#ifndef ROWHOUSE_TESTS_TOOLS_RUN_TOOL_H_
#define ROWHOUSE_TESTS_TOOLS_RUN_TOOL_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace rowhouse::tools {

struct ToolRun {
  int code = -1;  // what it exited with; -1: it did not
  std::string data;
  std::string talk;
};

struct ToolOptions {
  std::vector<std::string> environment;  // "NAME=value", beside nothing else
  // Standard output goes to this file, and is not read; empty: ToolRun::data.
  std::string data_path;
  bool terminal = false;  // standard error is one
};

ToolRun RunTool(const std::vector<std::string>& arguments,
                const ToolOptions& options = {});

// Runs with --json too; a JSON null (and a failed test) unless it exits with 0
// and prints one document.
nlohmann::ordered_json RunForJson(std::vector<std::string> arguments);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TESTS_TOOLS_RUN_TOOL_H_
