#include "shard/part_loader.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "shard/row_replay.h"

namespace rowhouse::shard {
namespace {

constexpr std::uint64_t kNoBound = ~std::uint64_t{0};

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

absl::Status PartLoader::Load(
    BucketRange buckets, absl::FunctionRef<absl::Status(OwnedTables)> visit) {
  absl::StatusOr<OwnedTables> tables = LoadAll(buckets);
  if (tables.ok()) return visit(*std::move(tables));
  if (bytes_max_ == 0 || buckets.end - buckets.begin == 1 ||
      !absl::IsResourceExhausted(tables.status())) {
    return tables.status();
  }
  // How many rows the records make is only seen when they are repeated.
  const std::uint32_t middle =
      buckets.begin + (buckets.end - buckets.begin) / 2;
  ROWHOUSE_RETURN_IF_ERROR(Load({buckets.begin, middle}, visit));
  return Load({middle, buckets.end}, visit);
}

absl::StatusOr<PartLoader::OwnedTables> PartLoader::LoadAll(
    BucketRange buckets) {
  const bool bounded = bytes_max_ > 0 && buckets.end - buckets.begin > 1;
  OwnedTables result;  // as stored_
  for (const PartSource& source : sources_) {
    const BucketRange range = {std::max(source.buckets().begin, buckets.begin),
                               std::min(source.buckets().end, buckets.end)};
    if (range.begin >= range.end) {
      for (std::size_t i = 0; i < stored_.size(); ++i) {
        const auto& steps = source.Find(stored_[i].table.incarnation)->steps;
        if (steps.has_value() && !MovesEveryRow(stored_[i].table.spec)) {
          TakeSteps(i, *steps);
        }
      }
      continue;
    }
    const std::uint64_t room =
        bounded ? bytes_max_ - BytesOf(result) : kNoBound;
    ROWHOUSE_ASSIGN_OR_RETURN(OwnedTables part, LoadPart(source, range, room));
    if (result.empty()) {
      result = std::move(part);
      continue;
    }
    for (std::size_t i = 0; i < part.size(); ++i) {
      Move(*part[i], range, *result[i]);
    }
  }
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (CountOf(steps_[i]) > 0) result[i]->LoadSteps(steps_[i]);
  }
  return result;
}

absl::StatusOr<PartLoader::OwnedTables> PartLoader::LoadPart(
    const PartSource& source, BucketRange range, std::uint64_t room) {
  // Of the part's own buckets: a sweep makes no rows of another part's.
  const Lanes lanes = MakeLanes(lanes_, range);
  OwnedTables tables;
  const auto check_fits = [&]() -> absl::Status {
    ROWHOUSE_RETURN_IF_ERROR(may_go_on_());
    if (room == kNoBound) return absl::OkStatus();
    const std::uint64_t bytes = BytesOf(tables);
    if (bytes <= room) return absl::OkStatus();
    return absl::ResourceExhaustedError(absl::StrCat(
        source.path(), ": ", bytes, " bytes of rows, room for ", room));
  };
  for (const PartTable& of_parts : stored_) {
    const storage::StoredTable& stored = of_parts.table;
    tables.push_back(
        std::make_unique<Table>(stored.spec, stored.incarnation, lanes_));
    const auto& steps = source.Find(stored.incarnation)->steps;
    if (steps.has_value()) tables.back()->LoadSteps(*steps);
    ROWHOUSE_RETURN_IF_ERROR(
        LoadRows(source, range, lanes, *tables.back(), check_fits));
  }
  ROWHOUSE_RETURN_IF_ERROR(Replay(source, range, lanes, tables, check_fits));
  ROWHOUSE_RETURN_IF_ERROR(check_fits());
  for (std::size_t i = 0; i < tables.size(); ++i) {
    TakeSteps(i, tables[i]->steps().log.Store(/*owner=*/0));
  }
  return tables;
}

absl::Status PartLoader::LoadRows(
    const PartSource& source, BucketRange range, const Lanes& lanes,
    Table& table, absl::FunctionRef<absl::Status()> check_fits) const {
  std::size_t rows = 0;
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
        return ++rows % kLaneBatchRows == 0 ? check_fits() : absl::OkStatus();
      });
}

absl::Status PartLoader::Replay(
    const PartSource& source, BucketRange range, const Lanes& lanes,
    const OwnedTables& tables,
    absl::FunctionRef<absl::Status()> check_fits) const {
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
        ROWHOUSE_RETURN_IF_ERROR(kind == RecordKind::kPush
                                     ? replay.Push(record, lsn)
                                     : replay.WriteRows(record, lsn));
        return check_fits();
      }));
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (tables[i]->steps().log.count() + 1 != stored_[i].steps) continue;
    ROWHOUSE_RETURN_IF_ERROR(
        replay.Step(*tables[i], *stored_[i].last_step, source.manifest().cut));
  }
  return absl::OkStatus();
}

void PartLoader::Move(Table& from, BucketRange range, Table& to) const {
  const Lanes lanes = MakeLanes(lanes_, range);
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
  // Many trainers name no step: then the count says which is the last.
  const auto last = [](const storage::StoredSteps& of) {
    return std::make_tuple(!of.iterations.empty(),
                           of.iterations.empty() ? 0 : of.iterations.back(),
                           CountOf(of));
  };
  const bool better =
      CountOf(steps) == 0 ||
      (MovesEveryRow(stored_[table].table.spec) ? more.first < steps.first
                                                : last(more) > last(steps));
  if (better) steps = more;
}

std::uint64_t PartLoader::BytesOf(const OwnedTables& tables) const {
  std::uint64_t bytes = 0;
  for (const auto& table : tables) {
    for (std::uint32_t lane = 0; lane < lanes_; ++lane) {
      bytes += table->rows(lane).size() * table->row_bytes();
    }
  }
  return bytes;
}

}  // namespace rowhouse::shard
