#include "tests/sim/trainer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/session_status.h"

namespace rowhouse::sim {
namespace {

constexpr std::uint64_t kLateOneIn = 10;

// What another try may end better from. A full disk is one such thing.
bool IsPassing(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsResourceExhausted(status);
}

std::optional<Durability> DrawLevel(Random& random) {
  switch (random.Below(6)) {
    case 0:
      return Durability::kPower;
    case 1:
      return Durability::kProcess;
    case 2:
      return Durability::kMemory;
    default:
      return std::nullopt;
  }
}

}  // namespace

Trainer::Trainer(Scheduler& scheduler, Story& story, Network& network,
                 const std::vector<std::unique_ptr<Node>>& nodes,
                 const ShardMap& map, const std::vector<SimTable>& tables,
                 const Options& options, std::uint64_t seed)
    : scheduler_(scheduler),
      story_(story),
      network_(network),
      nodes_(nodes),
      map_(map),
      tables_(tables),
      options_(options),
      random_(seed) {}

void Trainer::Run() {
  for (std::uint64_t i = 0; i < options_.pushes && !story_.failed(); ++i) {
    if (random_.OneIn(options_.restart_one_in)) GiveUp();
    if (sessions_.empty() && !Connect()) break;
    if (random_.OneIn(3)) Beat();
    // It moves where nothing is on its way, sooner or later.
    const bool moves = wanted_epoch_ > epoch_ && random_.OneIn(3);
    WaitForRoom(moves ? 0 : options_.in_flight_max - 1);
    // They may have ended while it waited.
    const std::shared_ptr<Delivery> delivery = Draw();
    if (delivery != nullptr) Send(delivery);
    // Where a cut may be closed.
    if (epoch_ > 0 && random_.OneIn(kLateOneIn)) PushLate();
    if (random_.OneIn(4)) {
      scheduler_.Sleep(absl::Microseconds(random_.Between(1, 2000)));
    }
  }
  WaitForRoom(0);
  EndSessions();
  finished_ = true;
}

bool Trainer::Connect() {
  while (!story_.failed()) {
    std::vector<SessionName> sessions;
    std::set<std::uint64_t> restore_ids;
    for (const auto& node : nodes_) {
      const std::optional<OpenSessionReply> reply = OpenSession(*node);
      if (!reply.has_value()) break;
      sessions.push_back(reply->session);
      wanted_epoch_ = std::max(wanted_epoch_, reply->wanted_snapshot_epoch);
      restore_ids.insert(reply->restore_id);
    }
    // Shards that were not all restored by the same restore are in the middle
    // of one.
    if (sessions.size() == nodes_.size() && restore_ids.size() == 1) {
      sessions_ = std::move(sessions);
      next_sequence_ = 0;
      epoch_ = wanted_epoch_;
      if (AskSteps()) {
        story_.Note("has sessions");
        return true;
      }
      sessions_.clear();
    }
    scheduler_.Sleep(absl::Microseconds(random_.Between(100, 3000)));
  }
  return false;
}

std::optional<OpenSessionReply> Trainer::OpenSession(Node& node) {
  while (!story_.failed()) {
    const absl::StatusOr<OpenSessionReply> reply =
        network_.Call<OpenSessionReply>(
            node, absl::StrCat(options_.name, " opens a session"), Timeout(),
            [story = &story_](Node& at,
                              Life& life) -> absl::StatusOr<OpenSessionReply> {
              absl::StatusOr<OpenSessionReply> opened =
                  life.shard->OpenSession();
              if (opened.ok() && life.alive()) {
                story->Check(at.ledger().OnSession(*opened));
              }
              return opened;
            });
    if (reply.ok()) return *reply;
    if (!IsPassing(reply.status())) {
      OnRefusal("no session", reply.status());
      return std::nullopt;
    }
    scheduler_.Sleep(absl::Microseconds(random_.Between(100, 3000)));
  }
  return std::nullopt;
}

bool Trainer::AskSteps() {
  table_steps_.clear();
  for (const SimTable& table : tables_) {
    if (!options_.steps_tables || !MovesEveryRow(table.spec)) continue;
    std::set<std::uint64_t> steps;
    for (const auto& node : nodes_) {
      const absl::StatusOr<TableInfo> info =
          network_.Call<TableInfo>(*node, "describe", Timeout(),
                                   [name = table.spec.name](Node&, Life& life) {
                                     return life.shard->DescribeTable(name);
                                   });
      if (!info.ok()) return false;
      steps.insert(info->steps);
    }
    if (steps.size() > 1) {
      // A restore may have reached one and not the other.
      if (options_.restores) return false;
      story_.Check(absl::InternalError(
          absl::StrCat("shards differ in the steps of ", table.spec.name)));
      return false;
    }
    table_steps_[table.incarnation] = *steps.begin();
  }
  return true;
}

void Trainer::Beat() {
  if (in_flight_.empty()) epoch_ = wanted_epoch_;
  for (std::size_t s = 0; s < sessions_.size(); ++s) {
    const HeartbeatRequest request = {.map_version = map_.version(),
                                      .session = sessions_[s],
                                      .snapshot_epoch = epoch_};
    scheduler_.Spawn(absl::StrCat(options_.name, " lives"),
                     [this, &node = *nodes_[s], request, timeout = Timeout()] {
                       const absl::StatusOr<std::uint64_t> wanted =
                           network_.Call<std::uint64_t>(
                               node, "heartbeat", timeout,
                               [request](Node&, Life& life) {
                                 return life.shard->Heartbeat(request);
                               });
                       // Sessions that have ended are for the next push to find
                       // out.
                       if (wanted.ok())
                         wanted_epoch_ = std::max(wanted_epoch_, *wanted);
                     });
  }
}

void Trainer::EndSessions() {
  for (std::size_t s = 0; s < sessions_.size(); ++s) {
    scheduler_.Spawn(
        absl::StrCat(options_.name, " goes"),
        [this, &node = *nodes_[s], session = sessions_[s],
         timeout = Timeout()] {
          network_
              .Call<bool>(node, "end of session", timeout,
                          [session](Node&, Life& life) -> absl::StatusOr<bool> {
                            const absl::Status ended =
                                life.shard->EndSession(session);
                            if (!ended.ok()) return ended;
                            return true;
                          })
              .IgnoreError();
        });
  }
  sessions_.clear();
}

void Trainer::OnRefusal(const std::string& what, const absl::Status& status) {
  const bool ends = options_.restores
                        ? absl::IsFailedPrecondition(status)
                        : options_.checkpoints && IsSessionEnded(status);
  if (ends) return GiveUp();
  story_.Check(absl::InternalError(
      absl::StrCat(options_.name, ", ", what, ": ", status.ToString())));
}

std::uint64_t Trainer::Lowest() const {
  return in_flight_.empty() ? next_sequence_ : in_flight_.begin()->first;
}

std::shared_ptr<Trainer::Delivery> Trainer::Draw() {
  auto delivery = std::make_shared<Delivery>();
  PushHeader header;
  header.map_version = map_.version();
  header.step = ++step_;
  header.durability = DrawLevel(random_);
  delivery->parts.resize(nodes_.size());
  DrawTables(*delivery);
  if (sessions_.empty()) return nullptr;
  // Every push before it is acknowledged by every shard.
  if (in_flight_.empty()) epoch_ = wanted_epoch_;
  header.snapshot_epoch = epoch_;
  header.sequence = delivery->sequence = next_sequence_++;
  header.lowest_unacknowledged = std::min(Lowest(), header.sequence);
  for (std::size_t s = 0; s < nodes_.size(); ++s) {
    delivery->parts[s].header = header;
    delivery->parts[s].header.session = sessions_[s];
    delivery->unanswered += delivery->parts[s].inputs.empty() ? 0 : 1;
  }
  return delivery;
}

void Trainer::DrawTables(Delivery& delivery) {
  const std::uint64_t count = random_.Between(1, 2);
  const bool writes = random_.OneIn(12);
  for (std::uint64_t i = 0; i < count; ++i) {
    const SimTable& table = tables_[random_.Below(tables_.size())];
    const bool stepped = MovesEveryRow(table.spec);
    if (stepped && (!options_.steps_tables || writes)) continue;
    // Every shard must have a step before the next one is sent.
    if (stepped) WaitForRoom(0);
    std::optional<std::uint64_t> step;
    if (stepped) {
      const bool named = std::any_of(
          delivery.parts[0].inputs.begin(), delivery.parts[0].inputs.end(),
          [&](const MessageInput& input) {
            return input.incarnation == table.incarnation;
          });
      if (named) continue;
      step = table_steps_[table.incarnation]++;
    }
    for (std::size_t s = 0; s < nodes_.size(); ++s) {
      PushMessage& part = delivery.parts[s];
      MessageInput input = DrawInput(
          table, map_.RangeOf(ShardIndex(static_cast<std::uint32_t>(s))),
          random_);
      input.table_step = step;
      if (input.ids.empty() && !stepped) continue;
      if (writes) {
        input.ids.resize(1);
        input.gradients.resize(table.spec.dim);
        part.writes = true;
        part.inputs.clear();
      }
      part.inputs.push_back(std::move(input));
    }
  }
}

void Trainer::Send(const std::shared_ptr<Delivery>& delivery) {
  if (delivery->unanswered == 0) return;
  in_flight_[delivery->sequence] = delivery;
  for (std::size_t s = 0; s < nodes_.size(); ++s) {
    if (delivery->parts[s].inputs.empty()) continue;
    scheduler_.Spawn(absl::StrCat(options_.name, " push ", delivery->sequence,
                                  " to ", nodes_[s]->name()),
                     [this, delivery, s] { SendPart(delivery, s); });
  }
}

void Trainer::PushLate() {
  const SimTable& table = tables_[random_.Below(tables_.size())];
  if (sessions_.empty() || MovesEveryRow(table.spec)) return;
  const std::size_t shard = random_.Below(nodes_.size());
  auto part = std::make_shared<PushMessage>();
  part->inputs.push_back(DrawInput(
      table, map_.RangeOf(ShardIndex(static_cast<std::uint32_t>(shard))),
      random_));
  if (part->inputs.front().ids.empty()) return;
  PushHeader& header = part->header;
  header.map_version = map_.version();
  header.session = sessions_[shard];
  header.sequence = next_sequence_++;
  header.lowest_unacknowledged = std::min(Lowest(), header.sequence);
  header.snapshot_epoch = epoch_ - 1;
  header.step = ++step_;
  scheduler_.Spawn(
      absl::StrCat(options_.name, " is late at ", nodes_[shard]->name()),
      [this, &node = *nodes_[shard], part, timeout = Timeout()] {
        network_
            .Call<PushReply>(node, "late push", timeout, Deliver(story_, part))
            .IgnoreError();
      });
}

void Trainer::SendPart(const std::shared_ptr<Delivery>& delivery,
                       std::size_t shard) {
  // Owned with the delivery by copies that come late.
  const std::shared_ptr<const PushMessage> part(delivery,
                                                &delivery->parts[shard]);
  while (!delivery->given_up && !story_.failed()) {
    const absl::StatusOr<PushReply> reply = network_.Call<PushReply>(
        *nodes_[shard],
        absl::StrCat(options_.name, " push ", delivery->sequence), Timeout(),
        Deliver(story_, part));
    if (reply.ok()) {
      wanted_epoch_ = std::max(wanted_epoch_, reply->wanted_snapshot_epoch);
      break;
    }
    if (!IsPassing(reply.status())) {
      // One of sessions that were given up meanwhile is no news.
      if (!delivery->given_up) {
        OnRefusal(absl::StrCat("push ", delivery->sequence, " to ",
                               nodes_[shard]->name(), " is refused"),
                  reply.status());
      }
      break;
    }
    scheduler_.Sleep(absl::Microseconds(random_.Between(100, 3000)));
  }
  if (--delivery->unanswered > 0 || delivery->given_up) return;
  in_flight_.erase(delivery->sequence);
}

void Trainer::WaitForRoom(std::size_t room) {
  while (in_flight_.size() > room) scheduler_.Sleep(absl::Microseconds(50));
}

// As a trainer that is started again: what is in flight may arrive or not.
void Trainer::GiveUp() {
  story_.Note("gives up its sessions");
  for (auto& [sequence, delivery] : in_flight_) delivery->given_up = true;
  in_flight_.clear();
  // One that is killed says nothing.
  if (random_.OneIn(2)) EndSessions();
  sessions_.clear();
}

}  // namespace rowhouse::sim
