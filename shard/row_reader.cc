#include "shard/row_reader.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "base/limits.h"
#include "base/status_macros.h"
#include "kernels/combine.h"
#include "shard/all_lanes_lock.h"

namespace rowhouse::shard {
namespace {

constexpr std::uint64_t kNothing = std::numeric_limits<std::uint64_t>::max();

std::size_t BagBegin(const BagsView& bags, std::size_t bag) {
  return bags.row_splits.empty() ? bag : bags.row_splits[bag];
}

}  // namespace

template <typename Use>
absl::Status RowReader::WithAllThere(const Lanes& lanes, const Table& table,
                                     absl::Span<const Id> ids, Use use) {
  if (bounded()) fetched_.assign(ids.size(), kNotFetched);
  for (;;) {
    {
      AllLanesLock lock(lanes);
      if (!bounded() || AllThere(table, ids)) {
        use();
        return absl::OkStatus();
      }
    }
    ROWHOUSE_RETURN_IF_ERROR(Fetch(table, ids));
  }
}

bool RowReader::AllThere(const Table& table, absl::Span<const Id> ids) {
  bool all = true;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::uint64_t hash = table.Hash(ids[i]);
    const std::uint32_t lane = table.LaneOf(table.BucketOf(hash));
    const RowMap& rows = table.rows(lane);
    const RowMap::Slot slot = rows.Find(ids[i], hash);
    if (slot != RowMap::kNoSlot) {
      rows.Touch(slot);
      continue;
    }
    if (fetched_[i] == kNotFetched) {
      fetched_[i] = 0;
      all = false;
    } else if (const std::size_t row = Fetched(i);
               row != kNotFetched && table.stepped() &&
               table.Done(fetcher_.values(row)) <
                   table.stepped_lane(lane)->log.first()) {
      all = false;  // the row store has had a newer image since
    }
  }
  return all;
}

// Also what was fetched before: an image of then may miss steps that are
// forgotten now.
absl::Status RowReader::Fetch(const Table& table, absl::Span<const Id> ids) {
  fetcher_.Begin(table);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (fetched_[i] == kNotFetched) continue;
    fetched_[i] = fetcher_.size();
    fetcher_.Add(ids[i], table.Hash(ids[i]));
  }
  return fetcher_.Fetch(*memory_->store);
}

std::size_t RowReader::Fetched(std::size_t i) const {
  if (!bounded() || !fetcher_.found(fetched_[i])) return kNotFetched;
  return fetched_[i];
}

template <typename Use>
absl::Status RowReader::WithRows(const Lanes& lanes, const Table& table,
                                 absl::Span<const Id> ids, Use use) {
  if (table.stepped()) {
    ROWHOUSE_RETURN_IF_ERROR(CollectCaughtUp(lanes, table, ids));
    use();
    return absl::OkStatus();
  }
  return WithAllThere(lanes, table, ids, [&] {
    Collect(table, ids);
    use();
  });
}

void RowReader::Collect(const Table& table, absl::Span<const Id> ids) {
  const auto rows_of = [&](std::uint64_t hash) -> const RowMap& {
    return table.rows(table.LaneOf(table.BucketOf(hash)));
  };
  hashes_.resize(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    hashes_[i] = table.Hash(ids[i]);
    rows_of(hashes_[i]).PrefetchIndex(hashes_[i]);
  }
  const std::size_t first = rows_.size();
  std::size_t missing = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const RowMap& rows = rows_of(hashes_[i]);
    const RowMap::Slot slot = rows.Find(ids[i], hashes_[i]);
    if (slot != RowMap::kNoSlot) {
      rows_.push_back(rows.values(slot));
    } else if (const std::size_t row = Fetched(i); row != kNotFetched) {
      rows_.push_back(fetcher_.values(row));
    } else {
      ++missing;
      rows_.push_back(nullptr);
    }
  }
  if (missing == 0) return;
  initial_.resize(missing * table.dim());
  float* row = initial_.data();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (rows_[first + i] != nullptr) continue;
    table.InitialWeights(ids[i], row);
    rows_[first + i] = row;
    row += table.dim();
  }
}

absl::Status RowReader::CollectCaughtUp(const Lanes& lanes, const Table& table,
                                        absl::Span<const Id> ids) {
  ROWHOUSE_RETURN_IF_ERROR(
      WithAllThere(lanes, table, ids, [&] { CopyRows(lanes, table, ids); }));
  const std::size_t row_floats = table.row_floats();
  behind_.resize(lanes.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    float* const row = copies_.data() + i * row_floats;
    const std::uint32_t lane = copied_[i].lane;
    if (copied_[i].stored) {
      behind_[lane].push_back(row);
    } else {
      table.FirstRow(ids[i], missed_[lane], row);
    }
    rows_.push_back(row);
  }
  for (std::uint32_t lane = 0; lane < lanes.size(); ++lane) {
    table.CatchUp(missed_[lane], absl::MakeSpan(behind_[lane]));
    behind_[lane].clear();
  }
  return absl::OkStatus();
}

void RowReader::CopyRows(const Lanes& lanes, const Table& table,
                         absl::Span<const Id> ids) {
  const std::size_t row_floats = table.row_floats();
  copied_.resize(ids.size());
  copies_.resize(ids.size() * row_floats);
  oldest_.assign(lanes.size(), kNothing);
  missed_.resize(lanes.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::uint64_t hash = table.Hash(ids[i]);
    const std::uint32_t lane = table.LaneOf(table.BucketOf(hash));
    const RowMap& rows = table.rows(lane);
    const RowMap::Slot slot = rows.Find(ids[i], hash);
    const std::size_t cold = slot == RowMap::kNoSlot ? Fetched(i) : kNotFetched;
    if (slot == RowMap::kNoSlot && cold == kNotFetched) {
      copied_[i] = {lane, false, Lsn()};
      oldest_[lane] = 0;
      continue;
    }
    const float* const row =
        slot == RowMap::kNoSlot ? fetcher_.values(cold) : rows.values(slot);
    float* const copy = copies_.data() + i * row_floats;
    std::memcpy(copy, row, row_floats * sizeof(float));
    copied_[i] = {
        lane, true,
        slot == RowMap::kNoSlot ? fetcher_.lsn(cold) : rows.lsn(slot)};
    oldest_[lane] = std::min(oldest_[lane], table.Done(copy));
  }
  for (std::uint32_t lane = 0; lane < lanes.size(); ++lane) {
    if (oldest_[lane] == kNothing) continue;
    missed_[lane] = table.stepped_lane(lane)->log.From(oldest_[lane]);
  }
}

absl::Status RowReader::Copy(const Lanes& lanes, const Table& table,
                             absl::Span<const Id> ids, float* out) {
  for (std::size_t at = 0; at < ids.size(); at += kLaneBatchRows) {
    rows_.clear();
    ROWHOUSE_RETURN_IF_ERROR(
        WithRows(lanes, table, ids.subspan(at, kLaneBatchRows), [&] {
          kernels::CopyRows(rows_, table.dim(), out + at * table.dim());
        }));
  }
  return absl::OkStatus();
}

absl::Status RowReader::Combine(const Lanes& lanes, const Table& table,
                                const BagsView& bags, std::size_t begin,
                                std::size_t end, float* out) {
  while (begin < end) {
    std::size_t fits = begin;
    while (fits < end &&
           BagBegin(bags, fits + 1) - BagBegin(bags, begin) <= kLaneBatchRows) {
      ++fits;
    }
    if (fits > begin) {
      ROWHOUSE_RETURN_IF_ERROR(
          CombineBatch(lanes, table, bags, begin, fits, out));
    } else {
      ROWHOUSE_RETURN_IF_ERROR(CombineLongBag(lanes, table, bags, begin, out));
      fits = begin + 1;
    }
    out += (fits - begin) * table.dim();
    begin = fits;
  }
  return absl::OkStatus();
}

absl::Status RowReader::CombineBatch(const Lanes& lanes, const Table& table,
                                     const BagsView& bags, std::size_t begin,
                                     std::size_t end, float* out) {
  const std::size_t first = BagBegin(bags, begin);
  const std::size_t count = BagBegin(bags, end) - first;
  splits_.clear();
  for (std::size_t bag = begin; bag <= end; ++bag) {
    splits_.push_back(static_cast<std::uint32_t>(BagBegin(bags, bag) - first));
  }
  rows_.clear();
  return WithRows(lanes, table, bags.ids.subspan(first, count), [&] {
    kernels::CombineBags(rows_,
                         bags.weights.empty()
                             ? bags.weights
                             : bags.weights.subspan(first, count),
                         splits_, table.dim(), out);
  });
}

// The same additions in the same order as CombineBags would do in one go: a
// batch of as many entries as leave whole groups, then groups.
absl::Status RowReader::SumLongBag(const Lanes& lanes, const Table& table,
                                   absl::Span<const Id> ids, float* out) {
  constexpr std::size_t kGroup = kernels::kBagGroup;
  static_assert(kLaneBatchRows % kGroup == 0);
  const std::size_t dim = table.dim();
  const std::size_t first =
      kLaneBatchRows - (kGroup - ids.size() % kGroup) % kGroup;
  rows_.clear();
  ROWHOUSE_RETURN_IF_ERROR(WithRows(lanes, table, ids.subspan(0, first), [&] {
    kernels::CombineBags(rows_, {}, {0, static_cast<std::uint32_t>(first)}, dim,
                         out);
  }));
  for (std::size_t at = first; at < ids.size(); at += kLaneBatchRows) {
    const auto batch = ids.subspan(at, kLaneBatchRows);
    splits_.clear();
    for (std::size_t entry = 0; entry <= batch.size(); entry += kGroup) {
      splits_.push_back(static_cast<std::uint32_t>(entry));
    }
    partial_.resize(batch.size() / kGroup * dim);
    rows_.clear();
    ROWHOUSE_RETURN_IF_ERROR(WithRows(lanes, table, batch, [&] {
      kernels::CombineBags(rows_, {}, splits_, dim, partial_.data());
    }));
    for (std::size_t group = 0; group < partial_.size(); group += dim) {
      kernels::AddInto(partial_.data() + group, dim, out);
    }
  }
  return absl::OkStatus();
}

// The sum so far is the first entry of the next batch, with weight 1: the same
// additions in the same order as in one go.
absl::Status RowReader::CombineLongBag(const Lanes& lanes, const Table& table,
                                       const BagsView& bags, std::size_t bag,
                                       float* out) {
  const std::size_t begin = BagBegin(bags, bag);
  const std::size_t end = BagBegin(bags, bag + 1);
  if (bags.weights.empty()) {
    return SumLongBag(lanes, table, bags.ids.subspan(begin, end - begin), out);
  }
  for (std::size_t at = begin; at < end; at += kLaneBatchRows) {
    const std::size_t count = std::min(kLaneBatchRows, end - at);
    rows_.clear();
    weights_.clear();
    if (at > begin) {
      partial_.assign(out, out + table.dim());
      rows_.push_back(partial_.data());
      weights_.push_back(1.0f);
    }
    const auto weights = bags.weights.subspan(at, count);
    weights_.insert(weights_.end(), weights.begin(), weights.end());
    const auto combine = [&] {
      const std::uint32_t splits[] = {0,
                                      static_cast<std::uint32_t>(rows_.size())};
      kernels::CombineBags(rows_, weights_, splits, table.dim(), out);
    };
    ROWHOUSE_RETURN_IF_ERROR(
        WithRows(lanes, table, bags.ids.subspan(at, count), combine));
  }
  return absl::OkStatus();
}

absl::Status RowReader::Read(const Lanes& lanes, const Table& table,
                             absl::Span<const Id> ids, RowsReply& reply) {
  const auto append = [&](bool stored, Lsn lsn, const float* row) {
    const float* const slots = row + table.dim();
    reply.stored.push_back(stored ? 1 : 0);
    reply.lsns.push_back(lsn.value());
    reply.weights.insert(reply.weights.end(), row, slots);
    reply.slots.insert(reply.slots.end(), slots, slots + table.slot_floats());
  };
  initial_.resize(table.row_floats());
  const auto append_row = [&](Id id, std::size_t i) {
    const std::uint64_t hash = table.Hash(id);
    const RowMap& rows = table.rows(table.LaneOf(table.BucketOf(hash)));
    const RowMap::Slot slot = rows.Find(id, hash);
    if (slot != RowMap::kNoSlot) {
      append(true, rows.lsn(slot), rows.values(slot));
    } else if (const std::size_t row = Fetched(i); row != kNotFetched) {
      append(true, fetcher_.lsn(row), fetcher_.values(row));
    } else {
      table.InitialRow(id, initial_.data());
      append(false, Lsn(), initial_.data());
    }
  };
  for (std::size_t at = 0; at < ids.size(); at += kLaneBatchRows) {
    const auto batch = ids.subspan(at, kLaneBatchRows);
    if (table.stepped()) {
      rows_.clear();
      ROWHOUSE_RETURN_IF_ERROR(CollectCaughtUp(lanes, table, batch));
      for (std::size_t i = 0; i < batch.size(); ++i) {
        append(copied_[i].stored, copied_[i].lsn, rows_[i]);
      }
      continue;
    }
    ROWHOUSE_RETURN_IF_ERROR(WithAllThere(lanes, table, batch, [&] {
      for (std::size_t i = 0; i < batch.size(); ++i) append_row(batch[i], i);
    }));
  }
  return absl::OkStatus();
}

}  // namespace rowhouse::shard
