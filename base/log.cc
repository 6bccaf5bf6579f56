#include "base/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"

namespace rowhouse {
namespace {

struct Log {
  bool json;
  std::shared_ptr<spdlog::logger> logger;
};

Log MakeLog(LogFormat format, spdlog::level::level_enum level) {
  const bool json = format == LogFormat::kJson;
  auto logger = std::make_shared<spdlog::logger>(
      "rowhouse", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      json ? R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
           : "%Y-%m-%dT%H:%M:%S.%eZ %L %v",
      spdlog::pattern_time_type::utc));
  logger->set_level(level);
  logger->flush_on(spdlog::level::info);
  return {json, std::move(logger)};
}

// The log of the process, the one global of this file: text from info up until
// it is configured. Not spdlog's default logger, which writes to standard
// output and belongs to the program that we are linked into. Never destroyed,
// since threads may still log at exit.
Log& ProcessLog() {
  static Log& log = *new Log(MakeLog(LogFormat::kText, spdlog::level::info));
  return log;
}

// A value needs quotes when it would not read back as one word.
bool IsWord(absl::string_view value) {
  if (value.empty()) return false;
  for (const char c : value) {
    if (c <= ' ' || c == '"' || c == '=' || c == 0x7f) return false;
  }
  return true;
}

std::string Quoted(absl::string_view text) {
  return nlohmann::json(std::string(text))
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string Line(bool json, absl::string_view event, LogFields fields) {
  std::string line;
  if (json) {
    absl::StrAppend(&line, "\"event\":", Quoted(event));
    for (const auto& [key, value] : fields) {
      absl::StrAppend(&line, ",", Quoted(key), ":", Quoted(value));
    }
  } else {
    absl::StrAppend(&line, event);
    for (const auto& [key, value] : fields) {
      absl::StrAppend(&line, " ", key, "=",
                      IsWord(value) ? value : Quoted(value));
    }
  }
  return line;
}

void Write(spdlog::level::level_enum level, absl::string_view event,
           LogFields fields) {
  const Log& log = ProcessLog();
  if (!log.logger->should_log(level)) return;
  log.logger->log(level, Line(log.json, event, fields));
}

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace

void ConfigureLog(LogFormat format, LogLevel level) {
  ProcessLog() = MakeLog(format, SpdlogLevel(level));
}

void LogDebug(absl::string_view event, LogFields fields) {
  Write(spdlog::level::debug, event, fields);
}
void LogInfo(absl::string_view event, LogFields fields) {
  Write(spdlog::level::info, event, fields);
}
void LogWarning(absl::string_view event, LogFields fields) {
  Write(spdlog::level::warn, event, fields);
}
void LogError(absl::string_view event, LogFields fields) {
  Write(spdlog::level::err, event, fields);
}

}  // namespace rowhouse
