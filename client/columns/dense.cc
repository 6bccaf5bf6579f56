#include "client/columns/dense.h"

#include <variant>

namespace rowhouse::internal {

CompiledDense CompileDense(const DenseColumn& column) {
  return std::visit([](const auto& kind) { return CompileDense(kind); },
                    column);
}

}  // namespace rowhouse::internal
