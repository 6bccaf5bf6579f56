// How every verb speaks: data on standard output, as text for people or as
// JSON for programs, and everything else on standard error.
#ifndef ROWHOUSE_TOOLS_OUTPUT_H_
#define ROWHOUSE_TOOLS_OUTPUT_H_

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "rowhouse/table_spec.h"

namespace rowhouse::tools {

// nlohmann::ordered_json with `float` for numbers that are no integers, so that
// they print with the fewest digits that read back to the same bits.
using Json =
    nlohmann::basic_json<nlohmann::ordered_map, std::vector, std::string, bool,
                         std::int64_t, std::uint64_t, float>;

struct Output {
  std::ostream& data;
  std::ostream& talk;
  bool json = false;
  bool terminal = false;  // is `talk` one: may a line there be drawn anew
};

// One document, indented. Bytes that are no UTF-8 become U+FFFD.
void Print(std::ostream& out, const Json& json);
// The same on one line.
void PrintLine(std::ostream& out, const Json& json);

// JSON has no word for them, so "nan", "inf" and "-inf" are strings.
Json FloatToJson(float value);
Json FloatsToJson(absl::Span<const float> values);
Json SpecToJson(const TableSpec& spec);

// The fewest digits that read back to the same bits.
std::string FloatText(float value);
std::string FloatsText(absl::Span<const float> values);  // blanks between
std::string BytesText(std::uint64_t bytes);              // "1.5 MiB"
std::string TimeText(absl::Time time);                   // RFC 3339, UTC
// 64 random bits that name something, as 16 hex digits: as a number they would
// not survive a JSON reader that knows only doubles.
std::string NameText(std::uint64_t bits);
// "adagrad, learning_rate 0.1, ...": an object of a spec on one line.
std::string FieldsText(const Json& object);

// Text as a cell of a line: control characters as \xHH, so that a name cannot
// draw on the terminal.
std::string Printable(absl::string_view text);

// Columns as wide as their widest cell, two blanks between them. Cells are made
// printable here.
class TextTable {
 public:
  enum class Align { kLeft, kRight };
  struct Column {
    std::string title;
    Align align = Align::kLeft;
  };

  explicit TextTable(std::vector<Column> columns);

  // REQUIRES: one cell per column.
  void Add(std::vector<std::string> cells);
  void Print(std::ostream& out) const;

 private:
  const std::vector<Column> columns_;
  std::vector<std::vector<std::string>> lines_;
};

// Prints names and values, one pair a line, the values in one column.
void PrintFields(
    std::ostream& out,
    const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_OUTPUT_H_
