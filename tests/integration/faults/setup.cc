#include "tests/integration/faults/setup.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace rowhouse::faults {

absl::StatusOr<Setup> SetupBelow(const Setup& setup, absl::string_view name) {
  Setup below = setup;
  below.directory = absl::StrCat(setup.directory, "/", name);
  std::error_code error;
  if (std::filesystem::create_directory(below.directory, error)) return below;
  return absl::UnavailableError(
      absl::StrCat(below.directory, error ? absl::StrCat(": ", error.message())
                                          : std::string(" exists")));
}

}  // namespace rowhouse::faults
