// docs/columns.md against the public headers: a section for every struct of the
// headers that it links, a row for every field, no field that is not there, a
// row for every argument of TensorFlow's pages, and the codes that the recorded
// cases are held to.

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/docs/struct_fields.h"
#include "tests/golden/case.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::docs {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAreArray;

std::string ReadText(absl::string_view path) {
  std::ifstream file(absl::StrCat(ROWHOUSE_SOURCE_DIR, "/", path));
  EXPECT_TRUE(file.good()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// A third-level heading and the rows of the table below it.
struct Section {
  std::string heading;
  std::vector<std::vector<std::string>> rows;  // cells, without the head

  // The last name of the heading: "`tf.x`: `Struct`".
  std::string StructName() const {
    const std::vector<std::string> parts = absl::StrSplit(heading, '`');
    return parts.size() < 2 ? "" : parts[parts.size() - 2];
  }
  // Of the second column: what is no field is "–".
  std::vector<std::string> Fields() const {
    std::vector<std::string> fields;
    for (const auto& cells : rows) {
      if (cells[1] == "–") continue;
      fields.emplace_back(
          absl::StripPrefix(absl::StripSuffix(cells[1], "`"), "`"));
    }
    return fields;
  }
  // Of the first column: "combiner" of "`combiner='mean'`".
  std::vector<std::string> Arguments() const {
    std::vector<std::string> arguments;
    for (const auto& cells : rows) {
      absl::string_view name = cells[0];
      if (!absl::ConsumePrefix(&name, "`")) continue;
      arguments.emplace_back(name.substr(0, name.find_first_of("=`")));
    }
    return arguments;
  }
};

// The cells of a line of a table; none of another line or of a table's head.
std::vector<std::string> CellsOf(absl::string_view line) {
  if (!absl::StartsWith(line, "| ") || absl::StartsWith(line, "| TensorFlow")) {
    return {};
  }
  line.remove_prefix(1);
  absl::ConsumeSuffix(&line, "|");
  std::vector<std::string> cells;
  for (const absl::string_view cell : absl::StrSplit(line, '|')) {
    cells.emplace_back(absl::StripAsciiWhitespace(cell));
  }
  return cells;
}

// `level` is the heading's: "## " or "### ".
std::vector<Section> SectionsOf(absl::string_view text,
                                absl::string_view level) {
  std::vector<Section> sections;
  bool inside = false;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (absl::StartsWith(line, "#")) {
      inside = absl::ConsumePrefix(&line, level);
      if (inside) sections.push_back({.heading = std::string(line)});
      continue;
    }
    std::vector<std::string> cells = CellsOf(line);
    if (inside && cells.size() == 3) sections.back().rows.push_back(cells);
  }
  return sections;
}

// The public headers that the page links, as paths from the root.
std::vector<std::string> LinkedHeaders(absl::string_view text) {
  std::vector<std::string> headers;
  for (absl::string_view part : absl::StrSplit(text, "](../")) {
    part = part.substr(0, part.find(')'));
    if (absl::StrContains(part, "/include/rowhouse/") &&
        absl::EndsWith(part, ".h")) {
      headers.emplace_back(part);
    }
  }
  return headers;
}

class ColumnsDocTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const std::string& header : LinkedHeaders(text_)) {
      structs_.merge(StructFields(ReadText(header)));
    }
  }

  const std::string text_ = ReadText("docs/columns.md");
  const std::vector<Section> sections_ = SectionsOf(text_, "### ");
  std::map<std::string, std::vector<std::string>> structs_;
};

TEST_F(ColumnsDocTest, HasASectionForEveryStruct) {
  std::vector<std::string> expected;
  for (const auto& [name, fields] : structs_) expected.push_back(name);
  std::vector<std::string> found;
  for (const Section& section : sections_) {
    found.push_back(section.StructName());
  }
  EXPECT_THAT(expected, SizeIs(::testing::Gt(20)));
  EXPECT_THAT(found, UnorderedElementsAreArray(expected));
}

TEST_F(ColumnsDocTest, HasARowForEveryFieldAndNoOthers) {
  for (const Section& section : sections_) {
    EXPECT_THAT(section.Fields(),
                UnorderedElementsAreArray(structs_[section.StructName()]))
        << section.heading;
  }
}

// The signatures on TensorFlow's reference pages.
const std::map<std::string, std::vector<std::string>>& Signatures() {
  static const auto* const signatures =
      new std::map<std::string, std::vector<std::string>>{
          {"tf.feature_column.embedding_column",
           {"categorical_column", "dimension", "combiner", "initializer",
            "ckpt_to_load_from", "tensor_name_in_ckpt", "max_norm",
            "trainable"}},
          {"tf.feature_column.shared_embeddings",
           {"categorical_columns", "dimension", "combiner", "initializer",
            "shared_embedding_collection_name", "ckpt_to_load_from",
            "tensor_name_in_ckpt", "max_norm", "trainable",
            "use_safe_embedding_lookup"}},
          {"tf.tpu.experimental.embedding_column",
           {"categorical_column", "dimension", "combiner", "initializer",
            "max_sequence_length", "learning_rate_fn"}},
          {"tf.keras.layers.Embedding",
           {"input_dim", "output_dim", "embeddings_initializer",
            "embeddings_regularizer", "activity_regularizer",
            "embeddings_constraint", "mask_zero", "input_length"}},
          {"tf.feature_column.categorical_column_with_identity",
           {"key", "num_buckets", "default_value"}},
          {"tf.feature_column.categorical_column_with_vocabulary_file",
           {"key", "vocabulary_file", "vocabulary_size", "num_oov_buckets",
            "default_value", "dtype"}},
      };
  return *signatures;
}

TEST_F(ColumnsDocTest, HasARowForEveryArgumentOfTheReferencePages) {
  for (const auto& [function, arguments] : Signatures()) {
    const std::string begin = absl::StrCat("`", function, "`: ");
    const auto section = absl::c_find_if(sections_, [&](const Section& s) {
      return absl::StartsWith(s.heading, begin);
    });
    ASSERT_NE(section, sections_.end()) << function;
    const std::vector<std::string> named = section->Arguments();
    for (const std::string& argument : arguments) {
      EXPECT_THAT(named, Contains(argument)) << function;
    }
  }
}

// As the recorded cases say it: "NotFound" of "`NotFoundError`", but Python's
// own names as they are.
std::string RecordedName(absl::string_view cell) {
  const absl::string_view name =
      absl::StripPrefix(absl::StripSuffix(cell, "`"), "`");
  for (const absl::string_view python :
       {"ValueError", "TypeError", "AttributeError", "IndexError",
        "RuntimeError"}) {
    if (name == python) return std::string(name);
  }
  return std::string(absl::StripSuffix(name, "Error"));
}

TEST_F(ColumnsDocTest, HasTheCodesThatRecordedCasesAreHeldTo) {
  int rows = 0;
  for (const Section& section : SectionsOf(text_, "## ")) {
    if (section.heading != "Errors") continue;
    for (const auto& cells : section.rows) {
      const nlohmann::json recorded = {
          {"name", "a"},
          {"expect",
           {{"error", {{"type", RecordedName(cells[0])}, {"when", "run"}}}}}};
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(const golden::Case test,
                                    golden::ReadCase(recorded));
      ASSERT_TRUE(test.error.has_value()) << cells[0];
      std::vector<std::string> names;
      for (const absl::StatusCode code : test.error->codes) {
        names.push_back(absl::StatusCodeToString(code));
      }
      EXPECT_THAT(names, AnyOf(IsEmpty(), Contains(cells[1]))) << cells[0];
      ++rows;
    }
  }
  EXPECT_EQ(rows, 12);
}

TEST(Sections, TakeTheRowsBelowTheirHeading) {
  const std::vector<Section> sections = SectionsOf(
      "### `tf.a`: `A`\n\n| TensorFlow | Rowhouse | x |\n|---|---|---|\n"
      "| `b=1` | `c` | |\n| – | `d` | e |\n| `f` | – | |\n"
      "## Other\n\n| no | row | here |\n",
      "### ");
  ASSERT_THAT(sections, SizeIs(1));
  EXPECT_EQ(sections[0].StructName(), "A");
  EXPECT_THAT(sections[0].Fields(), ::testing::ElementsAre("c", "d"));
  EXPECT_THAT(sections[0].Arguments(), ::testing::ElementsAre("b", "f"));
}

}  // namespace
}  // namespace rowhouse::docs
