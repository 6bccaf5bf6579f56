// What --help and --version say.
#ifndef ROWHOUSE_TOOLS_HELP_H_
#define ROWHOUSE_TOOLS_HELP_H_

#include <CLI/CLI.hpp>

namespace rowhouse::tools {

// Adds both flags and the texts around what CLI11 prints itself. To be called
// before verbs are added, which inherit from `app`.
void AddHelp(CLI::App& app);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_HELP_H_
