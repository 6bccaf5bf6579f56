#include "tests/integration/faults/housekeeping.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/status_macros.h"

namespace rowhouse::faults {
namespace {

// So many checkpoints are left behind the newest try.
constexpr std::uint64_t kKept = 2;

constexpr absl::Duration kPause = absl::Milliseconds(60);

std::string CheckpointName(std::uint64_t round) {
  return absl::StrCat("round-", round);
}

TableSpec PassingTable() {
  TableSpec spec;
  spec.name = "passing";
  spec.dim = 4;
  spec.optimizer = SgdSpec{};
  return spec;
}

// An error that a server which is gone, or came back in between, explains.
bool IsExplained(const absl::Status& status) {
  return status.ok() || absl::IsUnavailable(status) ||
         absl::IsDeadlineExceeded(status) || absl::IsNotFound(status) ||
         absl::IsAlreadyExists(status) || absl::IsFailedPrecondition(status);
}

}  // namespace

Housekeeping::Housekeeping(Client client, std::string checkpoint_directory)
    : client_(std::move(client)),
      checkpoint_directory_(std::move(checkpoint_directory)) {}

Housekeeping::~Housekeeping() { Finish().IgnoreError(); }

absl::StatusOr<std::unique_ptr<Housekeeping>> Housekeeping::Start(
    const std::string& address, const std::string& checkpoint_directory) {
  ClientOptions options;
  options.timeout = absl::Seconds(5);
  options.open_sessions = false;
  ROWHOUSE_ASSIGN_OR_RETURN(Client client, Client::Connect(address, options));
  std::unique_ptr<Housekeeping> housekeeping(
      new Housekeeping(std::move(client), checkpoint_directory));
  housekeeping->thread_ =
      std::thread([keeper = housekeeping.get()] { keeper->Loop(); });
  return housekeeping;
}

absl::Status Housekeeping::Finish() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
  return status_;
}

void Housekeeping::Loop() {
  for (std::uint64_t round = 0; !stop_ && status_.ok(); ++round) {
    const absl::Status status =
        round % 2 == 0 ? Checkpoint(round) : ChangeTables(round);
    if (!IsExplained(status)) {
      status_ = absl::Status(status.code(),
                             absl::StrCat("housekeeping: ", status.message()));
    }
    absl::SleepFor(kPause);
  }
}

absl::Status Housekeeping::Checkpoint(std::uint64_t round) {
  // The directory is the test's own, and nobody restores from it.
  std::error_code ignored;
  if (round >= 2 * kKept) {
    std::filesystem::remove_all(absl::StrCat(checkpoint_directory_, "/",
                                             CheckpointName(round - 2 * kKept)),
                                ignored);
  }
  ROWHOUSE_RETURN_IF_ERROR(
      client_.CreateCheckpoint(CheckpointName(round)).status());
  ++checkpoints_;
  return absl::OkStatus();
}

absl::Status Housekeeping::ChangeTables(std::uint64_t round) {
  if (round % 4 == 1) return client_.CreateTable(PassingTable());
  return client_.DropTable(PassingTable().name);
}

}  // namespace rowhouse::faults
