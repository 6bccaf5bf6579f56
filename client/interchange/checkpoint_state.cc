#include "client/interchange/checkpoint_state.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/interchange/bundle_index.h"
#include "client/interchange/file.h"
#include "proto/wire/utf8.h"
#include "rowhouse/interchange/v1/checkpoint.pb.h"

namespace rowhouse::interchange {
namespace {

// A text that is not valid is an answer, not an event.
class Silence : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int /*line*/, google::protobuf::io::ColumnNumber /*column*/,
                const std::string& /*message*/) override {}
};

bool IsUtf8(absl::string_view text) {
  return wire::ValidUtf8Prefix(text) == text.size();
}

// As Python's text_format.Merge: a scalar given twice has its last value.
std::optional<v1::CheckpointState> Parse(const std::string& text) {
  Silence silence;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&silence);
  v1::CheckpointState message;
  if (!parser.MergeFromString(text, &message)) return std::nullopt;
  // Escapes can make any bytes; a field of text cannot hold them.
  if (!IsUtf8(message.model_checkpoint_path()) ||
      !absl::c_all_of(message.all_model_checkpoint_paths(), IsUtf8)) {
    return std::nullopt;
  }
  return message;
}

// `path` as the file says it: relative when it is below the directory.
std::string Relative(const std::string& directory, absl::string_view path) {
  absl::string_view rest = path;
  if (absl::ConsumePrefix(
          &rest, absl::StrCat(absl::StripSuffix(directory, "/"), "/"))) {
    return std::string(rest);
  }
  return std::string(path);
}

}  // namespace

absl::StatusOr<std::optional<CheckpointState>> ReadCheckpointState(
    const std::string& directory) {
  const std::string path = JoinPath(directory, kCheckpointStateFile);
  const absl::StatusOr<InputFile> file = InputFile::Open(path);
  std::string text;
  if (!file.ok() || file->size() > kCheckpointStateBytesMax ||
      !file->Read(0, file->size(), text).ok()) {
    return std::nullopt;
  }
  if (!IsUtf8(text)) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is not UTF-8"));
  }
  const std::optional<v1::CheckpointState> message = Parse(text);
  if (!message) return std::nullopt;
  if (message->model_checkpoint_path().empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " names no latest checkpoint"));
  }
  CheckpointState state;
  state.latest = JoinPath(directory, message->model_checkpoint_path());
  for (const std::string& one : message->all_model_checkpoint_paths()) {
    state.all.push_back(JoinPath(directory, one));
  }
  absl::c_copy(message->all_model_checkpoint_timestamps(),
               std::back_inserter(state.times));
  state.last_preserved_time = message->last_preserved_timestamp();
  return state;
}

absl::StatusOr<std::optional<std::string>> LatestCheckpoint(
    const std::string& directory) {
  ROWHOUSE_ASSIGN_OR_RETURN(std::optional<CheckpointState> state,
                            ReadCheckpointState(directory));
  if (!state || !InputFile::Open(IndexFilename(state->latest)).ok()) {
    return std::nullopt;
  }
  return std::move(state->latest);
}

absl::StatusOr<std::string> ResolveCheckpoint(const std::string& path) {
  if (!IsDirectory(path)) return path;
  ROWHOUSE_ASSIGN_OR_RETURN(std::optional<std::string> latest,
                            LatestCheckpoint(path));
  if (latest) return *std::move(latest);
  return absl::InvalidArgumentError(absl::StrCat(path, " has no file '",
                                                 kCheckpointStateFile,
                                                 "' that names a checkpoint"));
}

absl::Status WriteCheckpointState(const std::string& directory,
                                  CheckpointState state) {
  const std::string path = JoinPath(directory, kCheckpointStateFile);
  if (state.latest.empty()) {
    return absl::InvalidArgumentError("no latest checkpoint is named");
  }
  if (JoinPath(directory, state.latest) == path) {
    return absl::FailedPreconditionError(absl::StrCat(
        state.latest, " is where the state of its directory is kept"));
  }
  if (!state.times.empty() && state.times.size() != state.all.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        state.times.size(), " times of ", state.all.size(), " checkpoints"));
  }
  if (state.all.empty() || state.all.back() != state.latest) {
    state.all.push_back(state.latest);
    // A time that nobody knows would be a lie about all others' order.
    state.times.clear();
  }
  v1::CheckpointState message;
  message.set_model_checkpoint_path(Relative(directory, state.latest));
  for (const std::string& one : state.all) {
    message.add_all_model_checkpoint_paths(Relative(directory, one));
  }
  for (const double time : state.times) {
    message.add_all_model_checkpoint_timestamps(time);
  }
  message.set_last_preserved_timestamp(state.last_preserved_time);
  std::string text;
  while (true) {
    if (!google::protobuf::TextFormat::PrintToString(message, &text)) {
      return absl::InternalError(absl::StrCat(path, ": cannot be printed"));
    }
    const int half = message.all_model_checkpoint_paths_size() / 2;
    if (text.size() <= kCheckpointStateBytesMax || half == 0) break;
    message.mutable_all_model_checkpoint_paths()->DeleteSubrange(0, half);
    if (state.times.empty()) continue;
    message.mutable_all_model_checkpoint_timestamps()->ExtractSubrange(0, half,
                                                                       nullptr);
  }
  return WriteWholeFile(path, text);
}

}  // namespace rowhouse::interchange
