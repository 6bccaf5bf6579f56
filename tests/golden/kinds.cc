#include "tests/golden/kinds.h"

#include "tests/golden/kinds/hash.h"
#include "tests/golden/kinds/initializer.h"
#include "tests/golden/kinds/optimizer.h"
#include "tests/golden/kinds/schedule.h"

namespace rowhouse::golden {

std::vector<Kind> Kinds() {
  return {
      HashKind(),
      InitializerKind(),
      OptimizerKind(),
      ScheduleKind(),
  };
}

}  // namespace rowhouse::golden
