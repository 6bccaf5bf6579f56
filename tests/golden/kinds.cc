#include "tests/golden/kinds.h"

#include "tests/golden/kinds/checkpoint.h"
#include "tests/golden/kinds/hash.h"

namespace rowhouse::golden {

std::vector<Kind> Kinds() {
  return {
      CheckpointKind(),
      HashKind(),
  };
}

}  // namespace rowhouse::golden
