#include "tests/sim/network.h"

namespace rowhouse::sim {

std::vector<absl::Duration> Network::Copies(bool late) {
  std::vector<absl::Duration> copies;
  if (!Lost()) copies.push_back(Delay());
  if (random_.OneIn(weather_.double_one_in)) copies.push_back(Delay());
  if (late && random_.OneIn(weather_.late_one_in)) {
    copies.push_back(weather_.late_max *
                     (static_cast<double>(random_.Below(1000)) / 1000.0));
  }
  return copies;
}

}  // namespace rowhouse::sim
