#include "client/interchange/slot_keys.h"

#include <algorithm>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "client/interchange/limits.h"
#include "client/interchange/object_graph.h"

namespace rowhouse::interchange {
namespace {

using Names = std::vector<absl::string_view>;

// What a slot of tf.compat.v1.train is called behind its variable: the
// optimizer's name; those made later have "_1", "_2" behind it.
struct SaverSlots {
  absl::string_view optimizer;
  Names made_in_order;  // slots by our names
};

std::optional<SaverSlots> SaverSlotsOf(const MomentumSpec& o) {
  if (o.generation != Generation::kTf1) return std::nullopt;
  return SaverSlots{"Momentum", {"momentum"}};
}
std::optional<SaverSlots> SaverSlotsOf(const AdagradSpec& o) {
  if (o.generation != Generation::kTf1) return std::nullopt;
  return SaverSlots{"Adagrad", {"accumulator"}};
}
std::optional<SaverSlots> SaverSlotsOf(const AdamSpec& o) {
  if (o.generation != Generation::kTf1) return std::nullopt;
  return SaverSlots{"Adam", {"m", "v"}};
}
std::optional<SaverSlots> SaverSlotsOf(const FtrlSpec& o) {
  if (o.generation != Generation::kTf1) return std::nullopt;
  return SaverSlots{"Ftrl", {"accum", "linear"}};
}
std::optional<SaverSlots> SaverSlotsOf(const RmsPropSpec& o) {
  if (o.generation != Generation::kTf1) return std::nullopt;
  if (o.centered) return SaverSlots{"RMSProp", {"rms", "mg", "momentum"}};
  return SaverSlots{"RMSProp", {"rms", "momentum"}};
}
std::optional<SaverSlots> SaverSlotsOf(const AdadeltaSpec& o) {
  if (o.generation != Generation::kTf1) return std::nullopt;
  return SaverSlots{"Adadelta", {"accum", "accum_update"}};
}
std::optional<SaverSlots> SaverSlotsOf(const ProximalAdagradSpec&) {
  return SaverSlots{"ProximalAdagrad", {"accumulator"}};
}
std::optional<SaverSlots> SaverSlotsOf(const AdagradDaSpec&) {
  return SaverSlots{"AdagradDA",
                    {"gradient_accumulator", "gradient_squared_accumulator"}};
}
template <typename Spec>
std::optional<SaverSlots> SaverSlotsOf(const Spec&) {
  return std::nullopt;
}

std::string NamedSlotKey(const std::optional<SaverSlots>& saver,
                         absl::string_view variable, absl::string_view slot) {
  if (saver) {
    // tf.compat.v1.train.ExponentialMovingAverage.
    if (slot == "average") {
      return absl::StrCat(variable, "/ExponentialMovingAverage");
    }
    const auto at = absl::c_find(saver->made_in_order, slot);
    if (at != saver->made_in_order.end()) {
      const auto index = at - saver->made_in_order.begin();
      std::string key = absl::StrCat(variable, "/", saver->optimizer);
      if (index > 0) absl::StrAppend(&key, "_", index);
      return key;
    }
  }
  return absl::StrCat(variable, "/", slot);
}

// The graph of the checkpoint; none when it is not object-based.
absl::StatusOr<std::optional<ObjectGraph>> GraphOf(CheckpointReader& reader) {
  const absl::StatusOr<TensorInfo> info = reader.Describe(kObjectGraphKey);
  if (absl::IsNotFound(info.status())) return std::nullopt;
  ROWHOUSE_ASSIGN_OR_RETURN(
      const std::string bytes,
      reader.ReadString(kObjectGraphKey, kObjectGraphBytesMax));
  ROWHOUSE_ASSIGN_OR_RETURN(ObjectGraph graph, ParseObjectGraph(bytes));
  return graph;
}

const ObjectGraph::Attribute* ValueOf(const ObjectGraph::Node& node) {
  const auto at = absl::c_find_if(node.attributes,
                                  [](const ObjectGraph::Attribute& attribute) {
                                    return attribute.name == kVariableValue;
                                  });
  return at == node.attributes.end() ? nullptr : &*at;
}

// A slot of the variable `node` in the graph.
std::optional<std::string> SlotInGraph(const ObjectGraph& graph,
                                       std::size_t variable,
                                       absl::string_view slot) {
  for (const ObjectGraph::Node& node : graph.nodes) {
    for (const ObjectGraph::SlotVariable& one : node.slot_variables) {
      if (one.original != variable || one.name != slot) continue;
      const auto* const value = ValueOf(graph.nodes[one.node]);
      if (value != nullptr) return value->checkpoint_key;
    }
  }
  const auto* const weights = ValueOf(graph.nodes[variable]);
  const std::string ending = absl::StrCat("/", slot, "/", weights->full_name);
  for (const ObjectGraph::Node& node : graph.nodes) {
    const auto* const value = ValueOf(node);
    if (value != nullptr && absl::EndsWith(value->full_name, ending)) {
      return value->checkpoint_key;
    }
  }
  return std::nullopt;
}

std::optional<std::size_t> NodeOfKey(const ObjectGraph& graph,
                                     absl::string_view key) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto* const value = ValueOf(graph.nodes[i]);
    if (value != nullptr && value->checkpoint_key == key) return i;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> NamedSlotKeys(const TableSpec& spec,
                                       absl::string_view variable) {
  const std::optional<SaverSlots> saver =
      std::visit([](const auto& o) { return SaverSlotsOf(o); }, spec.optimizer);
  std::vector<std::string> keys;
  for (const absl::string_view slot : SlotNames(spec)) {
    keys.push_back(NamedSlotKey(saver, variable, slot));
  }
  return keys;
}

absl::StatusOr<std::vector<std::string>> FindSlotKeys(
    CheckpointReader& reader, const TableSpec& spec,
    absl::string_view weights) {
  std::vector<std::string> keys = NamedSlotKeys(spec, weights);
  const Names slots = SlotNames(spec);
  ROWHOUSE_ASSIGN_OR_RETURN(const std::optional<ObjectGraph> graph,
                            GraphOf(reader));
  const std::optional<std::size_t> variable =
      graph ? NodeOfKey(*graph, weights) : std::nullopt;
  const absl::string_view path = absl::StripSuffix(weights, VariableKey(""));
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (reader.Describe(keys[i]).ok()) continue;
    std::optional<std::string> found;
    if (variable) found = SlotInGraph(*graph, *variable, slots[i]);
    if (!found) {
      found = VariableKey(
          absl::StrCat(path, EscapeEdge(absl::StrCat("/", slots[i]))));
    }
    if (!reader.Describe(*found).ok()) {
      return absl::NotFoundError(
          absl::StrCat(reader.prefix(), ": no slot ", slots[i], " of ", weights,
                       ", not under ", keys[i], " nor in the object graph"));
    }
    keys[i] = *std::move(found);
  }
  return keys;
}

absl::StatusOr<std::string> FindTensorKey(CheckpointReader& reader,
                                          absl::string_view name) {
  const absl::Status exact = reader.Describe(name).status();
  if (!absl::IsNotFound(exact)) {
    ROWHOUSE_RETURN_IF_ERROR(exact);
    return std::string(name);
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const std::optional<ObjectGraph> graph,
                            GraphOf(reader));
  if (!graph) return exact;
  const absl::StatusOr<std::string> key = FindVariable(*graph, name);
  if (key.ok()) return key;
  return absl::NotFoundError(
      absl::StrCat(exact.message(), "; ", key.status().message()));
}

}  // namespace rowhouse::interchange
