#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "rowhouse/client.h"
#include "rowhouse/feature_plan.h"
#include "rowhouse/features.h"
#include "rowhouse/interchange.h"

namespace rowhouse {
namespace {

// Makes a table that begins as a tensor of a checkpoint. All its rows are
// written then, so their number tells a table that was loaded from one that was
// not.
absl::Status CreateLoaded(Client& client, const TableSpec& spec,
                          const InitialValues& values) {
  const absl::StatusOr<TableSummary> there = client.DescribeTable(spec.name);
  if (!there.ok() && !absl::IsNotFound(there.status())) return there.status();
  if (there.ok()) {
    ROWHOUSE_RETURN_IF_ERROR(client.CreateTable(spec));
    if (there->rows_stored == spec.rows) return absl::OkStatus();
    if (there->rows_stored > 0) {
      return absl::FailedPreconditionError(absl::StrCat(
          "table ", spec.name, " has ", there->rows_stored, " of ", spec.rows,
          " rows: it was trained before it was loaded from ",
          values.ckpt_to_load_from,
          ", or a load was cut short; drop it, or import into it"));
    }
  }
  return LoadTableFromCheckpoint(client, spec, values.ckpt_to_load_from,
                                 values.tensor_name_in_ckpt);
}

}  // namespace

absl::Status Client::CreateTables(const FeaturePlan& plan) {
  for (std::size_t i = 0; i < plan.tables().size(); ++i) {
    const InitialValues* values = nullptr;
    for (const InitialValues& one : plan.initial_values()) {
      if (one.table == i) values = &one;
    }
    const TableSpec& spec = plan.tables()[i];
    ROWHOUSE_RETURN_IF_ERROR(values == nullptr
                                 ? CreateTable(spec)
                                 : CreateLoaded(*this, spec, *values));
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
