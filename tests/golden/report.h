// What a run of recorded cases came to: counts by kind, and every case that did
// not pass.
#ifndef ROWHOUSE_TESTS_GOLDEN_REPORT_H_
#define ROWHOUSE_TESTS_GOLDEN_REPORT_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/golden/kind.h"

namespace rowhouse::golden {

// Thread-compatible.
class Report {
 public:
  struct Counts {
    int passed = 0;
    int failed = 0;
    int refused = 0;
  };

  void Add(absl::string_view kind, absl::string_view name,
           const Outcome& outcome);

  const Counts& total() const { return total_; }
  const std::map<std::string, Counts>& kinds() const { return kinds_; }
  // Something ran, and nothing failed.
  bool good() const { return total_.failed == 0 && total_.passed > 0; }

  // A line for each case that failed or was refused: "failed KIND NAME: why".
  const std::vector<std::string>& lines() const { return lines_; }
  // A table by kind, with a line of sums.
  std::string Table() const;
  // {"kinds": {"K": {"passed": n, "failed": n, "refused": n}}, "passed": n,
  // ...}
  std::string JsonLine() const;

 private:
  std::map<std::string, Counts> kinds_;
  Counts total_;
  std::vector<std::string> lines_;
};

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_REPORT_H_
