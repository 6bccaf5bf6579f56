// The harness's hold on a shim: the file of a page, and what is written there.
#ifndef ROWHOUSE_TESTS_INTEGRATION_FAULTS_SHIM_CONTROL_H_
#define ROWHOUSE_TESTS_INTEGRATION_FAULTS_SHIM_CONTROL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/integration/faults/shim_page.h"

namespace rowhouse::faults {

// What is to happen: at calls of one of `calls` on one of `kinds` (bits), after
// `skip` such calls, `times` times.
struct Fault {
  Act act = Act::kNone;
  std::uint32_t calls = 0;
  std::uint32_t kinds = kEveryKind;
  std::uint64_t skip = 0;
  std::uint64_t times = 1;
  int error = 0;         // of kFail
  absl::Duration delay;  // of kDelay
};

// Thread-safe. One server process at a time has the page.
class ShimControl {
 public:
  // Makes the file `path`.
  static absl::StatusOr<std::unique_ptr<ShimControl>> Create(
      const std::string& path);
  ~ShimControl();
  ShimControl(const ShimControl&) = delete;
  ShimControl& operator=(const ShimControl&) = delete;

  // What a server's environment needs to have the shim at `library`.
  std::vector<std::string> Environment(const std::string& library) const;

  // Counts calls from here on; what was to happen before is forgotten.
  void Arm(const Fault& fault);
  void Disarm();
  // Syncs are what they say again: after a power cut, which has taken what was
  // given up.
  void EndLies();
  // How often it has happened since Arm.
  std::uint64_t acted() const;
  // On what, the last time.
  FileKind acted_on() const;
  // Calls since the page was made.
  std::uint64_t Count(Call call, FileKind kind) const;

 private:
  ShimControl(std::string path, ShimPage* page)
      : path_(std::move(path)), page_(page) {}

  const std::string path_;
  ShimPage* const page_;  // mapped; owned
};

}  // namespace rowhouse::faults

#endif  // ROWHOUSE_TESTS_INTEGRATION_FAULTS_SHIM_CONTROL_H_
