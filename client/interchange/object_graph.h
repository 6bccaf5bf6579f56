// The objects that an object-based TensorFlow checkpoint was made of.
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_OBJECT_GRAPH_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_OBJECT_GRAPH_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rowhouse::interchange {

// The tensor that holds it, and the name of the attribute that is a variable's
// value.
inline constexpr char kObjectGraphKey[] = "_CHECKPOINTABLE_OBJECT_GRAPH";
inline constexpr char kVariableValue[] = "VARIABLE_VALUE";

// An immutable value; node 0 is the root.
struct ObjectGraph {
  struct Child {
    std::string name;
    std::size_t node = 0;
  };
  struct Attribute {
    std::string name;
    std::string full_name;
    std::string checkpoint_key;
  };
  // What the optimizer keeps in `node` for the variable `original`.
  struct SlotVariable {
    std::size_t original = 0;
    std::string name;
    std::size_t node = 0;
  };
  // Code that saves an object whole, beside or instead of its variables.
  struct RegisteredSaver {
    std::string name;
    std::string object_name;
  };
  struct Node {
    std::vector<Child> children;
    std::vector<Attribute> attributes;
    std::vector<SlotVariable> slot_variables;
    std::optional<RegisteredSaver> registered_saver;
  };
  std::vector<Node> nodes;
};

// DATA_LOSS when it does not parse, is empty or names a node that it lacks;
// RESOURCE_EXHAUSTED above kObjectGraphBytesMax.
absl::StatusOr<ObjectGraph> ParseObjectGraph(absl::string_view bytes);

// The bytes that TensorFlow writes for it.
std::string SerializeObjectGraph(const ObjectGraph& graph);

// The key of the variable at `path`: names of edges from the root, escaped and
// joined by '/' ("model/layer_with_weights-0/embeddings"). NOT_FOUND when no
// edge or no variable is there.
absl::StatusOr<std::string> FindVariable(const ObjectGraph& graph,
                                         absl::string_view path);

// One edge's name as part of a path: '.' becomes "..", '/' becomes ".S".
std::string EscapeEdge(absl::string_view name);

// The key of the value of the variable at `path`.
std::string VariableKey(absl::string_view path);

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_OBJECT_GRAPH_H_
