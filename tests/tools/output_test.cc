#include "tools/output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <sstream>

namespace rowhouse::tools {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(OutputTest, FloatsHaveTheFewestDigitsThatReadBack) {
  EXPECT_EQ(FloatText(0.1f), "0.1");
  EXPECT_EQ(FloatText(1.0f), "1");
  EXPECT_EQ(FloatText(-0.0f), "-0");
  EXPECT_EQ(FloatText(16777216.0f), "16777216");
  EXPECT_EQ(FloatText(std::numeric_limits<float>::denorm_min()), "1e-45");
  EXPECT_EQ(FloatText(kNan), "nan");
  EXPECT_EQ(FloatText(-kInfinity), "-inf");
  EXPECT_EQ(FloatsText({0.1f, -2.5f}), "0.1 -2.5");
  EXPECT_EQ(FloatsText({}), "");
}

TEST(OutputTest, JsonKeepsOrderAndSaysWhatIsNoNumber) {
  Json json;
  json["z"] = FloatsToJson({0.1f, 1.0f, kInfinity, kNan});
  json["a"] = std::numeric_limits<std::uint64_t>::max();
  std::ostringstream line;
  PrintLine(line, json);
  EXPECT_EQ(line.str(),
            "{\"z\":[0.1,1.0,\"inf\",\"nan\"],\"a\":18446744073709551615}\n");
  std::ostringstream document;
  Print(document, Json{{"a", 1}});
  EXPECT_EQ(document.str(), "{\n  \"a\": 1\n}\n");
}

TEST(OutputTest, BytesThatAreNoUtf8DoNotStopJson) {
  std::ostringstream out;
  PrintLine(out, Json{{"name", "a\xff"}});
  EXPECT_EQ(out.str(), "{\"name\":\"a\xef\xbf\xbd\"}\n");
}

TEST(OutputTest, SpecsReadBackAsTheyWere) {
  TableSpec spec;
  spec.name = "words";
  spec.dim = 4;
  spec.seed = std::numeric_limits<std::uint64_t>::max();
  spec.optimizer = FtrlSpec{.learning_rate = 0.1f, .beta = 1e-30f};
  spec.initializer = UniformInitializer{.low = -kInfinity, .high = 0.3f};
  const Json json = SpecToJson(spec);
  EXPECT_EQ(json["optimizer"]["learning_rate"].dump(), "0.1");
  EXPECT_EQ(json["initializer"]["low"], "-inf");
  TableSpec again;
  spec.initializer = UniformInitializer{.low = -0.3f, .high = 0.3f};
  EXPECT_TRUE(TableSpecFromJson(SpecToJson(spec).dump(), again).ok());
  EXPECT_EQ(again, spec);
}

TEST(OutputTest, BytesHaveOneDigitBehindThePoint) {
  EXPECT_EQ(BytesText(0), "0 B");
  EXPECT_EQ(BytesText(1023), "1023 B");
  EXPECT_EQ(BytesText(1024), "1.0 KiB");
  EXPECT_EQ(BytesText(1536), "1.5 KiB");
  EXPECT_EQ(BytesText((1 << 20) - 1), "1.0 MiB");
  EXPECT_EQ(BytesText(std::numeric_limits<std::uint64_t>::max()), "16.0 EiB");
}

TEST(OutputTest, NamesTimesAndFields) {
  EXPECT_EQ(NameText(0x12), "0000000000000012");
  EXPECT_EQ(TimeText(absl::FromUnixSeconds(1'700'000'000)),
            "2023-11-14T22:13:20Z");
  EXPECT_EQ(
      FieldsText(SpecToJson(
          {.optimizer = AdagradSpec{.learning_rate = 0.1f}})["optimizer"]),
      "adagrad, learning_rate 0.1, initial_accumulator 0.1, epsilon 0.0, "
      "generation tf1");
}

TEST(OutputTest, ANameCannotDrawOnTheTerminal) {
  EXPECT_EQ(Printable("a\n\x1b[2J\x7f"), "a\\x0a\\x1b[2J\\x7f");
  EXPECT_EQ(Printable("wörter"), "wörter");
}

TEST(OutputTest, ColumnsAreAsWideAsTheirWidestCell) {
  TextTable table({{"name"},
                   {"rows", TextTable::Align::kRight},
                   {"kind", TextTable::Align::kLeft}});
  table.Add({"wörter", "7", "x"});
  table.Add({"a\tb", "123456", ""});
  std::ostringstream out;
  table.Print(out);
  EXPECT_EQ(out.str(),
            "name      rows  kind\n"
            "wörter       7  x\n"
            "a\\x09b  123456\n");
}

TEST(OutputTest, FieldsHaveTheirValuesInOneColumn) {
  std::ostringstream out;
  PrintFields(out, {{"dim", "4"}, {"rows stored", "7\r"}});
  EXPECT_EQ(out.str(),
            "dim          4\n"
            "rows stored  7\\x0d\n");
}

}  // namespace
}  // namespace rowhouse::tools
