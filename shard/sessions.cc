#include "shard/sessions.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace rowhouse::shard {

PushWindow* Sessions::Find(std::uint64_t number) {
  const auto it = windows_.find(number);
  return it == windows_.end() ? nullptr : &it->second;
}

void Sessions::Open(std::uint64_t number, Lsn lsn, std::uint64_t epoch) {
  windows_.emplace(number, PushWindow(lsn, epoch));
  last_number_ = std::max(last_number_, number);
}

std::uint64_t Sessions::Idlest() const {
  const auto it = std::min_element(
      windows_.begin(), windows_.end(), [](const auto& a, const auto& b) {
        return std::make_tuple(a.second.last_lsn(), a.first) <
               std::make_tuple(b.second.last_lsn(), b.first);
      });
  return it->first;
}

std::vector<std::uint64_t> Sessions::In(std::uint64_t epoch) const {
  std::vector<std::uint64_t> numbers;
  for (const auto& [number, window] : windows_) {
    if (window.snapshot_epoch() <= epoch) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

void Sessions::Store(storage::Watermarks& watermarks) const {
  watermarks.last_session_number = last_number_;
  watermarks.sessions.clear();
  for (const auto& [number, window] : windows_) {
    watermarks.sessions.push_back(window.Store(number));
  }
  std::sort(watermarks.sessions.begin(), watermarks.sessions.end(),
            [](const auto& a, const auto& b) { return a.number < b.number; });
}

absl::Status Sessions::Load(const storage::Watermarks& watermarks) {
  windows_.clear();
  last_number_ = watermarks.last_session_number;
  for (const storage::StoredSession& stored : watermarks.sessions) {
    if (stored.number == 0 || stored.number > last_number_) {
      return absl::DataLossError(absl::StrCat("stored session ", stored.number,
                                              " is not in [1, ", last_number_,
                                              "]"));
    }
    ROWHOUSE_ASSIGN_OR_RETURN(PushWindow window,
                              PushWindow::FromStored(stored));
    if (!windows_.emplace(stored.number, window).second) {
      return absl::DataLossError(
          absl::StrCat("session ", stored.number, " is stored twice"));
    }
  }
  return absl::OkStatus();
}

}  // namespace rowhouse::shard
