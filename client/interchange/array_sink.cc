#include "client/interchange/array_sink.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "client/interchange/checkpoint_state.h"
#include "client/interchange/checkpoint_writer.h"
#include "client/interchange/file.h"
#include "client/interchange/npy.h"
#include "client/interchange/object_graph.h"
#include "client/interchange/safetensors.h"

namespace rowhouse::interchange {
namespace {

absl::string_view BytesOf(absl::Span<const float> values) {
  return {reinterpret_cast<const char*>(values.data()),
          values.size() * sizeof(float)};
}

// "table", "table/slot".
std::string NameOf(const ExportedArray& array) {
  return array.slot.empty() ? array.table
                            : absl::StrCat(array.table, "/", array.slot);
}

std::string ObjectKey(const ExportedArray& array) {
  return VariableKey(absl::StrCat("embedding/", EscapeEdge(NameOf(array))));
}

// As TensorFlow's checkpoint of an embedding object: root -> "embedding" ->
// its variables.
ObjectGraph GraphOf(const std::vector<ExportedArray>& arrays) {
  ObjectGraph graph;
  graph.nodes.resize(2);
  graph.nodes[0].children = {{"embedding", 1}};
  for (const ExportedArray& array : arrays) {
    const std::string name = NameOf(array);
    graph.nodes[1].children.push_back({name, graph.nodes.size()});
    ObjectGraph::Node variable;
    variable.attributes = {{kVariableValue, name, ObjectKey(array)}};
    graph.nodes.push_back(std::move(variable));
  }
  return graph;
}

// The directory's state file names the new checkpoint as its latest, behind
// those that it named before.
absl::Status MakeLatest(const std::string& prefix) {
  const std::string directory = DirectoryOf(prefix);
  absl::StatusOr<std::optional<CheckpointState>> before =
      ReadCheckpointState(directory);
  CheckpointState state;
  if (before.ok() && *before) state = **std::move(before);
  state.times.clear();
  state.latest = JoinPath(directory, prefix.substr(prefix.rfind('/') + 1));
  state.all.erase(std::remove(state.all.begin(), state.all.end(), state.latest),
                  state.all.end());
  state.all.push_back(state.latest);
  return WriteCheckpointState(directory, std::move(state));
}

class CheckpointSink : public ArraySink {
 public:
  explicit CheckpointSink(CheckpointWriter writer, std::string prefix)
      : writer_(std::move(writer)), prefix_(std::move(prefix)) {}

  absl::Status Add(const std::string& key, const ExportedArray& array) {
    ROWHOUSE_ASSIGN_OR_RETURN(places_.emplace_back(),
                              writer_.Add(key, {Dtype::kFloat32, array.shape}));
    return absl::OkStatus();
  }
  absl::Status AddGraph(const ObjectGraph& graph) {
    return writer_.AddStrings(kObjectGraphKey, {},
                              {SerializeObjectGraph(graph)});
  }
  absl::Status Append(std::size_t array,
                      absl::Span<const float> values) override {
    return writer_.AppendFloats(places_[array], values);
  }
  absl::Status Finish() override {
    ROWHOUSE_RETURN_IF_ERROR(writer_.Finish());
    return MakeLatest(prefix_);
  }

 private:
  CheckpointWriter writer_;
  const std::string prefix_;
  std::vector<CheckpointWriter::Place> places_;
};

class SafetensorsSink : public ArraySink {
 public:
  explicit SafetensorsSink(SafetensorsWriter writer)
      : writer_(std::move(writer)) {}
  absl::Status Append(std::size_t array,
                      absl::Span<const float> values) override {
    return writer_.Append(array, BytesOf(values));
  }
  absl::Status Finish() override { return writer_.Finish(); }

 private:
  SafetensorsWriter writer_;
};

class NpySink : public ArraySink {
 public:
  explicit NpySink(std::vector<NpyWriter> writers)
      : writers_(std::move(writers)) {}
  absl::Status Append(std::size_t array,
                      absl::Span<const float> values) override {
    return writers_[array].Append(BytesOf(values));
  }
  absl::Status Finish() override {
    for (NpyWriter& writer : writers_) {
      ROWHOUSE_RETURN_IF_ERROR(writer.Finish());
    }
    return absl::OkStatus();
  }

 private:
  std::vector<NpyWriter> writers_;
};

absl::StatusOr<std::unique_ptr<ArraySink>> MakeCheckpointSink(
    const ExportTarget& target, const std::vector<ExportedArray>& arrays) {
  if (target.path.empty() || target.path.back() == '/') {
    return absl::InvalidArgumentError(
        absl::StrCat("'", target.path, "' is no prefix of a checkpoint"));
  }
  if (target.path.substr(target.path.rfind('/') + 1) == kCheckpointStateFile) {
    return absl::FailedPreconditionError(absl::StrCat(
        target.path, " is where the state of its directory is kept"));
  }
  const bool objects = target.naming == CheckpointNaming::kObjects;
  ROWHOUSE_ASSIGN_OR_RETURN(CheckpointWriter writer,
                            CheckpointWriter::Create(target.path));
  auto sink = std::make_unique<CheckpointSink>(std::move(writer), target.path);
  for (const ExportedArray& array : arrays) {
    ROWHOUSE_RETURN_IF_ERROR(
        sink->Add(objects ? ObjectKey(array) : array.saver_key, array));
  }
  if (objects) ROWHOUSE_RETURN_IF_ERROR(sink->AddGraph(GraphOf(arrays)));
  return sink;
}

absl::StatusOr<std::unique_ptr<ArraySink>> MakeNpySink(
    const ExportTarget& target, const std::vector<ExportedArray>& arrays) {
  std::vector<NpyWriter> writers;
  for (const ExportedArray& array : arrays) {
    if (array.table != arrays[0].table) {
      return absl::InvalidArgumentError(
          absl::StrCat("a .npy file holds one table, not ", arrays[0].table,
                       " and ", array.table));
    }
    const std::string path =
        array.slot.empty() ? target.path : NpySlotPath(target.path, array.slot);
    ROWHOUSE_ASSIGN_OR_RETURN(
        NpyWriter writer,
        NpyWriter::Create(path, {Dtype::kFloat32, array.shape}));
    writers.push_back(std::move(writer));
  }
  return std::make_unique<NpySink>(std::move(writers));
}

absl::StatusOr<std::unique_ptr<ArraySink>> MakeSafetensorsSink(
    const ExportTarget& target, const std::vector<ExportedArray>& arrays) {
  std::vector<std::pair<std::string, TensorInfo>> tensors;
  for (const ExportedArray& array : arrays) {
    tensors.emplace_back(NameOf(array),
                         TensorInfo{Dtype::kFloat32, array.shape});
  }
  ROWHOUSE_ASSIGN_OR_RETURN(SafetensorsWriter writer,
                            SafetensorsWriter::Create(target.path, tensors));
  return std::make_unique<SafetensorsSink>(std::move(writer));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ArraySink>> MakeArraySink(
    const ExportTarget& target, const std::vector<ExportedArray>& arrays) {
  switch (target.format) {
    case FileFormat::kCheckpoint:
      return MakeCheckpointSink(target, arrays);
    case FileFormat::kNpy:
      return MakeNpySink(target, arrays);
    case FileFormat::kSafetensors:
      return MakeSafetensorsSink(target, arrays);
  }
  return absl::InvalidArgumentError("no such file format");
}

std::string NpySlotPath(const std::string& path, absl::string_view slot) {
  return absl::StrCat(absl::StripSuffix(path, ".npy"), ".", slot, ".npy");
}

}  // namespace rowhouse::interchange
