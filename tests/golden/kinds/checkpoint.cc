#include "tests/golden/kinds/checkpoint.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "client/interchange/checkpoint_reader.h"
#include "client/interchange/checkpoint_state.h"
#include "client/interchange/file.h"
#include "client/interchange/object_graph.h"
#include "tests/golden/kinds/checkpoint_values.h"

namespace rowhouse::golden {
namespace {

using interchange::CheckpointReader;
using interchange::ObjectGraph;

// OK when `status` is the error that `expected` describes.
absl::Status CompareError(const std::string& what, const absl::Status& status,
                          const Json& expected) {
  ROWHOUSE_ASSIGN_OR_RETURN(
      const Case test,
      ReadCase({{"name", what}, {"expect", {{"error", expected}}}}));
  const absl::Status compared = status.ok()
                                    ? CheckNoErrorIsExpected(test)
                                    : CheckError(test, Moment::kRun, status);
  if (compared.ok()) return compared;
  return absl::InternalError(absl::StrCat(what, ": ", compared.message()));
}

absl::Status CompareTensors(CheckpointReader& reader, const Json& expect) {
  for (const auto& [key, expected] : expect.at("tensors").items()) {
    ROWHOUSE_ASSIGN_OR_RETURN(const interchange::Tensor tensor,
                              reader.Read(key));
    ROWHOUSE_RETURN_IF_ERROR(CompareStored(key, tensor, expected));
    ROWHOUSE_RETURN_IF_ERROR(reader.Verify(key));
  }
  const Json errors = expect.value("errors", Json::object());
  for (const auto& [key, expected] : errors.items()) {
    ROWHOUSE_RETURN_IF_ERROR(
        CompareError(key, reader.Read(key).status(), expected));
  }
  const std::size_t named = expect.at("tensors").size() + errors.size();
  if (reader.names().size() != expect.value("tensor_count", named)) {
    return absl::InvalidArgumentError(absl::StrCat(
        reader.names().size(), " tensors, ", named, " are expected"));
  }
  return absl::OkStatus();
}

absl::Status CompareReads(CheckpointReader& reader, const Case& test) {
  const Json reads = test.given.value("reads", Json::array());
  for (std::size_t i = 0; i < reads.size(); ++i) {
    const Json& read = reads[i];
    const std::string what = read.dump();
    const auto dtype =
        interchange::DtypeOfName(read.at("dtype").get<std::string>());
    if (!dtype) return absl::InvalidArgumentError(what);
    const absl::StatusOr<interchange::Tensor> tensor = reader.Restore(
        read.at("key").get<std::string>(), *dtype, read.value("slice", ""));
    const Json& expected = test.expect.at("reads").at(i);
    if (expected.contains("error")) {
      ROWHOUSE_RETURN_IF_ERROR(
          CompareError(what, tensor.status(), expected.at("error")));
      continue;
    }
    ROWHOUSE_RETURN_IF_ERROR(tensor.status());
    ROWHOUSE_RETURN_IF_ERROR(
        CompareStored(what, *tensor, expected.at("dense")));
  }
  return absl::OkStatus();
}

// The graph as the recorded cases write it.
Json ToJson(const ObjectGraph& graph) {
  Json nodes = Json::array();
  for (const ObjectGraph::Node& node : graph.nodes) {
    Json json = {{"children", Json::object()},
                 {"attributes", Json::object()},
                 {"slot_variables", Json::array()}};
    for (const auto& child : node.children) {
      json["children"][child.name] = child.node;
    }
    for (const auto& attribute : node.attributes) {
      json["attributes"][attribute.name] = {
          {"full_name", attribute.full_name},
          {"checkpoint_key", attribute.checkpoint_key}};
    }
    for (const auto& slot : node.slot_variables) {
      json["slot_variables"].push_back({{"original", slot.original},
                                        {"slot_name", slot.name},
                                        {"node", slot.node}});
    }
    nodes.push_back(std::move(json));
  }
  return nodes;
}

absl::Status CompareGraph(CheckpointReader& reader, const Json& expected) {
  ROWHOUSE_ASSIGN_OR_RETURN(const interchange::Tensor tensor,
                            reader.Read(interchange::kObjectGraphKey));
  ROWHOUSE_ASSIGN_OR_RETURN(
      const ObjectGraph graph,
      interchange::ParseObjectGraph(tensor.strings.at(0)));
  if (ToJson(graph) != expected) {
    return absl::InvalidArgumentError(
        absl::StrCat("object graph ", ToJson(graph).dump()));
  }
  // What TensorFlow wrote is what we would write.
  if (interchange::SerializeObjectGraph(graph) != tensor.strings.at(0)) {
    return absl::InvalidArgumentError("the graph is written in other bytes");
  }
  return absl::OkStatus();
}

std::string Below(const std::string& folder, absl::string_view path) {
  return std::string(absl::StripPrefix(path, absl::StrCat(folder, "/")));
}

// What the state file says; `latest` is the checkpoint that it leads to.
absl::Status CompareState(const std::string& folder, const Json& expect,
                          std::optional<std::string>& latest) {
  ROWHOUSE_ASSIGN_OR_RETURN(const auto state,
                            interchange::ReadCheckpointState(folder));
  ROWHOUSE_ASSIGN_OR_RETURN(latest, interchange::LatestCheckpoint(folder));
  Json actual = {{"latest", latest ? Json(Below(folder, *latest)) : Json()}};
  if (state) {
    actual["model_checkpoint_path"] = Below(folder, state->latest);
    actual["all_model_checkpoint_paths"] = Json::array();
    for (const std::string& one : state->all) {
      actual["all_model_checkpoint_paths"].push_back(Below(folder, one));
    }
    actual["all_model_checkpoint_timestamps"] = state->times;
    if (state->last_preserved_time != 0) {
      actual["last_preserved_timestamp"] = state->last_preserved_time;
    }
  }
  Json expected = expect;
  expected.erase("tensors");
  if (actual == expected) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("state ", actual.dump(), ", expected ", expected.dump()));
}

absl::StatusOr<CheckpointReader> Open(const std::string& folder,
                                      const Json& prefix) {
  if (!prefix.is_null()) {
    return CheckpointReader::Open(
        interchange::JoinPath(folder, prefix.get<std::string>()));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const std::string latest,
                            interchange::ResolveCheckpoint(folder));
  return CheckpointReader::Open(latest);
}

Outcome RunCheckpoint(const Case& test, Context& context) {
  const std::string folder = interchange::JoinPath(
      context.folder, test.given.at("path").get<std::string>());
  if (test.given.value("state_file", false)) {
    std::optional<std::string> latest;
    const absl::Status status = CompareState(folder, test.expect, latest);
    if (test.error) return CheckError(test, Moment::kRun, status);
    ROWHOUSE_RETURN_IF_ERROR(status);
    if (!latest) return absl::OkStatus();
  }
  absl::StatusOr<CheckpointReader> reader =
      Open(folder, test.given.at("prefix"));
  if (!reader.ok()) return CheckError(test, Moment::kRun, reader.status());
  ROWHOUSE_RETURN_IF_ERROR(CheckNoErrorIsExpected(test));
  ROWHOUSE_RETURN_IF_ERROR(CompareTensors(*reader, test.expect));
  ROWHOUSE_RETURN_IF_ERROR(CompareReads(*reader, test));
  if (!test.expect.contains("object_graph")) return absl::OkStatus();
  return CompareGraph(*reader, test.expect.at("object_graph"));
}

}  // namespace

Kind CheckpointKind() {
  return {.name = "checkpoint",
          .given = {"path", "prefix", "reads", "state_file"},
          .expected = {"tensors", "tensor_count", "errors", "reads",
                       "object_graph", "latest", "model_checkpoint_path",
                       "all_model_checkpoint_paths",
                       "all_model_checkpoint_timestamps",
                       "last_preserved_timestamp"},
          .run = RunCheckpoint};
}

}  // namespace rowhouse::golden
