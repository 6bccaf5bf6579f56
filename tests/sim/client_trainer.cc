#include "tests/sim/client_trainer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/sim/push_message.h"
#include "tests/sim/sim_executor.h"
#include "tests/sim/sim_stub.h"

namespace rowhouse::sim {

ClientTrainer::ClientTrainer(Scheduler& scheduler, Story& story,
                             Network& network,
                             const std::vector<std::unique_ptr<Node>>& nodes,
                             const std::vector<SimTable>& tables,
                             const Options& options, std::uint64_t seed)
    : scheduler_(scheduler),
      story_(story),
      network_(network),
      nodes_(nodes),
      tables_(tables),
      options_(options),
      random_(seed),
      step_(options.first_step) {}

void ClientTrainer::Run() {
  for (std::uint64_t i = 0; i < options_.pushes && !story_.failed(); ++i) {
    if (random_.OneIn(options_.restart_one_in)) client_.reset();
    if (client_ == nullptr && !Connect()) break;
    if (random_.OneIn(15)) {
      Write();
    } else {
      Train();
    }
    if (random_.OneIn(3)) {
      client_->Beat(scheduler_.Now() + absl::Milliseconds(10));
    }
    if (random_.OneIn(4)) Sleep(absl::Microseconds(random_.Between(1, 2000)));
  }
  if (client_ != nullptr) Finish();
  client_.reset();
  finished_ = true;
}

bool ClientTrainer::Connect() {
  while (!story_.failed()) {
    std::vector<std::unique_ptr<internal::ShardStub>> stubs;
    for (const auto& node : nodes_) {
      stubs.push_back(
          std::make_unique<SimShardStub>(scheduler_, story_, network_, *node));
    }
    internal::Connection::Options options;
    options.number_seed = random_.Next();
    options.cluster.clock = &scheduler_;
    options.cluster.sleeper = this;
    options.cluster.executor =
        std::make_unique<SimExecutor>(scheduler_, options_.name);
    options.cluster.retry = {
        .timeout = absl::Milliseconds(random_.Between(5, 100)),
        .try_timeout = absl::Milliseconds(random_.Between(1, 10)),
        .wait_min = absl::Microseconds(200),
        .wait_max = absl::Milliseconds(5),
        .jitter_seed = random_.Next(),
        .budget = {.per_second = 1000}};
    auto client =
        internal::Connection::Open(std::move(stubs), std::move(options));
    if (client.ok()) {
      client_ = *std::move(client);
      story_.Note("the client is connected");
      return true;
    }
    Judge("connect", client.status());
    Sleep(absl::Microseconds(random_.Between(100, 3000)));
  }
  return false;
}

std::vector<FeatureIds> ClientTrainer::Draw() {
  static constexpr Combiner kCombiners[] = {Combiner::kSum, Combiner::kMean,
                                            Combiner::kSqrtn, Combiner::kNone};
  std::vector<FeatureIds> features;
  const std::uint64_t count = random_.Between(1, 3);
  for (std::uint64_t i = 0; i < count; ++i) {
    const SimTable& table = tables_[random_.Below(tables_.size())];
    if (MovesEveryRow(table.spec) && !options_.steps_tables) continue;
    FeatureIds feature;
    feature.table = table.spec.name;
    feature.dim = table.spec.dim;
    feature.combiner = kCombiners[random_.Below(4)];
    // From all shards.
    MessageInput input = DrawInput(table, {0, kBuckets}, random_);
    feature.batch.ids = std::move(input.ids);
    if (feature.combiner != Combiner::kNone) {
      feature.batch.row_splits = std::move(input.row_splits);
    }
    features.push_back(std::move(feature));
  }
  return features;
}

void ClientTrainer::Train() {
  std::vector<FeatureIds> features = Draw();
  if (features.empty()) return;
  auto found = client_->Lookup(std::move(features));
  if (!found.ok()) return Judge("lookup", found.status());
  std::vector<std::vector<float>> values;
  std::vector<absl::Span<const float>> gradients;
  for (const Activation& activation : found->first) {
    std::vector<float>& gradient = values.emplace_back();
    for (std::size_t i = 0; i < activation.rows * activation.dim; ++i) {
      gradient.push_back(DrawGradient(random_));
    }
  }
  for (const std::vector<float>& gradient : values) {
    gradients.emplace_back(gradient);
  }
  const absl::StatusOr<PushOutcome> outcome =
      client_->Push(std::move(found->second), gradients, {.step = ++step_});
  Judge("push", outcome.status());
}

void ClientTrainer::Write() {
  const SimTable& table = tables_[random_.Below(tables_.size())];
  if (MovesEveryRow(table.spec)) return;
  const Id ids[] = {table.ids[random_.Below(table.ids.size())]};
  std::vector<float> weights;
  for (std::uint32_t d = 0; d < table.spec.dim; ++d) {
    weights.push_back(DrawGradient(random_));
  }
  Judge("write", client_->WriteRows(table.spec.name, ids, weights, {}));
}

// Everything ends: what was kept is completed, or was ended by a restore.
void ClientTrainer::Finish() {
  while (!story_.failed()) {
    const absl::Status status = client_->Flush();
    Judge("flush", status);
    if (!absl::IsUnavailable(status) && !absl::IsDeadlineExceeded(status)) {
      return;
    }
  }
}

void ClientTrainer::Judge(const char* what, const absl::Status& status) {
  if (status.ok()) return;
  story_.Note(absl::StrCat(what, ": ", status.ToString()));
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kResourceExhausted:
      return;
    case absl::StatusCode::kFailedPrecondition:
      // Also where a push of the client before this one comes late, and is the
      // step that this one wanted to be.
      if (options_.refusals || options_.restart_one_in > 0) return;
      break;
    default:
      break;
  }
  story_.Check(absl::InternalError(absl::StrCat(
      options_.name, ": ", what, " ends with ", status.ToString())));
}

}  // namespace rowhouse::sim
