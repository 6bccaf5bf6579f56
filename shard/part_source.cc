#include "shard/part_source.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/mutation.h"
#include "base/status_macros.h"
#include "storage/checkpoint.h"
#include "storage/journal.h"

namespace rowhouse::shard {
namespace {

PartSource::Steps StepsOf(const storage::CheckpointTable& table) {
  PartSource::Steps steps;
  if (!table.steps.has_value()) return steps;
  const storage::StoredSteps& stored = *table.steps;
  steps.count = stored.first + stored.iterations.size();
  if (!stored.iterations.empty()) {
    steps.last = {stored.learning_rates.back(), stored.iterations.back()};
  }
  return steps;
}

// The status with the record's LSN and its journal; what does not decode there
// is damage. That a visitor has no room says nothing of the record.
absl::Status InRecord(const absl::Status& status, const std::string& path,
                      Lsn lsn) {
  if (status.ok() || absl::IsResourceExhausted(status)) return status;
  return absl::DataLossError(absl::StrCat(path, "/journal: record of LSN ",
                                          lsn.value(), ": ", status.message()));
}

}  // namespace

absl::StatusOr<PartSource> PartSource::Open(storage::Disk& disk,
                                            const OpenRowStore& open_row_store,
                                            const std::string& root,
                                            const CheckpointInfo& info,
                                            std::size_t index) {
  const auto count = static_cast<std::uint32_t>(info.shards.size());
  const ShardCheckpoint& part = info.shards[index];
  PartSource source(
      disk, storage::ShardCheckpointPath(root, info.name, part.index, count));
  ROWHOUSE_ASSIGN_OR_RETURN(
      source.manifest_, storage::ReadShardCheckpoint(disk, source.path_, part));
  if (source.manifest_.shard_count != count ||
      source.manifest_.snapshot_epoch != info.snapshot_epoch) {
    return absl::DataLossError(absl::StrCat(
        source.path_, " is one of ", source.manifest_.shard_count,
        " parts of a cut of epoch ", source.manifest_.snapshot_epoch,
        ", the checkpoint has ", count, " of epoch ", info.snapshot_epoch));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(source.digests_,
                            storage::ReadDigests(disk, source.path_));
  ROWHOUSE_ASSIGN_OR_RETURN(const ShardMap map, ShardMap::Uniform(1, count));
  source.buckets_ = map.RangeOf(part.index);
  ROWHOUSE_ASSIGN_OR_RETURN(source.rows_,
                            open_row_store(absl::StrCat(source.path_, "/rows"),
                                           /*read_only=*/true));
  return source;
}

const storage::CheckpointTable* PartSource::Find(TableIncarnation table) const {
  const auto it = std::find_if(manifest_.tables.begin(), manifest_.tables.end(),
                               [&](const storage::CheckpointTable& saved) {
                                 return saved.table.incarnation == table;
                               });
  return it == manifest_.tables.end() ? nullptr : &*it;
}

absl::Status PartSource::Scan(
    TableIncarnation table, BucketRange buckets,
    absl::FunctionRef<absl::Status(const storage::RowImage&)> visit) const {
  const storage::CheckpointTable* const saved = Find(table);
  if (saved == nullptr || saved->fresh) return absl::OkStatus();
  storage::RowDigests met;
  ROWHOUSE_RETURN_IF_ERROR(
      rows_->Scan(table, buckets, [&](const storage::RowImage& row) {
        met.Add(table, row);
        return visit(row);
      }));
  return met.CheckEqual(digests_, table, buckets, absl::StrCat(path_, "/rows"));
}

absl::Status PartSource::ForEachRecord(
    absl::FunctionRef<absl::Status(RecordKind, Lsn, const RecordDecoder&)>
        visit) const {
  Lsn after = manifest_.sessions_lsn;
  for (const storage::CheckpointTable& table : manifest_.tables) {
    after = std::min(after, table.after);
  }
  RecordDecoder decoder;
  bool closed = false;
  const auto take = [&](const storage::JournalRecord& record) -> absl::Status {
    if (record.lsn > manifest_.cut) return absl::OkStatus();
    const auto kind = static_cast<RecordKind>(record.kind);
    switch (kind) {
      case RecordKind::kOpenSession:
      case RecordKind::kEndSession:
        return absl::OkStatus();
      case RecordKind::kCloseCut: {
        ROWHOUSE_ASSIGN_OR_RETURN(const std::uint64_t epoch,
                                  decoder.CloseCut(record.payload));
        closed =
            record.lsn == manifest_.cut && epoch == manifest_.snapshot_epoch;
        return absl::OkStatus();
      }
      case RecordKind::kPush:
        ROWHOUSE_RETURN_IF_ERROR(decoder.Push(record.payload));
        break;
      case RecordKind::kWriteRows:
        ROWHOUSE_RETURN_IF_ERROR(decoder.WriteRows(record.payload));
        break;
      default:
        return absl::FailedPreconditionError(
            absl::StrCat("kind ", record.kind, " is of a newer version"));
    }
    // From a client that had moved on while others had not.
    if (decoder.header().snapshot_epoch > manifest_.snapshot_epoch &&
        !Mutated(Mutation::kCutWithLaterEpochs)) {
      return absl::OkStatus();
    }
    return visit(kind, record.lsn, decoder);
  };
  ROWHOUSE_RETURN_IF_ERROR(
      storage::ReplayJournal(*disk_, absl::StrCat(path_, "/journal"), after,
                             manifest_.cut,
                             [&](const storage::JournalRecord& record) {
                               return InRecord(take(record), path_, record.lsn);
                             })
          .status());
  if (closed) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      path_, "/journal: record ", manifest_.cut.value(),
      " does not close the cut of epoch ", manifest_.snapshot_epoch));
}

absl::StatusOr<PartSource::Survey> PartSource::ReadJournal() const {
  Survey survey;
  for (const storage::CheckpointTable& table : manifest_.tables) {
    survey.steps[table.table.incarnation] = StepsOf(table);
  }
  std::vector<TableIncarnation> met;
  ROWHOUSE_RETURN_IF_ERROR(
      ForEachRecord([&](RecordKind kind, Lsn lsn, const RecordDecoder& record) {
        ++survey.records;
        if (kind != RecordKind::kPush) return absl::OkStatus();
        met.clear();
        for (const InputRecord& input : record.inputs()) {
          // All inputs of a table are one step.
          if (std::find(met.begin(), met.end(), input.table) != met.end()) {
            continue;
          }
          met.push_back(input.table);
          const storage::CheckpointTable* const table = Find(input.table);
          if (table == nullptr || lsn <= table->after) continue;
          Steps& steps = survey.steps[input.table];
          ++steps.count;
          steps.last = input.terms.value_or(kernels::StepTerms{
              LearningRate(table->table.spec.optimizer), record.header().step});
        }
        return absl::OkStatus();
      }));
  return survey;
}

}  // namespace rowhouse::shard
