#include "tests/sim/models/shard_model.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "storage/checkpoint.h"
#include "storage/mem_row_store.h"

namespace rowhouse::sim {
namespace {

constexpr std::uint64_t kMapVersion = 7;
constexpr char kCheckpoint[] = "c";
const std::string& CheckpointRoot() {
  static const auto* const root =
      new std::string(absl::StrCat(kSharedRoot, "/checkpoints"));
  return *root;
}

// Tables that nobody pushes to.
constexpr std::uint64_t kOtherTable = 500;
TableSpec OtherTable(std::uint64_t number) {
  TableSpec spec;
  spec.name = absl::StrCat("other", number);
  spec.dim = 1;
  return spec;
}

std::size_t Number(const std::string& word) {
  std::size_t number = 0;
  (void)absl::SimpleAtoi(word, &number);
  return number;
}

}  // namespace

// A disk, the shard on it, and what is true of it.
class ShardModel::Machine final : public SimDisk::Watcher {
 public:
  Machine(ShardModel& model, std::uint32_t index)
      : model_(model),
        index_(index),
        ledger_(index, model.map_.RangeOf(ShardIndex(index)),
                model.scenario_.tables) {}

  ~Machine() override { Down(); }

  // OK also when it died on the way, which alive() tells.
  absl::Status Start(int die_at) {
    disk_ = std::make_unique<SimDisk>(model_.scheduler_, 1, own_,
                                      model_.shared_, *this);
    if (die_at > 0) disk_->DieAtStep(static_cast<std::uint64_t>(die_at));
    SimDisk* const disk = disk_.get();
    const shard::Environment environment = {
        .disk = *disk,
        .clock = model_.scheduler_,
        .executor = *model_.executor_,
        .open_row_store = [disk](const std::string& path, bool read_only) {
          return storage::OpenMemRowStore(*disk, path, read_only);
        }};
    absl::StatusOr<std::unique_ptr<shard::Shard>> opened =
        shard::Shard::Open(OptionsOf(), environment);
    if (!alive()) return absl::OkStatus();
    if (!opened.ok()) return opened.status();
    shard_ = *std::move(opened);
    ROWHOUSE_RETURN_IF_ERROR(ledger_.CheckRecovered(*shard_));
    return wrong_;
  }

  // What was going on is over; the next calls find a dead process.
  void Crash(sim::Crash crash, std::uint64_t tear) {
    disk_->Die();
    const Scheduler::Quiet quiet(model_.scheduler_);
    if (crash == sim::Crash::kKill) {
      own_.Kill();
    } else {
      own_.PowerCut(tear, storage::MemDisk::Tear::kSectors);
    }
    ledger_.OnCrash(crash);
  }
  void Down() {
    if (disk_ != nullptr && alive()) {
      Crash(sim::Crash::kKill, 0);
    }
    shard_.reset();
  }

  void OnDeath() override { Crash(armed_, tear_); }
  void OnJournalBytes(absl::string_view bytes) override {
    wrong_.Update(ledger_.OnJournalBytes(bytes));
  }
  void Arm(int step, sim::Crash crash, std::uint64_t tear) {
    armed_ = crash;
    tear_ = tear;
    if (step > 0) disk_->DieAtStep(static_cast<std::uint64_t>(step));
  }

  bool alive() const { return !disk_->dead(); }
  shard::Shard& shard() { return *shard_; }
  Ledger& ledger() { return ledger_; }
  const absl::Status& wrong() const { return wrong_; }
  BucketRange buckets() const {
    return model_.map_.RangeOf(ShardIndex(index_));
  }
  std::string State() const {
    return absl::StrCat(own_.Fingerprint(), " ", ledger_.State());
  }

 private:
  shard::Options OptionsOf() const {
    shard::Options options;
    options.data_dir = "/data";
    options.checkpoint_dir = CheckpointRoot();
    options.index = ShardIndex(index_);
    options.shard_count = model_.scenario_.shards;
    options.map_version = kMapVersion;
    options.lanes = model_.scenario_.lanes;
    options.new_incarnation = 1000 + index_;
    options.journal_segment_bytes = model_.scenario_.segment_bytes;
    options.journal_unsettled_bytes_max = model_.scenario_.unsettled_bytes;
    options.disk_reserve_bytes = 0;
    options.version = "model";
    return options;
  }

  ShardModel& model_;
  const std::uint32_t index_;
  storage::MemDisk own_;
  Ledger ledger_;
  std::unique_ptr<SimDisk> disk_;
  std::unique_ptr<shard::Shard> shard_;
  absl::Status wrong_;
  sim::Crash armed_ = sim::Crash::kKill;
  std::uint64_t tear_ = 0;
};

ShardModel::ShardModel(const Scenario& scenario, Scheduler& scheduler)
    : scenario_(scenario),
      scheduler_(scheduler),
      map_(*ShardMap::Uniform(kMapVersion, scenario.shards)),
      left_{{"unheard", scenario.answers_lost},
            {"again", scenario.late_copies},
            {"sync", scenario.syncs},
            {"write", scenario.write_backs},
            {"crash", scenario.crashes},
            {"create", scenario.creates},
            {"drop", scenario.drops},
            {"checkpoint", scenario.checkpoints},
            {"close", scenario.closings},
            {"restore", scenario.restores}} {
  // Cannot fail on an empty disk.
  shared_.MakeDirectory(std::string(kSharedRoot)).IgnoreError();
  since_.resize(scenario.shards);
  for (std::uint32_t i = 0; i < scenario.shards; ++i) {
    machines_.push_back(std::make_unique<Machine>(*this, i));
    begun_.Update(machines_.back()->Start(0));
    for (const SimTable& table : scenario.tables) {
      if (!begun_.ok()) break;
      begun_.Update(
          machines_.back()->shard().CreateTable(table.spec, table.incarnation));
      machines_.back()->ledger().OnTableMade(table.incarnation);
    }
  }
  clients_.resize(scenario.scripts.size());
  for (std::size_t c = 0; c < clients_.size(); ++c) {
    clients_[c].sessions.resize(scenario.shards);
    for (std::size_t s = 0; scenario.connected && s < scenario.shards; ++s) {
      if (begun_.ok()) begun_.Update(Open(c, s));
    }
  }
}

ShardModel::~ShardModel() = default;

std::vector<std::string> ShardModel::Actions() const {
  std::vector<std::string> actions;
  for (std::size_t c = 0; c < clients_.size(); ++c) {
    for (std::size_t s = 0; s < scenario_.shards; ++s) {
      if (clients_[c].sessions[s].has_value()) continue;
      const std::string open = absl::StrCat("open ", c, " ", s);
      actions.push_back(open);
      AddCrashes(open, scenario_.dying_steps, actions);
    }
    AddPushes(c, actions);
  }
  for (std::size_t s = 0; s < scenario_.shards; ++s) {
    if (left_.at("sync") > 0) actions.push_back(absl::StrCat("sync ", s));
    if (left_.at("create") > 0) {
      const std::string create = absl::StrCat("create ", s);
      actions.push_back(create);
      AddCrashes(create, 4 * scenario_.dying_steps, actions);
    }
    if (left_.at("drop") > 0 && left_.at("create") < scenario_.creates) {
      const std::string drop = absl::StrCat("drop ", s);
      actions.push_back(drop);
      AddCrashes(drop, 4 * scenario_.dying_steps, actions);
    }
    if (left_.at("write") > 0) {
      const std::string write = absl::StrCat("write ", s);
      actions.push_back(write);
      AddCrashes(write, 6 * scenario_.dying_steps, actions);
    }
    // Between two calls, and, of the process that comes after, in its recovery.
    AddCrashes(absl::StrCat("nothing ", s), 0, actions);
  }
  if (left_.at("checkpoint") > 0) actions.push_back("checkpoint");
  if (left_.at("close") > 0 && cut_.has_value()) actions.push_back("close");
  if (left_.at("restore") > 0 && !checkpoint_.empty()) {
    actions.push_back("restore");
  }
  return actions;
}

// CALL dying STEP CRASH TEAR RECOVERY: dies at that step (0: after the call),
// and once more in step RECOVERY of what opens it again (0: not).
void ShardModel::AddCrashes(const std::string& call, int steps,
                            std::vector<std::string>& actions) const {
  if (left_.at("crash") == 0) return;
  for (int step = steps > 0 ? 1 : 0; step <= steps; ++step) {
    const auto add = [&](const char* crash, int tear) {
      // Dying twice is looked at between calls alone.
      const int openings = steps > 0 ? 0 : scenario_.opening_steps;
      for (int opening = 0; opening <= openings; ++opening) {
        actions.push_back(absl::StrCat(call, " dying ", step, " ", crash, " ",
                                       tear, " ", opening));
      }
    };
    if (scenario_.kills) add("kill", 0);
    for (int tear = 0; tear < scenario_.power_cuts; ++tear) add("power", tear);
  }
}

bool ShardModel::Finished(const Client& client, std::size_t push) const {
  return Unanswered(client, push) == 0;
}

std::size_t ShardModel::Unanswered(const Client& client,
                                   std::size_t push) const {
  const std::size_t c = &client - clients_.data();
  std::size_t count = 0;
  for (std::size_t s = 0; s < scenario_.shards; ++s) {
    count += !scenario_.scripts[c][push].tables[s].empty() &&
             !client.answered.contains({push, s});
  }
  return count;
}

void ShardModel::AddPushes(std::size_t client,
                           std::vector<std::string>& actions) const {
  const Client& state = clients_[client];
  const bool ready =
      std::all_of(state.sessions.begin(), state.sessions.end(),
                  [](const auto& session) { return session.has_value(); });
  if (!ready) return;
  const std::vector<ScriptedPush>& script = scenario_.scripts[client];
  std::size_t open = 0;
  for (std::size_t p = 0; p < script.size(); ++p) {
    const bool sent = p < state.sent.size();
    if (!sent && (p > state.sent.size() || open >= scenario_.in_flight_max)) {
      break;
    }
    open += Finished(state, p) ? 0 : 1;
    for (std::size_t s = 0; s < scenario_.shards; ++s) {
      if (script[p].tables[s].empty()) continue;
      const std::string push = absl::StrCat("push ", client, " ", p, " ", s);
      if (!state.answered.contains({p, s})) {
        actions.push_back(push);
        AddCrashes(push, scenario_.dying_steps, actions);
        if (left_.at("unheard") > 0) actions.push_back(push + " unheard");
      } else if (left_.at("again") > 0) {
        actions.push_back(push + " again");
      }
    }
  }
}

absl::Status ShardModel::Take(const std::string& action) {
  ROWHOUSE_RETURN_IF_ERROR(begun_);
  std::vector<std::string> words = absl::StrSplit(action, ' ');
  const auto dying = std::find(words.begin(), words.end(), "dying");
  const std::vector<std::string> how(dying, words.end());
  words.erase(dying, words.end());
  if (how.empty()) {
    for (std::size_t s = 0; s < machines_.size(); ++s) {
      if (words.size() == 1 || s == ShardOf(words)) {
        absl::StrAppend(&since_[s], action, "; ");
      }
    }
    ROWHOUSE_RETURN_IF_ERROR(Do(words));
  } else {
    ROWHOUSE_RETURN_IF_ERROR(DieIn(words, how));
  }
  return CheckAll();
}

std::size_t ShardModel::ShardOf(const std::vector<std::string>& words) {
  return Number(words[0] == "push"   ? words[3]
                : words[0] == "open" ? words[2]
                                     : words[1]);
}

absl::Status ShardModel::DieIn(const std::vector<std::string>& words,
                               const std::vector<std::string>& how) {
  Machine& machine = *machines_[ShardOf(words)];
  const int step = static_cast<int>(Number(how[1]));
  const auto crash = how[2] == "kill" ? Crash::kKill : Crash::kPowerCut;
  const std::uint64_t tear = Number(how[3]);
  const int opening = static_cast<int>(Number(how[4]));
  --left_["crash"];
  machine.Arm(step, crash, tear);
  const absl::Status done = Do(words);
  if (step == 0) {
    ROWHOUSE_RETURN_IF_ERROR(done);
    machine.Crash(crash, tear);
  } else if (machine.alive()) {
    return absl::NotFoundError("it takes fewer steps");
  }
  ROWHOUSE_RETURN_IF_ERROR(machine.wrong());
  machine.Down();
  if (opening > 0) {
    ROWHOUSE_RETURN_IF_ERROR(machine.Start(opening));
    if (machine.alive()) return absl::NotFoundError("it takes fewer steps");
    machine.Down();
  }
  since_[ShardOf(words)].clear();
  return machine.Start(0);
}

absl::Status ShardModel::Do(const std::vector<std::string>& words) {
  if (words[0] == "open") return Open(Number(words[1]), Number(words[2]));
  if (words[0] == "checkpoint") return OpenCut();
  if (words[0] == "close") return CloseCut();
  if (words[0] == "restore") return Restore();
  if (words[0] == "push") {
    if (words.size() > 4) --left_[words[4]];
    return Push(Number(words[1]), Number(words[2]), Number(words[3]),
                words.size() == 4);
  }
  Machine& machine = *machines_[Number(words[1])];
  if (words[0] == "nothing") return absl::OkStatus();
  const auto number = static_cast<std::uint64_t>(left_[words[0]]--);
  absl::Status done;
  if (words[0] == "create") {
    const TableIncarnation incarnation(kOtherTable + number);
    done = machine.shard().CreateTable(OtherTable(number), incarnation);
    if (machine.alive() && done.ok()) machine.ledger().OnTableMade(incarnation);
  } else if (words[0] == "drop") {
    // The first of them, if it is there.
    const auto first = static_cast<std::uint64_t>(scenario_.creates);
    machine.ledger().OnTableDropped(TableIncarnation(kOtherTable + first));
    done = machine.shard().DropTable({OtherTable(first).name});
    if (absl::IsNotFound(done)) done = absl::OkStatus();
  } else {
    done = words[0] == "sync" ? machine.shard().Maintain()
                              : machine.shard().WriteBack();
  }
  return machine.alive() ? done : absl::OkStatus();
}

absl::Status ShardModel::Open(std::size_t client, std::size_t shard) {
  Machine& machine = *machines_[shard];
  const absl::StatusOr<OpenSessionReply> reply = machine.shard().OpenSession();
  if (!machine.alive()) return absl::OkStatus();
  ROWHOUSE_RETURN_IF_ERROR(reply.status());
  clients_[client].epoch =
      std::max(clients_[client].epoch, reply->wanted_snapshot_epoch);
  clients_[client].sessions[shard] = reply->session;
  return machine.ledger().OnSession(*reply);
}

void ShardModel::Send(std::size_t client, std::size_t push) {
  Client& state = clients_[client];
  PushHeader header;
  header.map_version = kMapVersion;
  header.sequence = push;
  header.snapshot_epoch = state.epoch;
  header.step = push + 1;
  header.durability = scenario_.scripts[client][push].level;
  for (header.lowest_unacknowledged = 0;
       header.lowest_unacknowledged < push &&
       Finished(state, header.lowest_unacknowledged);) {
    ++header.lowest_unacknowledged;
  }
  std::vector<PushMessage> parts(scenario_.shards);
  for (std::size_t s = 0; s < scenario_.shards; ++s) {
    parts[s].header = header;
    parts[s].header.session = *state.sessions[s];
    for (const std::size_t t : scenario_.scripts[client][push].tables[s]) {
      const SimTable& table = scenario_.tables[t];
      MessageInput input = InputOf(table);
      const BucketFunction bucket_of(table.spec.name, table.spec.placement);
      for (const Id id : table.ids) {
        if (!machines_[s]->buckets().Contains(bucket_of(id))) continue;
        input.ids.push_back(id);
        input.gradients.resize(input.ids.size() * table.spec.dim,
                               static_cast<float>(1 + client + 2 * push));
      }
      if (MovesEveryRow(table.spec)) input.table_step = push;
      parts[s].inputs.push_back(std::move(input));
    }
  }
  state.sent.push_back(std::move(parts));
}

absl::Status ShardModel::Push(std::size_t client, std::size_t push,
                              std::size_t shard, bool heard) {
  Client& state = clients_[client];
  if (push == state.sent.size()) Send(client, push);
  Machine& machine = *machines_[shard];
  const PushMessage& message = state.sent[push][shard];
  const absl::StatusOr<PushReply> reply = message.Deliver(machine.shard());
  if (!machine.alive()) return absl::OkStatus();
  if (!reply.ok()) {
    // Of a copy that comes late the shard may have forgotten all, and after a
    // restore nobody is asked for the pushes from before.
    if (!absl::IsFailedPrecondition(reply.status())) return reply.status();
    if (state.answered.contains({push, shard})) return absl::OkStatus();
    if (left_.at("restore") == scenario_.restores) return reply.status();
    GiveUp(state);
    return absl::OkStatus();
  }
  if (heard) state.answered.insert({push, shard});
  return machine.ledger().OnAcknowledged(message.header, *reply);
}

// A restore has ended its sessions: new pushes go under new ones.
void ShardModel::GiveUp(Client& client) {
  for (auto& session : client.sessions) session.reset();
  client.epoch = 0;
  for (std::size_t p = 0; p < client.sent.size(); ++p) {
    for (std::size_t s = 0; s < scenario_.shards; ++s) {
      client.answered.insert({p, s});
    }
  }
}

absl::Status ShardModel::OpenCut() {
  --left_["checkpoint"];
  std::uint64_t epoch = 0;
  for (const auto& machine : machines_) {
    epoch = std::max(epoch, machine->shard().Info().snapshot_epoch);
  }
  for (const auto& machine : machines_) {
    ROWHOUSE_RETURN_IF_ERROR(
        machine->shard().OpenCheckpoint(kCheckpoint, epoch));
  }
  cut_ = epoch;
  return absl::OkStatus();
}

// Asks all clients to move; those whose pushes are all answered do so. The cut
// is given up where a shard has died since it was opened.
absl::Status ShardModel::CloseCut() {
  --left_["close"];
  absl::StatusOr<bool> closed = TryClose();
  if (closed.ok() && !*closed) {
    ROWHOUSE_RETURN_IF_ERROR(MoveClients(*cut_ + 1));
    closed = TryClose();
  }
  if (!absl::IsFailedPrecondition(closed.status())) return closed.status();
  for (const auto& machine : machines_) {
    ROWHOUSE_RETURN_IF_ERROR(
        machine->shard().AbortCheckpoint(kCheckpoint, *cut_));
  }
  cut_.reset();
  return absl::OkStatus();
}

// False: some client has not moved.
absl::StatusOr<bool> ShardModel::TryClose() {
  std::vector<ShardCheckpoint> parts;
  std::vector<Reference> rows;
  for (const auto& machine : machines_) {
    const absl::StatusOr<ShardCheckpoint> part =
        machine->shard().CloseCheckpoint(kCheckpoint, *cut_);
    if (absl::IsUnavailable(part.status())) continue;
    ROWHOUSE_RETURN_IF_ERROR(part.status());
    parts.push_back(*part);
    const ShardInfo info = machine->shard().Info();
    ROWHOUSE_ASSIGN_OR_RETURN(
        rows.emplace_back(),
        machine->ledger().RowsAt(info.restore_id, info.last_lsn, *cut_));
  }
  if (parts.size() < machines_.size()) return false;
  ROWHOUSE_RETURN_IF_ERROR(machines_[0]
                               ->shard()
                               .CommitCheckpoint(kCheckpoint, *cut_, parts)
                               .status());
  cut_.reset();
  checkpoint_ = std::move(rows);
  return true;
}

absl::Status ShardModel::MoveClients(std::uint64_t epoch) {
  for (Client& client : clients_) {
    bool answered = true;
    for (std::size_t p = 0; p < client.sent.size(); ++p) {
      answered = answered && Finished(client, p);
    }
    if (!answered) continue;
    client.epoch = std::max(client.epoch, epoch);
    for (std::size_t s = 0; s < machines_.size(); ++s) {
      if (!client.sessions[s].has_value()) continue;
      ROWHOUSE_RETURN_IF_ERROR(machines_[s]
                                   ->shard()
                                   .Heartbeat({.map_version = kMapVersion,
                                               .session = *client.sessions[s],
                                               .snapshot_epoch = client.epoch})
                                   .status());
    }
  }
  return absl::OkStatus();
}

absl::Status ShardModel::Restore() {
  const auto restore_id = static_cast<std::uint64_t>(10 + left_["restore"]--);
  for (std::size_t s = 0; s < machines_.size(); ++s) {
    machines_[s]->ledger().Promise(restore_id, checkpoint_[s]);
    ROWHOUSE_RETURN_IF_ERROR(machines_[s]->shard().BeginRestore(
        {kCheckpoint, restore_id, /*replace=*/true}));
  }
  for (const auto& machine : machines_) {
    ROWHOUSE_RETURN_IF_ERROR(machine->shard().FinishRestore(restore_id));
  }
  return absl::OkStatus();
}

absl::Status ShardModel::CheckAll() const {
  for (const auto& machine : machines_) {
    ROWHOUSE_RETURN_IF_ERROR(machine->wrong());
    ROWHOUSE_RETURN_IF_ERROR(machine->ledger().CheckRows(machine->shard()));
  }
  return absl::OkStatus();
}

std::string ShardModel::State() const {
  std::string state;
  for (std::size_t s = 0; s < machines_.size(); ++s) {
    absl::StrAppend(&state, "| ", since_[s], machines_[s]->State());
  }
  absl::StrAppend(&state, "| cut ", cut_.has_value() ? *cut_ + 1 : 0);
  for (const Client& client : clients_) {
    absl::StrAppend(&state, "| ", client.sent.size(), " in ", client.epoch);
    for (const auto& session : client.sessions) {
      absl::StrAppend(&state, " ", session.has_value() ? session->number : 0);
    }
    for (const auto& [push, shard] : client.answered) {
      absl::StrAppend(&state, " ", push, "@", shard);
    }
    for (const auto& parts : client.sent) {
      absl::StrAppend(&state, " low ", parts[0].header.lowest_unacknowledged,
                      " in ", parts[0].header.snapshot_epoch);
    }
  }
  for (const auto& [what, left] : left_) {
    absl::StrAppend(&state, " ", what, left);
  }
  return state;
}

}  // namespace rowhouse::sim
