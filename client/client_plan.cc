#include "base/status_macros.h"
#include "client/internal/client_state.h"
#include "rowhouse/client.h"
#include "rowhouse/feature_plan.h"
#include "rowhouse/features.h"
#include "rowhouse/interchange.h"

namespace rowhouse {
absl::Status Client::CreateTables(const FeaturePlan& plan) {
  for (std::size_t i = 0; i < plan.tables().size(); ++i) {
    const InitialValues* values = nullptr;
    for (const InitialValues& one : plan.initial_values()) {
      if (one.table == i) values = &one;
    }
    const TableSpec& spec = plan.tables()[i];
    if (values == nullptr) {
      ROWHOUSE_RETURN_IF_ERROR(CreateTable(spec));
      continue;
    }
    ROWHOUSE_RETURN_IF_ERROR(state_->connection->LoadOnce(spec, [&] {
      return LoadTableFromCheckpoint(*this, spec, values->ckpt_to_load_from,
                                     values->tensor_name_in_ckpt);
    }));
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
