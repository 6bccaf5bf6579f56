// That something long is going on, for who sits in front of it.
#ifndef ROWHOUSE_TOOLS_PROGRESS_H_
#define ROWHOUSE_TOOLS_PROGRESS_H_

#include <string>
#include <thread>

#include "absl/strings/string_view.h"
#include "base/mutex.h"
#include "tools/output.h"

namespace rowhouse::tools {

// While it lives, a line on a terminal with the seconds since it was made;
// nothing elsewhere. The line is gone afterwards. Nobody else writes to
// `output.talk` meanwhile.
class Progress {
 public:
  // `what` goes on: "making checkpoint monday".
  Progress(const Output& output, absl::string_view what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

 private:
  void Draw();

  const Output& output_;
  const std::string what_;
  Mutex mu_;
  CondVar ended_;
  bool end_ ABSL_GUARDED_BY(mu_) = false;
  std::thread drawer_;
};

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_PROGRESS_H_
