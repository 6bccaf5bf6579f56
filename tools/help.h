// What --help and --version say.
#ifndef ROWHOUSE_TOOLS_HELP_H_
#define ROWHOUSE_TOOLS_HELP_H_

#include <CLI/CLI.hpp>

#include "absl/strings/string_view.h"

namespace rowhouse::tools {

// Adds both flags and the texts around what CLI11 prints itself. To be called
// before verbs are added, which inherit from `app`.
void AddHelp(CLI::App& app);

// What the --help of a verb or family has below its flags: `own`, if it has
// something to say that no other verb has, and where the rest is.
void AddVerbHelp(CLI::App& verb, absl::string_view own = "");

// Own help of verbs that take JSON.
extern const char kTableCreateHelp[];
extern const char kColumnsApplyHelp[];

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_HELP_H_
