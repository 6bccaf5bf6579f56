// Structured log lines on standard error, for what no caller can see:
// background work, retries, lifecycle. Never one per request.
//
//   LogInfo("segment_removed", {{"segment", "17"}, {"bytes", "67108864"}});
#ifndef ROWHOUSE_BASE_LOG_H_
#define ROWHOUSE_BASE_LOG_H_

#include <initializer_list>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace rowhouse {

enum class LogFormat { kText, kJson };
enum class LogLevel { kDebug, kInfo, kWarning, kError };

using LogFields =
    std::initializer_list<std::pair<absl::string_view, std::string>>;

// Sets format and least level of the process. Called once by a main().
void ConfigureLog(LogFormat format, LogLevel level);

// Thread-safe. `event` is a lower_snake_case name that dashboards may count.
void LogDebug(absl::string_view event, LogFields fields = {});
void LogInfo(absl::string_view event, LogFields fields = {});
void LogWarning(absl::string_view event, LogFields fields = {});
void LogError(absl::string_view event, LogFields fields = {});

}  // namespace rowhouse

#endif  // ROWHOUSE_BASE_LOG_H_
