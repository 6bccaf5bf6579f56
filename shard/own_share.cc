#include "shard/own_share.h"

#include <algorithm>

namespace rowhouse::shard {

void OwnShare::Clear() { kept_.clear(); }

bool OwnShare::HasAll(const Table& table, absl::Span<const Id> ids) const {
  return std::all_of(ids.begin(), ids.end(),
                     [&](Id id) { return Has(table, id); });
}

ResolvedInput OwnShare::Take(const ResolvedInput& input) {
  const Table& table = *input.table;
  const BagsView& bags = input.bags;
  if (HasAll(table, bags.ids)) return input;
  Kept& kept = kept_.emplace_back();
  kept.row_splits.push_back(0);
  for (std::size_t bag = 0; bag < bags.bags(); ++bag) {
    const bool single = bags.row_splits.empty();
    const std::size_t end = single ? bag + 1 : bags.row_splits[bag + 1];
    for (std::size_t i = single ? bag : bags.row_splits[bag]; i < end; ++i) {
      if (!Has(table, bags.ids[i])) continue;
      kept.ids.push_back(bags.ids[i]);
      if (!bags.weights.empty()) kept.weights.push_back(bags.weights[i]);
    }
    kept.row_splits.push_back(static_cast<std::uint32_t>(kept.ids.size()));
  }
  ResolvedInput share = input;
  share.bags = {kept.ids, kept.weights, kept.row_splits};
  return share;
}

ResolvedRows OwnShare::Take(const ResolvedRows& rows) {
  const Table& table = *rows.table;
  if (HasAll(table, rows.ids)) return rows;
  Kept& kept = kept_.emplace_back();
  const auto keep = [](absl::Span<const float> from, std::size_t row,
                       std::size_t floats, std::vector<float>& to) {
    if (from.empty()) return;
    const auto values = from.subspan(row * floats, floats);
    to.insert(to.end(), values.begin(), values.end());
  };
  for (std::size_t i = 0; i < rows.ids.size(); ++i) {
    if (!Has(table, rows.ids[i])) continue;
    kept.ids.push_back(rows.ids[i]);
    keep(rows.weights, i, table.dim(), kept.values);
    keep(rows.slots, i, table.slot_floats(), kept.slots);
  }
  return {rows.table, kept.ids, kept.values, kept.slots};
}

}  // namespace rowhouse::shard
