#include "client/interchange/object_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/interchange/limits.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::interchange {
namespace {

using ::testing::HasSubstr;

// root -> model -> "a/b" (a variable), root -> alias -> the same.
ObjectGraph Graph() {
  ObjectGraph graph;
  graph.nodes.resize(3);
  graph.nodes[0].children = {{"model", 1}, {"alias.x", 2}};
  graph.nodes[1].children = {{"a/b", 2}, {"self", 1}};
  graph.nodes[2].attributes = {
      {kVariableValue, "v", VariableKey("model/a.Sb")}};
  return graph;
}

TEST(ObjectGraphTest, VariablesAreFoundByPath) {
  const ObjectGraph graph = Graph();
  const std::string key = "model/a.Sb/.ATTRIBUTES/VARIABLE_VALUE";
  EXPECT_THAT(FindVariable(graph, "model/a.Sb"), IsOkAndHolds(key));
  EXPECT_THAT(FindVariable(graph, "alias..x"), IsOkAndHolds(key));
  EXPECT_THAT(FindVariable(graph, "model/self/self/a.Sb"), IsOkAndHolds(key));
}

TEST(ObjectGraphTest, PathsToNothing) {
  const ObjectGraph graph = Graph();
  for (const char* path : {"", "model", "model/a/b", "model/", "alias.x",
                           "/model/a.Sb", "model/a.Sb/c"}) {
    EXPECT_THAT(FindVariable(graph, path),
                StatusIs(absl::StatusCode::kNotFound))
        << path;
  }
}

TEST(ObjectGraphTest, NamesOfEdgesAreEscaped) {
  EXPECT_EQ(EscapeEdge("a.b"), "a..b");
  EXPECT_EQ(EscapeEdge("c/d"), "c.Sd");
  EXPECT_EQ(EscapeEdge("."), "..");
  EXPECT_EQ(EscapeEdge("a/.S"), "a.S..S");
}

TEST(ObjectGraphTest, GoesBothWays) {
  ObjectGraph graph = Graph();
  graph.nodes[1].registered_saver = {"saver", "object"};
  graph.nodes[1].slot_variables = {{.original = 2, .name = "m", .node = 2}};
  const std::string bytes = SerializeObjectGraph(graph);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const ObjectGraph read,
                                ParseObjectGraph(bytes));
  EXPECT_EQ(SerializeObjectGraph(read), bytes);
  ASSERT_EQ(read.nodes.size(), 3);
  EXPECT_EQ(read.nodes[1].children[0].name, "a/b");
  EXPECT_EQ(read.nodes[1].slot_variables[0].name, "m");
  EXPECT_EQ(read.nodes[1].registered_saver->object_name, "object");
}

// Its size was given to a parser that counts to 2^31.
TEST(ObjectGraphTest, GraphsHaveABound) {
  EXPECT_THAT(ParseObjectGraph(std::string(kObjectGraphBytesMax + 1, '\0')),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("16777217 bytes")));
}

TEST(ObjectGraphTest, GraphsThatAreNone) {
  ObjectGraph beyond = Graph();
  beyond.nodes[1].children[0].node = 3;
  ObjectGraph slot = Graph();
  slot.nodes[0].slot_variables = {{.original = 0, .name = "m", .node = 7}};
  // Written without looking at edges, so that they can be read.
  beyond.nodes.resize(4);
  std::string bytes = SerializeObjectGraph(beyond);
  bytes.resize(bytes.size() - SerializeObjectGraph({{{}}}).size());
  EXPECT_THAT(ParseObjectGraph(bytes), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(ParseObjectGraph(SerializeObjectGraph(slot)),
              StatusIs(absl::StatusCode::kDataLoss));
  for (const char* text : {"", "x", "\n\xff"}) {
    EXPECT_THAT(ParseObjectGraph(text), StatusIs(absl::StatusCode::kDataLoss));
  }
}

}  // namespace
}  // namespace rowhouse::interchange
