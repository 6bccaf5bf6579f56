#include "tests/tidy/rules.h"

namespace rowhouse::tidy {

const std::vector<Exemption>& Exemptions() {
  static const auto* const exemptions = new std::vector<Exemption>{
      {"examples/census/main.cc", "flags, and one call of each tested part"},
      {"examples/census/pictures.cc",
       "quickstart_test looks into both pictures"},
      {"examples/census/progress.cc",
       "lines for a person; train_test runs through it"},
      {"examples/census/quickstart_main.cc",
       "flags, and one call that quickstart_test makes too"},
  };
  return *exemptions;
}

}  // namespace rowhouse::tidy
