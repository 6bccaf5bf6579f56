#include "base/json_depth.h"

#include <algorithm>

namespace rowhouse {

std::size_t JsonDepth(absl::string_view json) {
  std::size_t deepest = 0;
  std::size_t depth = 0;
  char quote = 0;  // that ends the string we are in; 0: in none
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (quote != 0) {
      if (c == '\\') ++i;
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

}  // namespace rowhouse
