#include "tools/transfer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "rowhouse/client.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "tests/tools/run_tool.h"

namespace rowhouse::tools {
namespace {

using ::testing::HasSubstr;

class TransferTest : public testing::Test {
 protected:
  void SetUp() override {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        Client client, Client::Connect("embedded:" + dir_.File("d")));
    for (const char* name : {"a", "b"}) {
      ROWHOUSE_ASSERT_OK(client.CreateTable(
          {.name = name, .dim = 1, .rows = 2, .optimizer = AdagradSpec{}}));
    }
    ROWHOUSE_ASSERT_OK(client.WriteRows("a", {0, 1}, {1.5f, -2}, {3, 4}));
  }

  ToolRun Run(std::vector<std::string> words) {
    words.insert(words.begin(), {"--embedded", dir_.File("d")});
    return RunTool(words);
  }
  std::string RowsOfB() { return Run({"row", "get", "b", "0", "1"}).data; }

  TempDir dir_;
};

TEST(TransferFormatTest, TheEndOfThePathSaysIt) {
  EXPECT_EQ(FormatOf("x/a.npy"), FileFormat::kNpy);
  EXPECT_EQ(FormatOf("a.safetensors"), FileFormat::kSafetensors);
  EXPECT_EQ(FormatOf("model.ckpt-7"), FileFormat::kCheckpoint);
  EXPECT_EQ(FormatOf("dir"), FileFormat::kCheckpoint);
}

TEST_F(TransferTest, OutAndInAgain) {
  const ToolRun out = Run({"export", dir_.File("c-1"), "a"});
  EXPECT_EQ(out.code, 0) << out.talk;
  EXPECT_EQ(out.data,
            "rows   2\n"
            "size   16 B\n"
            "slots  a/accumulator\n");
  EXPECT_THAT(out.talk, HasSubstr("is written"));
  const ToolRun in =
      Run({"import", "b", dir_.path(), "--tensor", "a", "--find-slots"});
  EXPECT_EQ(in.code, 0) << in.talk;
  EXPECT_THAT(in.talk, HasSubstr("table b is filled"));
  EXPECT_THAT(RowsOfB(), HasSubstr("1.5      3\n"));
}

TEST_F(TransferTest, JsonHasTheSame) {
  EXPECT_EQ(RunForJson({"--embedded", dir_.File("d"), "export",
                        dir_.File("s.safetensors"), "a", "b", "--no-slots"})
                .dump(),
            "{\"path\":\"" + dir_.File("s.safetensors") +
                R"(","rows":4,"bytes":16,"slots":[]})");
  EXPECT_EQ(RunForJson({"--embedded", dir_.File("d"), "import", "b",
                        dir_.File("s.safetensors"), "--tensor", "a"})
                .dump(),
            R"({"table":"b","rows":2,"bytes":8,"slots":[]})");
  EXPECT_EQ(RunForJson({"dump", "tensors", dir_.File("s.safetensors")}).dump(),
            R"({"tensors":[{"name":"a","dtype":"float32","shape":[2,1]},)"
            R"({"name":"b","dtype":"float32","shape":[2,1]}]})");
}

TEST_F(TransferTest, TensorsAsATable) {
  ASSERT_EQ(Run({"export", dir_.File("c"), "a", "--objects"}).code, 0);
  const ToolRun run = RunTool({"dump", "tensors", dir_.File("c")});
  EXPECT_EQ(run.code, 0) << run.talk;
  EXPECT_THAT(run.data,
              HasSubstr("embedding/a/.ATTRIBUTES/VARIABLE_VALUE               "
                        "float32  [2, 1]\n"));
}

TEST_F(TransferTest, SlotsAndFormatsMayBeNamed) {
  ASSERT_EQ(Run({"export", dir_.File("x"), "a", "--format", "npy"}).code, 0);
  const ToolRun run =
      Run({"import", "b", dir_.File("x"), "--format", "npy", "--slot",
           "accumulator=" + dir_.File("x.accumulator.npy")});
  EXPECT_EQ(run.code, 0) << run.talk;
  EXPECT_THAT(RowsOfB(), HasSubstr("-2       4\n"));
}

// As the example of docs/interchange.md has it.
TEST_F(TransferTest, ExportMakesTheDirectory) {
  const ToolRun run = Run({"export", dir_.File("out/deep/ckpt-1"), "a"});
  EXPECT_EQ(run.code, 0) << run.talk;
  EXPECT_EQ(Run({"import", "b", dir_.File("out/deep"), "--tensor", "a"}).code,
            0);
}

TEST_F(TransferTest, ImportSaysWhatThereIsToChooseFrom) {
  ASSERT_EQ(Run({"export", dir_.File("c-1"), "a"}).code, 0);
  EXPECT_THAT(Run({"import", "b", dir_.File("c-1")}).talk,
              HasSubstr("Give --tensor (ImportSource::weights). " +
                        dir_.File("c-1") + " has 2: a, a/Adagrad\n"));
  EXPECT_THAT(
      Run({"import", "b", dir_.File("c-1"), "--tensor", "a", "--slot", "acc=x"})
          .talk,
      HasSubstr("table b has no slot 'acc'; its slots: accumulator\n"));
}

TEST_F(TransferTest, FailuresAreOne) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"export", dir_.File("no/c"), "no"},
        {"export", dir_.File("d/MANIFEST/c"), "a"},
        {"import", "b", dir_.File("no"), "--tensor", "a"},
        {"import", "no", dir_.File("no"), "--tensor", "a"},
        {"dump", "tensors", dir_.File("no")}}) {
    const ToolRun run = Run(words);
    EXPECT_EQ(run.code, 1) << words[0];
    EXPECT_EQ(run.data, "");
    EXPECT_THAT(run.talk, HasSubstr("rowhouse: "));
  }
}

TEST_F(TransferTest, WordsThatMakeNoSenseAreTwo) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"export", dir_.File("c")},
        {"import", "b"},
        {"import", "b", "p", "--slot", "accumulator"},
        {"import", "b", "p", "--slot", "=x"},
        {"export", "p", "a", "--format", "hdf5"}}) {
    EXPECT_EQ(Run(words).code, 2) << words[0];
  }
}

}  // namespace
}  // namespace rowhouse::tools
