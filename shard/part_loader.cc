#include "shard/part_loader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "shard/row_replay.h"

namespace rowhouse::shard {
namespace {

std::uint64_t CountOf(const storage::StoredSteps& steps) {
  return steps.first + steps.iterations.size();
}

Lanes MakeLanes(std::uint32_t count, BucketRange buckets) {
  Lanes lanes;
  for (std::uint32_t i = 0; i < count; ++i) {
    lanes.push_back(std::make_unique<Lane>(i, buckets));
  }
  return lanes;
}

}  // namespace

absl::Status PartLoader::Add(const PartSource& source) {
  const BucketRange range = {std::max(source.buckets().begin, buckets_.begin),
                             std::min(source.buckets().end, buckets_.end)};
  if (range.begin >= range.end) {
    for (std::size_t i = 0; i < stored_.size(); ++i) {
      const auto& steps = source.Find(stored_[i].table.incarnation)->steps;
      if (steps.has_value() && !MovesEveryRow(stored_[i].table.spec)) {
        TakeSteps(i, *steps);
      }
    }
    return absl::OkStatus();
  }
  // Of the part's own buckets: a sweep makes no rows of another part's.
  const Lanes lanes = MakeLanes(lanes_, range);
  OwnedTables tables;
  for (const PartTable& of_parts : stored_) {
    const storage::StoredTable& stored = of_parts.table;
    tables.push_back(
        std::make_unique<Table>(stored.spec, stored.incarnation, lanes_));
    const auto& steps = source.Find(stored.incarnation)->steps;
    if (steps.has_value()) tables.back()->LoadSteps(*steps);
    ROWHOUSE_RETURN_IF_ERROR(LoadRows(source, range, lanes, *tables.back()));
  }
  ROWHOUSE_RETURN_IF_ERROR(Replay(source, range, lanes, tables));
  for (std::size_t i = 0; i < tables.size(); ++i) {
    TakeSteps(i, tables[i]->steps().log.Store(/*owner=*/0));
  }
  if (result_.empty()) {
    result_ = std::move(tables);
    return absl::OkStatus();
  }
  for (std::size_t i = 0; i < tables.size(); ++i) Move(*tables[i], *result_[i]);
  return absl::OkStatus();
}

std::vector<std::unique_ptr<Table>> PartLoader::Take() {
  for (std::size_t i = 0; i < result_.size(); ++i) {
    if (CountOf(steps_[i]) > 0) result_[i]->LoadSteps(steps_[i]);
  }
  return std::move(result_);
}

absl::Status PartLoader::LoadRows(const PartSource& source, BucketRange range,
                                  const Lanes& lanes, Table& table) const {
  return source.Scan(
      table.incarnation(), range,
      [&](const storage::RowImage& row) -> absl::Status {
        if (row.values.size() != table.row_floats() ||
            row.bucket != table.BucketOf(table.Hash(row.id))) {
          return absl::DataLossError(absl::StrCat(
              source.path(), ": table '", table.spec().name, "': row of id ",
              row.id, " in bucket ", row.bucket.value(), " with ",
              row.values.size(), " floats, expected ", table.row_floats()));
        }
        lanes[table.LaneOf(row.bucket)]->Load(table, row);
        return absl::OkStatus();
      });
}

absl::Status PartLoader::Replay(const PartSource& source, BucketRange range,
                                const Lanes& lanes,
                                const OwnedTables& tables) const {
  RowReplay replay(
      range, lanes,
      [&](TableIncarnation incarnation, Lsn lsn) -> Table* {
        for (const auto& table : tables) {
          if (table->incarnation() != incarnation) continue;
          return lsn > source.Find(incarnation)->after ? table.get() : nullptr;
        }
        return nullptr;
      },
      [&](const PushWork& work) {
        const absl::Span<const std::uint32_t> busy = work.lanes();
        executor_.ForEach(busy.size(), [&](std::size_t i) {
          lanes[busy[i]]->Drain(work.lsn());
        });
      },
      RowReplay::Foreign::kLeaveOut);
  ROWHOUSE_RETURN_IF_ERROR(source.ForEachRecord(
      [&](RecordKind kind, Lsn lsn, const RecordDecoder& record) {
        return kind == RecordKind::kPush ? replay.Push(record, lsn)
                                         : replay.WriteRows(record, lsn);
      }));
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (tables[i]->steps().log.count() + 1 != stored_[i].steps) continue;
    ROWHOUSE_RETURN_IF_ERROR(
        replay.Step(*tables[i], *stored_[i].last_step, source.manifest().cut));
  }
  return absl::OkStatus();
}

void PartLoader::Move(Table& from, Table& to) const {
  const Lanes lanes = MakeLanes(lanes_, buckets_);
  for (std::uint32_t lane = 0; lane < lanes_; ++lane) {
    const RowMap& rows = from.rows(lane);
    rows.ForEach([&](Id id, RowMap::Slot slot) {
      lanes[lane]->Load(to, {from.BucketOf(from.Hash(id)),
                             id,
                             rows.lsn(slot),
                             {rows.values(slot), from.row_floats()}});
    });
  }
}

void PartLoader::TakeSteps(std::size_t table,
                           const storage::StoredSteps& more) {
  storage::StoredSteps& steps = steps_[table];
  if (CountOf(more) == 0) return;
  const bool better =
      CountOf(steps) == 0 ||
      (MovesEveryRow(stored_[table].table.spec)
           ? more.first < steps.first
           : !more.iterations.empty() &&
                 (steps.iterations.empty() ||
                  more.iterations.back() > steps.iterations.back()));
  if (better) steps = more;
}

}  // namespace rowhouse::shard
