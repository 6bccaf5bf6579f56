// The structs of a header and their fields, read from its text.
#ifndef ROWHOUSE_TESTS_DOCS_STRUCT_FIELDS_H_
#define ROWHOUSE_TESTS_DOCS_STRUCT_FIELDS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace rowhouse::docs {

// By struct, its data members in order. Structs that stand at the beginning of
// a line, as clang-format has those of a namespace, and that have members: not
// those inside other types. Functions, friends, using declarations and static
// members do not count. `header` is one that compiles.
std::map<std::string, std::vector<std::string>> StructFields(
    absl::string_view header);

}  // namespace rowhouse::docs

#endif  // ROWHOUSE_TESTS_DOCS_STRUCT_FIELDS_H_
