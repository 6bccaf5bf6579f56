// What an operator does while trainers push: checkpoints, and tables that come
// and go. So servers write rows back, take files of rows, replace their
// manifests and remove old segments while they are broken.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_HOUSEKEEPING_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_HOUSEKEEPING_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rowhouse/client.h"

namespace rowhouse::faults {

class Housekeeping {
 public:
  // Begins; the checkpoints lie in `checkpoint_directory`, which keeps few.
  static absl::StatusOr<std::unique_ptr<Housekeeping>> Start(
      const std::string& address, const std::string& checkpoint_directory);
  ~Housekeeping();

  std::uint64_t checkpoints() const { return checkpoints_; }
  // Ends; the first error that no fault explains.
  absl::Status Finish();

 private:
  Housekeeping(Client client, std::string checkpoint_directory);
  void Loop();
  absl::Status Checkpoint(std::uint64_t round);
  absl::Status ChangeTables(std::uint64_t round);

  Client client_;
  const std::string checkpoint_directory_;
  absl::Status status_;
  std::atomic<std::uint64_t> checkpoints_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_HOUSEKEEPING_H_
