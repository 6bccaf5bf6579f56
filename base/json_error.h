// Why a text is no JSON.
#ifndef ROWHOUSE_BASE_JSON_ERROR_H_
#define ROWHOUSE_BASE_JSON_ERROR_H_

#include <string>

#include "absl/strings/string_view.h"

namespace rowhouse {

// What is wrong and where: "line 1, column 11: syntax error while parsing
// value - ...". Empty for a text that is JSON. Reads all of it once more: ask
// when a parser that throws nothing has refused it.
std::string JsonError(absl::string_view json);

}  // namespace rowhouse

#endif  // ROWHOUSE_BASE_JSON_ERROR_H_
