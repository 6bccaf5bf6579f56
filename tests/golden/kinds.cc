#include "tests/golden/kinds.h"

#include "tests/golden/kinds/hash.h"

namespace rowhouse::golden {

std::vector<Kind> Kinds() {
  return {
      HashKind(),
  };
}

}  // namespace rowhouse::golden
