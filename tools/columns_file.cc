#include "tools/columns_file.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "rowhouse/feature_spec.h"
#include "storage/disk.h"

namespace rowhouse::tools {

absl::StatusOr<std::vector<PlanColumn>> ReadColumnsFile(
    const std::string& path) {
  ROWHOUSE_ASSIGN_OR_RETURN(
      const std::string text,
      storage::PosixDisk().Read(path, kFeatureSpecBytesMax));
  const bool json =
      absl::StartsWith(absl::StripLeadingAsciiWhitespace(text), "{");
  auto columns = json ? ColumnsFromJson(text) : ColumnsFromText(text);
  if (columns.ok() && columns->empty()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": has no columns"));
  }
  if (columns.ok()) return columns;
  return absl::Status(columns.status().code(),
                      absl::StrCat(path, ": ", columns.status().message()));
}

}  // namespace rowhouse::tools
