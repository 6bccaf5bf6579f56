// How deep a JSON text is nested: asked before a parser, or code that walks
// what it made, calls itself as deep.
#ifndef ROWHOUSE_BASE_JSON_DEPTH_H_
#define ROWHOUSE_BASE_JSON_DEPTH_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace rowhouse {

// The most objects and lists that are open at once, in a text that need not be
// valid: never less than what a parser meets before it refuses the text.
// Brackets inside strings do not count. A string may be in single quotes, as
// protobuf's parser takes it; to a strict one those are an error.
std::size_t JsonDepth(absl::string_view json);

}  // namespace rowhouse

#endif  // ROWHOUSE_BASE_JSON_DEPTH_H_
