#include "tests/tidy/rules.h"

namespace rowhouse::tidy {

const std::vector<Exemption>& Exemptions() {
  static const auto* const exemptions = new std::vector<Exemption>{};
  return *exemptions;
}

}  // namespace rowhouse::tidy
