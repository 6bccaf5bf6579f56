#include "tests/golden/kinds.h"

#include "tests/golden/kinds/categorical.h"
#include "tests/golden/kinds/construct.h"
#include "tests/golden/kinds/dense_column.h"
#include "tests/golden/kinds/hash.h"

namespace rowhouse::golden {

std::vector<Kind> Kinds() {
  return {
      CategoricalKind(),
      ConstructKind(),
      DenseColumnKind(),
      HashKind(),
  };
}

}  // namespace rowhouse::golden
