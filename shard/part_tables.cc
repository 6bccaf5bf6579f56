#include "shard/part_tables.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/status_macros.h"

namespace rowhouse::shard {
namespace {

// How far the parts have come with one table whose rows move without a
// gradient.
absl::Status AgreeOnSteps(absl::Span<const PartSource> sources,
                          absl::Span<const PartSource::Survey> surveys,
                          PartTable& table) {
  const TableIncarnation incarnation = table.table.incarnation;
  std::size_t first = 0;  // of those that have done the most
  for (std::size_t i = 0; i < surveys.size(); ++i) {
    if (surveys[i].steps.at(incarnation).count >
        surveys[first].steps.at(incarnation).count) {
      first = i;
    }
  }
  const PartSource::Steps& most = surveys[first].steps.at(incarnation);
  for (std::size_t i = 0; i < surveys.size(); ++i) {
    const PartSource::Steps& steps = surveys[i].steps.at(incarnation);
    const bool lacks = steps.count + 1 == most.count && most.last.has_value();
    if (lacks || (steps.count == most.count && steps.last == most.last)) {
      continue;
    }
    return absl::FailedPreconditionError(absl::StrCat(
        sources[i].path(), ": table '", table.table.spec.name, "' has done ",
        steps.count, " steps, in another shard's part ", most.count,
        " or others"));
  }
  table.steps = most.count;
  table.last_step = most.last;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<PartTable>> TablesOf(
    absl::Span<const PartSource> sources) {
  std::vector<PartSource::Survey> surveys;
  for (const PartSource& source : sources) {
    ROWHOUSE_ASSIGN_OR_RETURN(surveys.emplace_back(), source.ReadJournal());
  }
  std::vector<PartTable> tables;
  for (const storage::CheckpointTable& saved : sources[0].manifest().tables) {
    PartTable table{.table = saved.table};
    bool everywhere = true;
    for (const PartSource& source : sources) {
      const storage::CheckpointTable* const other =
          source.Find(saved.table.incarnation);
      everywhere = everywhere && other != nullptr;
      if (other == nullptr || other->table == saved.table) continue;
      return absl::FailedPreconditionError(
          absl::StrCat(source.path(), ": table '", saved.table.spec.name,
                       "' differs from that of another shard's part"));
    }
    if (!everywhere) {
      LogWarning("table_not_restored",
                 {{"table", saved.table.spec.name},
                  {"reason", "made or dropped while the checkpoint was made"}});
      continue;
    }
    if (MovesEveryRow(saved.table.spec)) {
      ROWHOUSE_RETURN_IF_ERROR(AgreeOnSteps(sources, surveys, table));
    }
    tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace rowhouse::shard
