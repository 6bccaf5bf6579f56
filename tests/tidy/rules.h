// The rules that a compiler cannot check, each a pure function from the tree
// to its breaches. docs/architecture.md says why; these make it so.
#ifndef ROWHOUSE_TESTS_TIDY_RULES_H_
#define ROWHOUSE_TESTS_TIDY_RULES_H_

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "tests/tidy/source_tree.h"

namespace rowhouse::tidy {

// layers.cc: what each room may include, of ours and of outside packages.
std::vector<Finding> CheckLayers(const SourceTree& tree);

// build_lists.cc: every .cc, .h and .proto is named in a CMakeLists.txt or
// sources.cmake of its folder or one above (a header of tests/ is included by
// somebody). A test that nobody builds cannot fail.
std::vector<Finding> CheckBuildLists(const SourceTree& tree);

// A source that needs no test of its own name, and why.
struct Exemption {
  std::string path;
  std::string reason;
};

// mirror.cc: X/y.cc is tested by tests/X/y_test.cc, or is in `exemptions`; an
// exemption that is not needed is a breach too. A test names a file that is.
std::vector<Finding> CheckMirror(const SourceTree& tree,
                                 absl::Span<const Exemption> exemptions);
// The project's own list.
const std::vector<Exemption>& Exemptions();

// words.cc: calls and types with a replacement of ours, names that say
// nothing, marks of unfinished work.
std::vector<Finding> CheckWords(const SourceTree& tree);

// shape.cc: lengths of files, functions and lines, blanks, include guards.
std::vector<Finding> CheckShape(const SourceTree& tree);

}  // namespace rowhouse::tidy

#endif  // ROWHOUSE_TESTS_TIDY_RULES_H_
