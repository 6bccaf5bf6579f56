#include "tests/integration/faults/sample.h"

#include <filesystem>
#include <numeric>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tests/integration/faults/counters.h"
#include "tests/testing/server_process.h"

namespace rowhouse::faults {
namespace {

constexpr std::uint64_t kPushesPerPart = 60;
constexpr std::uint64_t kWriter = 1;

// Pushes, one after the other, a client of its own.
class SampleTrainer {
 public:
  SampleTrainer(std::uint64_t seed, Client client)
      : seed_(seed), client_(std::move(client)) {}

  absl::Status Push(std::uint64_t count) {
    for (; count > 0; --count, ++next_) {
      ROWHOUSE_RETURN_IF_ERROR(PushCounters(
          client_, oracle_, CounterPush(seed_, kWriter, next_), next_, never_));
    }
    return absl::OkStatus();
  }
  Client& client() { return client_; }
  std::uint64_t pushes() const { return next_; }

 private:
  const std::uint64_t seed_;
  Client client_;
  CounterOracle oracle_;
  std::uint64_t next_ = 0;
  const std::atomic<bool> never_{false};
};

}  // namespace

std::vector<float> Sample::RowsAfter(std::uint64_t count) const {
  std::vector<float> rows(kCounterRows * kCounterColumns);
  for (std::uint64_t i = 0; i < count; ++i) {
    const CounterPush push(seed, kWriter, i);
    for (const Id id : push.ids()) {
      rows[id * kCounterColumns + push.column] += 1.0f;
    }
  }
  return rows;
}

absl::StatusOr<std::vector<float>> ReadCounters(Client& client) {
  std::vector<Id> ids(kCounterRows);
  std::iota(ids.begin(), ids.end(), Id{0});
  ROWHOUSE_ASSIGN_OR_RETURN(Rows rows,
                            client.ReadRows(CounterTable().name, ids));
  return std::move(rows.weights);
}

absl::StatusOr<Sample> MakeSample(const Setup& setup,
                                  const std::string& directory, SampleEnd end) {
  std::error_code error;
  if (!std::filesystem::create_directories(directory, error)) {
    return absl::UnavailableError(absl::StrCat(
        directory, ": ", error ? error.message() : "is there already"));
  }
  Sample sample{
      .directory = directory, .checkpoint = "kept", .seed = setup.seed};
  ServerProcess::Options options =
      ClusterOptions(setup.server_binary, directory, 1).front();
  options.log_path = absl::StrCat(directory, ".log");
  ServerProcess server(options);
  ROWHOUSE_RETURN_IF_ERROR(server.Start());
  ROWHOUSE_ASSIGN_OR_RETURN(Client client, Client::Connect(server.address()));
  TableSpec counters = CounterTable();
  counters.durability = Durability::kPower;
  ROWHOUSE_RETURN_IF_ERROR(client.CreateTable(counters));
  SampleTrainer trainer(setup.seed, std::move(client));
  // Several segments, several SSTs, rows that are in the journal alone.
  ROWHOUSE_RETURN_IF_ERROR(trainer.Push(kPushesPerPart));
  server.Kill();
  ROWHOUSE_RETURN_IF_ERROR(server.Start());
  ROWHOUSE_RETURN_IF_ERROR(trainer.Push(kPushesPerPart));
  ROWHOUSE_RETURN_IF_ERROR(
      trainer.client().CreateCheckpoint(sample.checkpoint).status());
  sample.pushes_in_checkpoint = trainer.pushes();
  ROWHOUSE_RETURN_IF_ERROR(trainer.Push(kPushesPerPart));
  server.Kill();
  ROWHOUSE_RETURN_IF_ERROR(server.Start());
  ROWHOUSE_RETURN_IF_ERROR(trainer.Push(kPushesPerPart));
  sample.pushes = trainer.pushes();
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<float> rows,
                            ReadCounters(trainer.client()));
  if (rows != sample.RowsAfter(sample.pushes)) {
    return absl::InternalError("the sample's rows are wrong to begin with");
  }
  if (end == SampleEnd::kKilled) {
    server.Kill();
    return sample;
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const int status, server.Terminate());
  if (status != 0) {
    return absl::InternalError(
        absl::StrCat("the server ended with ", status, ", not in peace"));
  }
  return sample;
}

}  // namespace rowhouse::faults
