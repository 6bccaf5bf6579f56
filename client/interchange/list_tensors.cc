// ListTensors: what a file has to import.
#include <utility>

#include "base/status_macros.h"
#include "client/interchange/checkpoint_reader.h"
#include "client/interchange/checkpoint_state.h"
#include "client/interchange/npy.h"
#include "client/interchange/safetensors.h"
#include "rowhouse/interchange.h"

namespace rowhouse {
namespace {

using interchange::TensorInfo;

TensorSummary Summary(const std::string& name, const TensorInfo& info) {
  return {.name = name,
          .dtype = std::string(DtypeName(info.dtype)),
          .shape = info.shape};
}

absl::StatusOr<std::vector<TensorSummary>> ListCheckpoint(
    const std::string& path) {
  ROWHOUSE_ASSIGN_OR_RETURN(const std::string prefix,
                            interchange::ResolveCheckpoint(path));
  ROWHOUSE_ASSIGN_OR_RETURN(const auto reader,
                            interchange::CheckpointReader::Open(prefix));
  std::vector<TensorSummary> tensors;
  for (const std::string& name : reader.names()) {
    const absl::StatusOr<TensorInfo> info = reader.Describe(name);
    // A type that nothing here reads is no reason to hide the others.
    if (absl::IsUnimplemented(info.status())) {
      tensors.push_back({.name = name, .dtype = "unknown"});
      continue;
    }
    ROWHOUSE_RETURN_IF_ERROR(info.status());
    tensors.push_back(Summary(name, *info));
  }
  return tensors;
}

absl::StatusOr<std::vector<TensorSummary>> ListSafetensors(
    const std::string& path) {
  ROWHOUSE_ASSIGN_OR_RETURN(const auto reader,
                            interchange::SafetensorsReader::Open(path));
  std::vector<TensorSummary> tensors;
  for (const auto& [name, entry] : reader.tensors()) {
    tensors.push_back(Summary(name, entry.info));
    if (!entry.unread_type.empty()) tensors.back().dtype = entry.unread_type;
  }
  return tensors;
}

}  // namespace

absl::StatusOr<std::vector<TensorSummary>> ListTensors(
    FileFormat format, const std::string& path) {
  switch (format) {
    case FileFormat::kCheckpoint:
      return ListCheckpoint(path);
    case FileFormat::kSafetensors:
      return ListSafetensors(path);
    case FileFormat::kNpy: {
      ROWHOUSE_ASSIGN_OR_RETURN(const auto reader,
                                interchange::NpyReader::Open(path));
      return std::vector<TensorSummary>{Summary("", reader.info())};
    }
  }
  return absl::InvalidArgumentError("no such file format");
}

}  // namespace rowhouse
