#include "tests/golden/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::golden {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Outcome Answer(const Case& test, Context&) {
  const std::string answer = test.given.at("answer");
  if (answer == "refuse") return Outcome::Refused("on purpose");
  if (answer == "yes") return absl::OkStatus();
  return absl::InternalError(answer);
}

// Passes where there is no table but the one it makes.
Outcome MakeTable(const Case&, Context& context) {
  auto tables = context.client->ListTables();
  if (!tables.ok()) return tables.status();
  if (!tables->empty()) return absl::InternalError("a table is left");
  TableSpec spec;
  spec.name = "t";
  spec.dim = 1;
  return context.client->CreateTable(spec);
}

// How many shards a table is spread over is what a layout is.
Outcome NeedThree(const Case&, Context& context) {
  auto shards = context.client->Shards();
  if (!shards.ok()) return shards.status();
  if (shards->size() == 3) return absl::OkStatus();
  return absl::InternalError("not three");
}

const std::vector<Kind>& TestKinds() {
  static const auto* const kinds = new std::vector<Kind>{
      {.name = "answer",
       .given = {"answer"},
       .expected = {"results"},
       .run = Answer},
      {.name = "table", .uses_tables = true, .run = MakeTable},
      {.name = "three", .uses_tables = true, .run = NeedThree}};
  return *kinds;
}

class RunnerTest : public ::testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_.File(name)) << text;
  }
  Report RunAll() {
    options_.folder = folder_.path();
    auto report = RunCases(options_, TestKinds());
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *report : Report();
  }

  const TempDir folder_;
  RunOptions options_;
};

TEST_F(RunnerTest, CountsByKind) {
  Write("b.json", R"({"kind": "answer", "cases": [
      {"name": "1", "answer": "yes", "expect": {}},
      {"name": "2", "answer": "refuse", "expect": {}},
      {"name": "3", "answer": "broken", "expect": {}}]})");
  Write("a.txt", "not looked at");
  Write("other.json", "[1, 2]");
  const Report report = RunAll();
  EXPECT_EQ(report.JsonLine(),
            R"({"kinds":{"answer":{"passed":1,"failed":1,"refused":1}},)"
            R"("passed":1,"failed":1,"refused":1})");
  EXPECT_THAT(report.lines(), ElementsAre("refused answer 2: on purpose",
                                          "failed answer 3: broken"));
  EXPECT_FALSE(report.good());
}

TEST_F(RunnerTest, SkipsNothing) {
  Write("a.json", R"({"kind": "answer", "cases": [
      {"name": "member", "answer": "yes", "more": 1, "expect": {}},
      {"name": "result", "answer": "yes", "expect": {"others": 1}},
      {"name": "form", "expect": {}},
      {"answer": "yes", "expect": {}}]})");
  Write("b.json", R"({"kind": "riddle", "cases": [
      {"name": "r", "expect": {}}]})");
  Write("c.json", R"({"cases": [{"name": "no kind", "expect": {}}]})");
  Write("d.json", R"({"kind": "answer", "cases": [)");
  const Report report = RunAll();
  EXPECT_EQ(report.total().failed, 7);
  EXPECT_EQ(report.total().passed, 0);
  EXPECT_THAT(
      report.lines(),
      ElementsAre(HasSubstr("unknown member 'more'"),
                  HasSubstr("unknown member 'others'"),
                  HasSubstr("not of this kind's form"), HasSubstr("has a name"),
                  HasSubstr("no kind 'riddle'"), HasSubstr("no kind '?'"),
                  HasSubstr("is not JSON")));
}

TEST_F(RunnerTest, NothingRunIsNotGood) {
  EXPECT_FALSE(RunAll().good());
  options_.folder = folder_.File("absent");
  EXPECT_THAT(RunCases(options_, TestKinds()).status(),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(RunnerTest, RunsWhatIsAskedFor) {
  Write("a.json", R"({"kind": "answer", "cases": [
      {"name": "1", "answer": "yes", "expect": {}},
      {"name": "2", "answer": "broken", "expect": {}}]})");
  Write("b.json", R"({"kind": "riddle", "cases": [
      {"name": "1", "expect": {}}]})");
  options_.kind = "answer";
  EXPECT_EQ(RunAll().total().failed, 1);
  options_.name = "1";
  EXPECT_TRUE(RunAll().good());
}

TEST_F(RunnerTest, GivesEachCaseACleanClusterOfEachLayout) {
  Write("a.json", R"({"kind": "table", "cases": [
      {"name": "1", "expect": {}}, {"name": "2", "expect": {}}]})");
  EXPECT_EQ(RunAll().total().passed, 2);
  Write("a.json", R"({"kind": "three", "cases": [
      {"name": "1", "expect": {}}]})");
  EXPECT_THAT(RunAll().lines(),
              ElementsAre("failed three 1: on embedded: not three"));
  options_.layouts = {ClusterLayout::kThreeServers};
  EXPECT_TRUE(RunAll().good());
}

}  // namespace
}  // namespace rowhouse::golden
