#include "base/status_macros.h"
#include "rowhouse/client.h"
#include "rowhouse/feature_plan.h"
#include "rowhouse/features.h"

namespace rowhouse {

absl::Status Client::CreateTables(const FeaturePlan& plan) {
  for (const TableSpec& spec : plan.tables()) {
    ROWHOUSE_RETURN_IF_ERROR(CreateTable(spec));
  }
  return absl::OkStatus();
}

absl::StatusOr<LookupResult> Client::Lookup(const FeaturePlan& plan,
                                            const Features& features) {
  ROWHOUSE_ASSIGN_OR_RETURN(std::vector<FeatureIds> ids,
                            plan.Resolve(features));
  return Lookup(std::move(ids));
}

}  // namespace rowhouse
