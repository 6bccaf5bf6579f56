// main() of a small example.
#ifndef ROWHOUSE_EXAMPLES_DENSE_PROGRAM_H_
#define ROWHOUSE_EXAMPLES_DENSE_PROGRAM_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace rowhouse::dense {

// Calls `train` with the words of the command line, as many as `words` names.
// Returns the exit code: 0 trained, 1 failed (the reason is on standard error),
// 2 another number of words.
int RunProgram(int argc, char** argv, const std::vector<std::string>& words,
               absl::Status (*train)(const std::vector<std::string>& words));

}  // namespace rowhouse::dense

#endif  // ROWHOUSE_EXAMPLES_DENSE_PROGRAM_H_
