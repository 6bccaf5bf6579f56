// Push and WriteRows: exactly once.
#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/mutation.h"
#include "base/status_macros.h"
#include "shard/state.h"
#include "shard/steps.h"
#include "shard/validate.h"

namespace rowhouse::shard {
namespace {

// A push of fewer floats is worked by its own thread: waking others costs more.
constexpr std::size_t kParallelFloatsMin = 1u << 16;

bool WaitsForJournal(Durability durability) {
  return durability != Durability::kMemory &&
         !Mutated(Mutation::kAckBeforeWrite);
}

// Notes terms in the records of tables where replay would not find the same.
void RecordTerms(const PushWork& work, std::uint64_t step,
                 std::vector<InputRecord>& records) {
  for (std::size_t i = 0; i < work.tables(); ++i) {
    const Table& table = work.table(i);
    if (work.terms(i) == PlainTerms(table, step)) continue;
    for (InputRecord& record : records) {
      if (record.table == table.incarnation()) record.terms = work.terms(i);
    }
  }
}

// Those of the push, and of the rows that its steps sweep.
std::size_t FloatsToWork(const PushWork& work, std::size_t lanes) {
  std::size_t floats = work.floats();
  for (std::size_t i = 0; i < work.tables(); ++i) {
    const Table& table = work.table(i);
    if (!table.stepped()) continue;
    for (std::uint32_t lane = 0; lane < lanes; ++lane) {
      floats +=
          table.stepped_lane(lane)->swept.load(std::memory_order_relaxed) *
          table.row_floats();
    }
  }
  return floats;
}

}  // namespace

absl::StatusOr<Lsn> Shard::State::Append(RecordKind kind,
                                         RecordEncoder::Pieces pieces) {
  if (disk_full) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "the disk is full: the shard waits for its reserve of ",
        options.disk_reserve_bytes, " bytes before it takes more"));
  }
  const absl::StatusOr<Lsn> lsn =
      journal->Append(static_cast<std::uint32_t>(kind), pieces);
  if (absl::IsResourceExhausted(lsn.status())) {
    AskForRoom();
    return lsn.status();
  }
  if (!lsn.ok()) return Fail(lsn.status());
  std::size_t bytes = 0;
  for (const auto piece : pieces) bytes += piece.size();
  appended_bytes += bytes;
  return lsn;
}

absl::StatusOr<std::optional<Lsn>> Shard::State::Decide(
    const PushHeader& header) {
  const PushWindow* window = sessions.Find(header.session.number);
  if (window == nullptr) return UnknownSession(header.session.number);
  switch (window->Decide(header.sequence)) {
    case PushWindow::Decision::kNew:
      ROWHOUSE_RETURN_IF_ERROR(epochs.CheckNew(header.snapshot_epoch));
      return std::nullopt;
    case PushWindow::Decision::kDone:
      return window->last_lsn();
    case PushWindow::Decision::kStale:
      break;
  }
  return absl::FailedPreconditionError(
      absl::StrCat("sequence ", header.sequence, " of session ",
                   header.session.number, " is stale: sequences below ",
                   window->lowest(), " are acknowledged, the next is ",
                   window->highest_plus_one(), ", the window ", kPushWindow));
}

absl::StatusOr<std::optional<Lsn>> Shard::State::Admit(
    const PushHeader& header) {
  ROWHOUSE_RETURN_IF_ERROR(CheckServing());
  ROWHOUSE_RETURN_IF_ERROR(
      CheckMapVersion(header.map_version, options.map_version));
  ROWHOUSE_RETURN_IF_ERROR(CheckIncarnation(header.session));
  ROWHOUSE_RETURN_IF_ERROR(CheckSequence(header));
  const absl::Time now = env.clock.Now();
  MutexLock lock(push_mu);
  if (sessions.Find(header.session.number) != nullptr) {
    leases.Renew(header.session.number, now);
  }
  return Decide(header);
}

// The one place where a push becomes true: its record has an LSN, its session
// has it as done and its lanes have it queued, all before the next push.
absl::StatusOr<PushReply> Shard::State::Commit(
    const PushHeader& header, RecordKind kind,
    absl::FunctionRef<RecordEncoder::Pieces()> encode, PushWork& work,
    Durability durability) {
  const absl::Status room = AwaitRowMemory(work);
  std::optional<Lsn> done;
  {
    MutexLock lock(push_mu);
    // Anything may have happened since Admit, a twin of this push included.
    ROWHOUSE_ASSIGN_OR_RETURN(done, Decide(header));
    if (!done.has_value()) {
      ROWHOUSE_RETURN_IF_ERROR(room);
      const bool steps = kind == RecordKind::kPush;
      if (steps) ROWHOUSE_RETURN_IF_ERROR(SetTerms(header, work));
      ROWHOUSE_ASSIGN_OR_RETURN(const Lsn lsn, Append(kind, encode()));
      sessions.Find(header.session.number)
          ->Apply(header.sequence, header.lowest_unacknowledged, lsn,
                  header.snapshot_epoch);
      ReachEpoch(header.snapshot_epoch);
      work.set_lsn(lsn);
      for (std::size_t i = 0; steps && i < work.tables(); ++i) {
        CountStep(work.table(i), work.terms(i), header.session.number);
        unsettled_steps += work.table(i).stepped() ? 1 : 0;
      }
      for (const std::uint32_t lane : work.lanes()) lanes[lane]->Enqueue(work);
    }
  }
  if (done.has_value()) return Answer(*done, /*duplicate=*/true, durability);
  if (WaitsForJournal(durability)) journal->WriteIfIdle();
  Apply(work);
  // The record is there, but a row that it needs could not be read.
  ROWHOUSE_RETURN_IF_ERROR(CheckAlive());
  ++counters.pushes;
  counters.push_rows += work.ids();
  return Answer(work.lsn(), /*duplicate=*/false, durability);
}

absl::Status Shard::State::SetTerms(const PushHeader& header,
                                    PushWork& work) const {
  for (std::size_t i = 0; i < work.tables(); ++i) {
    ROWHOUSE_ASSIGN_OR_RETURN(const kernels::StepTerms terms,
                              NextStep(work.table(i), work.asked(i), header));
    work.set_terms(i, terms);
  }
  return absl::OkStatus();
}

void Shard::State::Apply(const PushWork& work) {
  const absl::Span<const std::uint32_t> busy = work.lanes();
  if (FloatsToWork(work, lanes.size()) < kParallelFloatsMin) {
    for (const std::uint32_t lane : busy) lanes[lane]->Drain(work.lsn());
    return;
  }
  env.executor.ForEach(
      busy.size(), [&](std::size_t i) { lanes[busy[i]]->Drain(work.lsn()); });
}

absl::StatusOr<PushReply> Shard::State::Answer(Lsn lsn, bool duplicate,
                                               Durability durability) {
  if (duplicate) {
    ++counters.duplicates;
    Drain(lsn);  // the push that was first may still be under way
    ROWHOUSE_RETURN_IF_ERROR(CheckAlive());
  }
  if (WaitsForJournal(durability)) {
    const bool sync =
        durability == Durability::kPower && !Mutated(Mutation::kAckBeforeSync);
    const absl::Status status = sync ? journal->Sync(lsn) : journal->Write(lsn);
    if (!status.ok()) return Fail(status);
  }
  if (appended_bytes - synced_bytes > kJournalUnsyncedBytesMax &&
      periodic != nullptr) {
    periodic->Hurry();
  }
  if (NearBudget() &&
      appended_bytes - settled_bytes >= options.journal_segment_bytes) {
    AskForRoom();
  }
  PushReply reply;
  reply.lsn = lsn;
  reply.duplicate = duplicate;
  reply.durability = durability;
  reply.wanted_snapshot_epoch = wanted_epoch;
  return reply;
}

absl::StatusOr<PushReply> Shard::State::Push(const PushRequest& request) {
  const PushHeader& header = request.header;
  // The strictest of what the push asks and the tables it names want.
  Durability durability = header.durability.value_or(Durability::kMemory);
  if (request.inputs.empty() && !header.durability.has_value()) {
    durability = Durability::kProcess;
  }
  const auto name = [&](const Table& table) {
    durability = std::max(durability, table.spec().durability);
  };
  ROWHOUSE_ASSIGN_OR_RETURN(const std::optional<Lsn> done, Admit(header));
  if (done.has_value()) {
    for (const PushInput& input : request.inputs) {
      // One that was dropped since is no reason to forget the answer.
      if (const Table* table = tables.Find(input.table)) name(*table);
    }
    return Answer(*done, /*duplicate=*/true, durability);
  }
  ROWHOUSE_RETURN_IF_ERROR(CheckInputs(request.inputs.size()));
  const auto scratch = push_scratch.Take();
  scratch->inputs.clear();
  scratch->records.clear();
  RequestSize size;
  for (const PushInput& input : request.inputs) {
    ROWHOUSE_ASSIGN_OR_RETURN(
        Table* const table, FindTable(tables, input.table, input.incarnation));
    ROWHOUSE_RETURN_IF_ERROR(size.AddIds(input.bags.ids.size()));
    ROWHOUSE_RETURN_IF_ERROR(size.AddFloats(
        input.gradients.size() + input.bags.weights.size() +
        input.bags.row_splits.size() + 2 * input.bags.ids.size()));
    ROWHOUSE_RETURN_IF_ERROR(CheckPushInput(*table, input));
    name(*table);
    scratch->inputs.push_back({table,
                               input.bags,
                               input.gradients,
                               {input.learning_rate, input.table_step}});
    scratch->records.push_back(
        {table->incarnation(), input.dim, input.bags, input.gradients, {}});
  }
  ROWHOUSE_RETURN_IF_ERROR(
      scratch->work.FillGradients(scratch->inputs, buckets, options.lanes));
  const auto encode = [&] {
    RecordTerms(scratch->work, header.step, scratch->records);
    return scratch->encoder.Push(MakeRecordHeader(header), scratch->records);
  };
  return Commit(header, RecordKind::kPush, encode, scratch->work, durability);
}

absl::StatusOr<PushReply> Shard::State::WriteRows(
    const WriteRowsRequest& request) {
  const PushHeader& header = request.header;
  Durability durability = header.durability.value_or(Durability::kMemory);
  ROWHOUSE_ASSIGN_OR_RETURN(const std::optional<Lsn> done, Admit(header));
  const absl::StatusOr<Table*> found =
      FindTable(tables, request.table, request.incarnation);
  if (found.ok()) {
    durability = std::max(durability, (*found)->spec().durability);
  }
  if (done.has_value()) return Answer(*done, /*duplicate=*/true, durability);
  ROWHOUSE_ASSIGN_OR_RETURN(Table* const table, found);
  RequestSize size;
  ROWHOUSE_RETURN_IF_ERROR(size.AddIds(request.ids.size()));
  ROWHOUSE_RETURN_IF_ERROR(size.AddFloats(
      request.weights.size() + request.slots.size() + 2 * request.ids.size()));
  ROWHOUSE_RETURN_IF_ERROR(CheckWriteRows(*table, request));
  const auto scratch = push_scratch.Take();
  ROWHOUSE_RETURN_IF_ERROR(scratch->work.FillRows(
      {table, request.ids, request.weights, request.slots}, buckets,
      options.lanes));
  const RowsRecord record = {
      .table = table->incarnation(),
      .dim = request.dim,
      .slot_floats = request.slots.empty()
                         ? 0
                         : static_cast<std::uint32_t>(table->slot_floats()),
      .ids = request.ids,
      .weights = request.weights,
      .slots = request.slots};
  const auto encode = [&] {
    return scratch->encoder.WriteRows(MakeRecordHeader(header), record);
  };
  return Commit(header, RecordKind::kWriteRows, encode, scratch->work,
                durability);
}

// A push that meets a shard which has stopped may be in its journal, and be
// applied by the next start: no code but UNAVAILABLE may answer it.
absl::StatusOr<PushReply> Shard::State::Told(absl::StatusOr<PushReply> reply) {
  if (reply.ok()) return reply;
  ++counters.refused;
  const absl::Status& status = reply.status();
  if (fault().ok() || absl::IsUnavailable(status)) return reply;
  return absl::UnavailableError(
      absl::StrCat("the shard has stopped: ", status.ToString()));
}

absl::StatusOr<PushReply> Shard::Push(const PushRequest& request) {
  ReaderLock gate(state_->gate);
  return state_->Told(state_->Push(request));
}

absl::StatusOr<PushReply> Shard::WriteRows(const WriteRowsRequest& request) {
  ReaderLock gate(state_->gate);
  return state_->Told(state_->WriteRows(request));
}

}  // namespace rowhouse::shard
