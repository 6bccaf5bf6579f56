#include "tests/sim/ledger.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "storage/journal_format.h"

namespace rowhouse::sim {
namespace {

std::string NameOf(const std::pair<std::uint64_t, std::uint64_t>& push) {
  return absl::StrCat("push ", push.second, " of session ", push.first);
}

std::string Floats(const float* values, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    absl::StrAppend(&text, i == 0 ? "" : " ", values[i]);
  }
  return text;
}

// After which steps of a table its rows are compared.
std::string StepsOf(const shard::Shard& shard, const ReferenceTable& expected) {
  const absl::StatusOr<TableInfo> info =
      shard.DescribeTable(expected.spec().name);
  return absl::StrCat(", after ",
                      info.ok() ? absl::StrCat(info->steps) : "unknown",
                      " steps of ", expected.steps());
}

}  // namespace

Ledger::Ledger(std::uint32_t shard, BucketRange buckets,
               const std::vector<SimTable>& tables)
    : shard_(shard), buckets_(buckets), tables_(tables) {}

template <typename... Args>
absl::Status Ledger::Wrong(const Args&... args) const {
  return absl::InternalError(absl::StrCat("shard ", shard_, ": ", args...));
}

absl::Status Ledger::OnJournalBytes(absl::string_view bytes) {
  if (bytes.size() >= storage::kSegmentHeaderBytes) {
    if (const auto head = storage::DecodeSegmentHeader(bytes); head.ok()) {
      if (head->header.incarnation != incarnation_) {
        BeginTimeline(head->header.incarnation);
      }
      return CutFrom(head->header.first);
    }
  }
  // Of a write that was cut short the records that are whole count: replay will
  // find them.
  while (const auto record = storage::DecodeRecord(bytes)) {
    ROWHOUSE_RETURN_IF_ERROR(OnRecord(
        record->header.lsn, static_cast<shard::RecordKind>(record->header.kind),
        record->payload));
    bytes.remove_prefix(record->bytes);
  }
  return absl::OkStatus();
}

// A segment that begins at `first` says that what lay there before is gone.
absl::Status Ledger::CutFrom(Lsn first) {
  if (log_.lower_bound(first) == log_.end()) return absl::OkStatus();
  std::map<Lsn, Record> kept;
  kept.swap(log_);
  ForgetLog();
  for (auto& [lsn, record] : kept) {
    if (lsn >= first) break;
    ROWHOUSE_RETURN_IF_ERROR(OnRecord(lsn, record.kind, record.payload));
  }
  return absl::OkStatus();
}

void Ledger::ForgetLog() {
  log_.clear();
  pushes_.clear();
  sessions_.clear();
  ended_.clear();
  floor_ = 0;
  steps_.clear();
}

void Ledger::BeginTimeline(std::uint64_t incarnation) {
  incarnation_ = incarnation;
  ForgetLog();
  acks_.clear();
  numbers_.clear();
  made_.clear();
  synced_ = Lsn();
}

absl::Status Ledger::OnRecord(Lsn lsn, shard::RecordKind kind,
                              absl::string_view payload) {
  if (!log_.emplace(lsn, Record{kind, std::string(payload), 0}).second) {
    return Wrong("LSN ", lsn.value(), " is given a second time");
  }
  shard::RecordDecoder decoder;
  const absl::Span<const char> bytes(payload.data(), payload.size());
  if (kind == shard::RecordKind::kOpenSession ||
      kind == shard::RecordKind::kEndSession) {
    ROWHOUSE_ASSIGN_OR_RETURN(const std::uint64_t number,
                              decoder.Session(bytes));
    return OnSessionRecord(lsn, kind, number);
  }
  if (kind == shard::RecordKind::kCloseCut) {
    ROWHOUSE_ASSIGN_OR_RETURN(const std::uint64_t epoch,
                              decoder.CloseCut(bytes));
    floor_ = std::max(floor_, epoch + 1);
    return absl::OkStatus();
  }
  ROWHOUSE_RETURN_IF_ERROR(kind == shard::RecordKind::kPush
                               ? decoder.Push(bytes)
                               : decoder.WriteRows(bytes));
  const PushName push(decoder.header().session, decoder.header().sequence);
  const std::uint64_t epoch = decoder.header().snapshot_epoch;
  log_.at(lsn).epoch = epoch;
  if (epoch < floor_) {
    return Wrong(NameOf(push), " of snapshot epoch ", epoch,
                 " is taken at LSN ", lsn.value(), ", after the cut of epoch ",
                 floor_ - 1);
  }
  if (!sessions_.contains(push.first)) {
    return Wrong(NameOf(push), " is taken at LSN ", lsn.value(),
                 ", but that session is not open");
  }
  // A step that some shards lack is made up for without gradients.
  const bool moves =
      std::any_of(decoder.inputs().begin(), decoder.inputs().end(),
                  [](const auto& input) { return !input.bags.ids.empty(); });
  const std::uint64_t step = decoder.header().step;
  if (moves && step >= kOwnSteps && !steps_.emplace(step, lsn).second) {
    return Wrong("step ", step, " of a client is applied at LSN ",
                 steps_.at(step).value(), " and again at LSN ", lsn.value());
  }
  const auto [it, fresh] = pushes_.emplace(push, lsn);
  if (fresh) return absl::OkStatus();
  return Wrong(NameOf(push), " is applied at LSN ", it->second.value(),
               " and again at LSN ", lsn.value());
}

absl::Status Ledger::OnSessionRecord(Lsn lsn, shard::RecordKind kind,
                                     std::uint64_t number) {
  if (kind == shard::RecordKind::kEndSession) {
    sessions_.erase(number);
    ended_.insert(number);
    return absl::OkStatus();
  }
  if (!ended_.contains(number) && sessions_.emplace(number, lsn).second) {
    return absl::OkStatus();
  }
  return Wrong("session ", number, " is opened a second time, at LSN ",
               lsn.value());
}

absl::Status Ledger::OnAcknowledged(const PushHeader& header,
                                    const PushReply& reply) {
  const PushName push(header.session.number, header.sequence);
  ++acknowledged_;
  // A restore has come between.
  if (header.session.incarnation != incarnation_) return absl::OkStatus();
  Durability& promised = acks_.emplace(push, reply.durability).first->second;
  promised = std::max(promised, reply.durability);
  if (reply.durability == Durability::kMemory) return absl::OkStatus();
  if (!pushes_.contains(push)) {
    return Wrong(NameOf(push), " is acknowledged at LSN ", reply.lsn.value(),
                 ", but its record was not written");
  }
  if (reply.durability == Durability::kPower) {
    synced_ = std::max(synced_, pushes_.at(push));
  }
  return absl::OkStatus();
}

absl::Status Ledger::OnSession(const OpenSessionReply& reply) {
  const std::uint64_t number = reply.session.number;
  if (reply.session.incarnation != incarnation_) return absl::OkStatus();
  if (!numbers_.insert(number).second) {
    return Wrong("session ", number, " is given out a second time");
  }
  if (ended_.contains(number)) return absl::OkStatus();
  const auto it = sessions_.find(number);
  if (it == sessions_.end()) {
    return Wrong("session ", number, " is given out, its record not written");
  }
  synced_ = std::max(synced_, it->second);
  return absl::OkStatus();
}

void Ledger::OnCrash(Crash crash) {
  std::erase_if(acks_, [&](const auto& ack) {
    const auto& [push, level] = ack;
    const auto at = pushes_.find(push);
    const bool survives =
        level == Durability::kPower ||
        (level == Durability::kProcess && crash == Crash::kKill) ||
        (at != pushes_.end() && at->second <= synced_);
    lost_by_level_ += survives ? 0 : 1;
    return !survives;
  });
}

absl::Status Ledger::CheckAcknowledged() const {
  for (const auto& [push, level] : acks_) {
    if (pushes_.contains(push)) continue;
    return Wrong(NameOf(push), " was acknowledged at level ",
                 static_cast<int>(level), " and is lost");
  }
  for (const std::uint64_t number : numbers_) {
    if (sessions_.contains(number) || ended_.contains(number)) continue;
    return Wrong("session ", number, " was given out and is lost");
  }
  return absl::OkStatus();
}

absl::Status Ledger::CheckRecovered(const shard::Shard& shard) {
  // A full disk has no room for a new segment yet, which would say so.
  ROWHOUSE_RETURN_IF_ERROR(CutFrom(Lsn(shard.Info().last_lsn.value() + 1)));
  ROWHOUSE_RETURN_IF_ERROR(CheckAcknowledged());
  ROWHOUSE_RETURN_IF_ERROR(CheckRows(shard));
  for (auto& [push, level] : acks_) level = Durability::kPower;
  if (!log_.empty()) synced_ = std::max(synced_, log_.rbegin()->first);
  return absl::OkStatus();
}

absl::StatusOr<Reference> Ledger::RowsAt(std::uint64_t restore_id, Lsn cut,
                                         std::uint64_t epoch) const {
  Reference rows;
  if (restore_id != 0) {
    const auto it = restores_.find(restore_id);
    if (it == restores_.end()) {
      return Wrong("restored by ", restore_id, ", which nobody asked for");
    }
    rows = it->second;
  }
  for (const SimTable& table : tables_) {
    rows.tables().emplace(table.incarnation,
                          ReferenceTable(table.spec, buckets_));
  }
  for (const auto& [lsn, record] : log_) {
    if (lsn > cut) break;
    if (record.epoch > epoch) continue;
    ROWHOUSE_RETURN_IF_ERROR(rows.Apply(record.kind, record.payload));
  }
  return rows;
}

absl::Status Ledger::CheckRows(const shard::Shard& shard) const {
  const ShardInfo info = shard.Info();
  if (info.state == "restoring") return absl::OkStatus();
  ROWHOUSE_ASSIGN_OR_RETURN(
      const Reference expected,
      RowsAt(info.restore_id, Lsn(std::numeric_limits<std::uint64_t>::max())));
  std::set<TableIncarnation> there;
  for (const TableInfo& table : shard.ListTables()) {
    there.insert(table.incarnation);
  }
  for (const TableIncarnation table : made_) {
    if (there.contains(table)) continue;
    return Wrong("table ", table.value(), " was made and is lost");
  }
  for (const SimTable& table : tables_) {
    if (!there.contains(table.incarnation)) continue;
    ROWHOUSE_RETURN_IF_ERROR(
        CheckTable(shard, expected.tables().at(table.incarnation), table));
  }
  return absl::OkStatus();
}

std::string Ledger::State() const {
  std::string state = absl::StrCat(incarnation_, " ", synced_.value());
  for (const auto& [push, lsn] : pushes_) {
    absl::StrAppend(&state, " ", push.first, ".", push.second, "@",
                    lsn.value());
  }
  for (const auto& [push, level] : acks_) {
    absl::StrAppend(&state, " ack ", push.first, ".", push.second, " ",
                    static_cast<int>(level));
  }
  for (const auto& [number, lsn] : sessions_) {
    absl::StrAppend(&state, " session ", number, "@", lsn.value());
  }
  absl::StrAppend(&state, " floor ", floor_);
  for (const std::uint64_t number : numbers_) {
    absl::StrAppend(&state, " number ", number);
  }
  return state;
}

absl::Status Ledger::CheckTable(const shard::Shard& shard,
                                const ReferenceTable& expected,
                                const SimTable& table) const {
  const BucketFunction bucket_of(table.spec.name, table.spec.placement);
  std::vector<Id> ids;
  for (const Id id : table.ids) {
    if (buckets_.Contains(bucket_of(id))) ids.push_back(id);
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const RowsReply rows,
                            shard.ReadRows({.table = table.spec.name,
                                            .incarnation = table.incarnation,
                                            .ids = ids}));
  const bool stepped = MovesEveryRow(table.spec);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::vector<float> want = expected.Row(ids[i]);
    std::vector<float> got(rows.weights.begin() + i * rows.dim,
                           rows.weights.begin() + (i + 1) * rows.dim);
    got.insert(got.end(), rows.slots.begin() + i * rows.slot_floats,
               rows.slots.begin() + (i + 1) * rows.slot_floats);
    const bool same =
        got.size() == want.size() &&
        std::memcmp(got.data(), want.data(), got.size() * sizeof(float)) == 0;
    if (!same) {
      return Wrong("row ", ids[i], " of table '", table.spec.name, "' is ",
                   Floats(got.data(), got.size()), ", must be ",
                   Floats(want.data(), want.size()), StepsOf(shard, expected));
    }
    if (!stepped && (rows.stored[i] != 0) != expected.Stored(ids[i])) {
      return Wrong("row ", ids[i], " of table '", table.spec.name, "' is ",
                   rows.stored[i] != 0 ? "stored" : "not stored");
    }
  }
  return absl::OkStatus();
}

}  // namespace rowhouse::sim
