#include "client/interchange/object_graph.h"

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"
#include "client/interchange/limits.h"
#include "rowhouse/interchange/v1/checkpoint.pb.h"

namespace rowhouse::interchange {
namespace {

absl::StatusOr<std::size_t> NodeOf(int id, const v1::ObjectGraph& message) {
  if (id >= 0 && id < message.nodes_size()) {
    return static_cast<std::size_t>(id);
  }
  return absl::DataLossError(
      absl::StrCat("object graph: node ", id, " of ", message.nodes_size()));
}

absl::StatusOr<ObjectGraph::Node> ParseNode(const v1::ObjectGraph::Node& from,
                                            const v1::ObjectGraph& message) {
  ObjectGraph::Node node;
  for (const auto& child : from.children()) {
    ROWHOUSE_ASSIGN_OR_RETURN(const std::size_t to,
                              NodeOf(child.node_id(), message));
    node.children.push_back({child.local_name(), to});
  }
  for (const auto& attribute : from.attributes()) {
    node.attributes.push_back(
        {attribute.name(), attribute.full_name(), attribute.checkpoint_key()});
  }
  for (const auto& slot : from.slot_variables()) {
    ROWHOUSE_ASSIGN_OR_RETURN(
        const std::size_t original,
        NodeOf(slot.original_variable_node_id(), message));
    ROWHOUSE_ASSIGN_OR_RETURN(const std::size_t to,
                              NodeOf(slot.slot_variable_node_id(), message));
    node.slot_variables.push_back({original, slot.slot_name(), to});
  }
  if (from.has_registered_saver()) {
    node.registered_saver = {from.registered_saver().name(),
                             from.registered_saver().object_name()};
  }
  return node;
}

// For each node: does it or anything that can be reached from it have a value.
std::vector<bool> NodesWithValues(const ObjectGraph& graph) {
  std::vector<bool> with(graph.nodes.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    with[i] = !graph.nodes[i].attributes.empty();
  }
  // A round spreads values one edge further; graphs are a few edges deep.
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      if (with[i]) continue;
      with[i] = absl::c_any_of(
          graph.nodes[i].children,
          [&](const ObjectGraph::Child& child) { return with[child.node]; });
      changed = changed || with[i];
    }
  }
  return with;
}

}  // namespace

absl::StatusOr<ObjectGraph> ParseObjectGraph(absl::string_view bytes) {
  if (bytes.size() > kObjectGraphBytesMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat("an object graph of ", bytes.size(),
                     " bytes, the most is ", kObjectGraphBytesMax));
  }
  v1::ObjectGraph message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      message.nodes_size() == 0) {
    return absl::DataLossError("the object graph does not parse");
  }
  ObjectGraph graph;
  for (const v1::ObjectGraph::Node& from : message.nodes()) {
    ROWHOUSE_ASSIGN_OR_RETURN(ObjectGraph::Node node, ParseNode(from, message));
    graph.nodes.push_back(std::move(node));
  }
  return graph;
}

std::string SerializeObjectGraph(const ObjectGraph& graph) {
  const std::vector<bool> with_values = NodesWithValues(graph);
  v1::ObjectGraph message;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const ObjectGraph::Node& node = graph.nodes[i];
    v1::ObjectGraph::Node& to = *message.add_nodes();
    for (const ObjectGraph::Child& child : node.children) {
      auto& edge = *to.add_children();
      edge.set_node_id(static_cast<int>(child.node));
      edge.set_local_name(child.name);
    }
    for (const ObjectGraph::Attribute& attribute : node.attributes) {
      auto& value = *to.add_attributes();
      value.set_name(attribute.name);
      value.set_full_name(attribute.full_name);
      value.set_checkpoint_key(attribute.checkpoint_key);
    }
    for (const ObjectGraph::SlotVariable& slot : node.slot_variables) {
      auto& variable = *to.add_slot_variables();
      variable.set_original_variable_node_id(static_cast<int>(slot.original));
      variable.set_slot_name(slot.name);
      variable.set_slot_variable_node_id(static_cast<int>(slot.node));
    }
    if (node.registered_saver) {
      to.mutable_registered_saver()->set_name(node.registered_saver->name);
      to.mutable_registered_saver()->set_object_name(
          node.registered_saver->object_name);
    }
    to.mutable_has_checkpoint_values()->set_value(with_values[i]);
  }
  return message.SerializeAsString();
}

absl::StatusOr<std::string> FindVariable(const ObjectGraph& graph,
                                         absl::string_view path) {
  const ObjectGraph::Node* node = &graph.nodes[0];
  for (const absl::string_view edge : absl::StrSplit(path, '/')) {
    const auto child =
        absl::c_find_if(node->children, [&](const ObjectGraph::Child& one) {
          return EscapeEdge(one.name) == edge;
        });
    if (child == node->children.end()) {
      return absl::NotFoundError(
          absl::StrCat("no object ", edge, " on the way of ", path));
    }
    node = &graph.nodes[child->node];
  }
  for (const ObjectGraph::Attribute& attribute : node->attributes) {
    if (attribute.name == kVariableValue) return attribute.checkpoint_key;
  }
  return absl::NotFoundError(absl::StrCat("object ", path, " is no variable"));
}

std::string EscapeEdge(absl::string_view name) {
  return absl::StrReplaceAll(name, {{".", ".."}, {"/", ".S"}});
}

std::string VariableKey(absl::string_view path) {
  return absl::StrCat(path, "/.ATTRIBUTES/", kVariableValue);
}

}  // namespace rowhouse::interchange
