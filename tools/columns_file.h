// Columns said as data, in a file.
#ifndef ROWHOUSE_TOOLS_COLUMNS_FILE_H_
#define ROWHOUSE_TOOLS_COLUMNS_FILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rowhouse/feature_plan.h"

namespace rowhouse::tools {

// A FeatureSpec as JSON, when its first character that is no blank is '{', else
// in text format. Errors of storage::Disk::Read and of ColumnsFromJson;
// INVALID_ARGUMENT also where there is no column in it.
absl::StatusOr<std::vector<PlanColumn>> ReadColumnsFile(
    const std::string& path);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_COLUMNS_FILE_H_
