// ExportTables: rows of tables, batch by batch, into a file.
#include <algorithm>
#include <memory>
#include <numeric>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/interchange/array_sink.h"
#include "client/interchange/file.h"
#include "client/interchange/row_batches.h"
#include "client/interchange/slot_keys.h"
#include "rowhouse/interchange.h"

namespace rowhouse {
namespace {

using interchange::ArraySink;
using interchange::ExportedArray;

absl::StatusOr<std::vector<TableSpec>> SpecsOf(
    Client& client, absl::Span<const std::string> tables) {
  if (tables.empty()) return absl::InvalidArgumentError("no table to export");
  std::set<std::string> seen;
  std::vector<TableSpec> specs;
  for (const std::string& table : tables) {
    if (!seen.insert(table).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("table ", table, " is named twice"));
    }
    ROWHOUSE_ASSIGN_OR_RETURN(TableSummary summary,
                              client.DescribeTable(table));
    if (summary.spec.rows == 0) {
      return absl::InvalidArgumentError(absl::StrCat(
          "table ", table, " takes any id: it has no last row to export"));
    }
    specs.push_back(std::move(summary.spec));
  }
  return specs;
}

void AddArrays(const TableSpec& spec, bool with_slots,
               std::vector<ExportedArray>& arrays) {
  const auto rows = static_cast<std::int64_t>(spec.rows);
  arrays.push_back({.table = spec.name,
                    .saver_key = spec.name,
                    .shape = {rows, static_cast<std::int64_t>(spec.dim)}});
  if (!with_slots) return;
  const std::vector<Slot> slots = Slots(spec);
  const std::vector<std::string> keys =
      interchange::NamedSlotKeys(spec, spec.name);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    arrays.push_back(
        {.table = spec.name,
         .slot = std::string(slots[i].name),
         .saver_key = keys[i],
         .shape = {rows, static_cast<std::int64_t>(slots[i].floats)}});
  }
}

// Slots of a batch, which lie row by row, each into its array.
absl::Status AppendSlots(const TableSpec& spec, const Rows& rows,
                         std::size_t array, ArraySink& sink) {
  const std::size_t count = rows.stored.size();
  std::vector<float> one;
  std::size_t at = 0;
  for (const Slot& slot : Slots(spec)) {
    one.resize(count * slot.floats);
    for (std::size_t row = 0; row < count; ++row) {
      std::copy_n(rows.slots.data() + row * rows.slot_floats + at, slot.floats,
                  one.data() + row * slot.floats);
    }
    ROWHOUSE_RETURN_IF_ERROR(sink.Append(array++, one));
    at += slot.floats;
  }
  return absl::OkStatus();
}

// The arrays of the table begin at `array`. `done` and `all` count rows over
// all tables.
absl::Status ExportTable(Client& client, const TableSpec& spec,
                         const ExportTarget& target, std::size_t array,
                         ArraySink& sink, TransferSummary& done,
                         std::uint64_t all, const TransferProgress& progress) {
  const std::uint64_t floats = spec.dim + (target.slots ? SlotFloats(spec) : 0);
  const std::uint64_t batch =
      interchange::RowsOfBatch(spec.dim + SlotFloats(spec));
  std::vector<std::uint64_t> ids;
  for (std::uint64_t first = 0; first < spec.rows; first += ids.size()) {
    ids.resize(std::min(batch, spec.rows - first));
    std::iota(ids.begin(), ids.end(), first);
    ROWHOUSE_ASSIGN_OR_RETURN(const Rows rows, client.ReadRows(spec.name, ids));
    ROWHOUSE_RETURN_IF_ERROR(sink.Append(array, rows.weights));
    if (target.slots) {
      ROWHOUSE_RETURN_IF_ERROR(AppendSlots(spec, rows, array + 1, sink));
    }
    done.rows += ids.size();
    done.bytes += ids.size() * floats * sizeof(float);
    if (progress) progress(done.rows, all);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TransferSummary> ExportTables(
    Client& client, absl::Span<const std::string> tables,
    const ExportTarget& target, const TransferProgress& progress) {
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<TableSpec> specs,
                            SpecsOf(client, tables));
  std::vector<ExportedArray> arrays;
  std::vector<std::size_t> first_arrays;
  std::uint64_t all = 0;
  for (const TableSpec& spec : specs) {
    first_arrays.push_back(arrays.size());
    AddArrays(spec, target.slots, arrays);
    all += spec.rows;
  }
  ROWHOUSE_RETURN_IF_ERROR(
      interchange::MakeDirectories(interchange::DirectoryOf(target.path)));
  ROWHOUSE_ASSIGN_OR_RETURN(const std::unique_ptr<ArraySink> sink,
                            MakeArraySink(target, arrays));
  TransferSummary summary;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    ROWHOUSE_RETURN_IF_ERROR(ExportTable(client, specs[i], target,
                                         first_arrays[i], *sink, summary, all,
                                         progress));
  }
  ROWHOUSE_RETURN_IF_ERROR(sink->Finish());
  for (const ExportedArray& array : arrays) {
    if (array.slot.empty()) continue;
    summary.slots.push_back(absl::StrCat(array.table, "/", array.slot));
  }
  return summary;
}

}  // namespace rowhouse
