#include "client/interchange/row_writer.h"

#include <algorithm>
#include <cstdint>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/interchange/row_batches.h"

namespace rowhouse::interchange {
namespace {

// Slots of a batch as the table holds them: those of one row side by side.
absl::Status ReadSlots(const TableSpec& spec, const TableRows& rows,
                       std::uint64_t first, std::uint64_t count,
                       std::vector<float>& slots) {
  const std::uint64_t row_floats = SlotFloats(spec);
  slots.resize(count * row_floats);
  const std::vector<Slot> layout = Slots(spec);
  std::vector<float> one;
  std::uint64_t at = 0;
  for (std::size_t i = 0; i < layout.size(); ++i) {
    const std::uint64_t width = layout[i].floats;
    one.resize(count * width);
    ROWHOUSE_RETURN_IF_ERROR(rows.slots[i]->Read(first, absl::MakeSpan(one)));
    for (std::uint64_t row = 0; row < count; ++row) {
      std::copy_n(
          one.begin() + static_cast<std::ptrdiff_t>(row * width), width,
          slots.begin() + static_cast<std::ptrdiff_t>(row * row_floats + at));
    }
    at += width;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckRows(const TableSpec& spec, const TableRows& rows) {
  const std::uint64_t count = rows.weights->rows();
  if (spec.rows != 0 && count != spec.rows) {
    return absl::InvalidArgumentError(
        absl::StrCat("table ", spec.name, " has ", spec.rows,
                     " rows, the file has ", count));
  }
  for (const auto& slot : rows.slots) {
    if (slot->rows() != count) {
      return absl::InvalidArgumentError(
          absl::StrCat("table ", spec.name, ": weights of ", count,
                       " rows, a slot of ", slot->rows()));
    }
  }
  ROWHOUSE_RETURN_IF_ERROR(rows.weights->Verify());
  for (const auto& slot : rows.slots) {
    ROWHOUSE_RETURN_IF_ERROR(slot->Verify());
  }
  return absl::OkStatus();
}

absl::StatusOr<TransferSummary> WriteTable(Client& client,
                                           const TableSpec& spec,
                                           const TableRows& rows,
                                           const TransferProgress& progress) {
  const std::uint64_t count = rows.weights->rows();
  const std::uint64_t slot_floats = rows.slots.empty() ? 0 : SlotFloats(spec);
  const std::uint64_t row_floats = spec.dim + slot_floats;
  const std::uint64_t batch = RowsOfBatch(row_floats);
  std::vector<std::uint64_t> ids;
  std::vector<float> weights;
  std::vector<float> slots;
  for (std::uint64_t first = 0; first < count; first += ids.size()) {
    ids.resize(std::min(batch, count - first));
    std::iota(ids.begin(), ids.end(), first);
    weights.resize(ids.size() * spec.dim);
    ROWHOUSE_RETURN_IF_ERROR(
        rows.weights->Read(first, absl::MakeSpan(weights)));
    if (!rows.slots.empty()) {
      ROWHOUSE_RETURN_IF_ERROR(ReadSlots(spec, rows, first, ids.size(), slots));
    }
    ROWHOUSE_RETURN_IF_ERROR(client.WriteRows(spec.name, ids, weights, slots));
    if (progress) progress(first + ids.size(), count);
  }
  TransferSummary summary{.rows = count,
                          .bytes = count * row_floats * sizeof(float)};
  if (!rows.slots.empty()) {
    for (const absl::string_view slot : SlotNames(spec)) {
      summary.slots.push_back(absl::StrCat(spec.name, "/", slot));
    }
  }
  return summary;
}

}  // namespace rowhouse::interchange
