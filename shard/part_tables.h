// What the parts of a checkpoint say together of its tables.
#ifndef ROWHOUSE_SHARD_PART_TABLES_H_
#define ROWHOUSE_SHARD_PART_TABLES_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "kernels/optimizers/step_terms.h"
#include "shard/part_source.h"
#include "storage/data_dir.h"

namespace rowhouse::shard {

struct PartTable {
  storage::StoredTable table;
  // Where rows move without a gradient: how many steps the table has done at
  // the cut, and the last of them. A part may lack that one: its trainer ended
  // before it had reached every shard.
  std::uint64_t steps = 0;
  std::optional<kernels::StepTerms> last_step = {};
};

// The tables that every part has, by name: one that was made or dropped while
// the checkpoint was made is in it wholly or not at all. Reads the journals of
// all parts. FAILED_PRECONDITION: the parts disagree about a table, or have
// done other steps of it. Errors of PartSource::ReadJournal.
absl::StatusOr<std::vector<PartTable>> TablesOf(
    absl::Span<const PartSource> sources);

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_PART_TABLES_H_
