#include "tools/output.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace rowhouse::tools {
namespace {

constexpr absl::string_view kBetweenColumns = "  ";

// Characters, not bytes: UTF-8 continuation bytes take no column.
std::size_t Width(absl::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(),
      [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string Dump(const Json& json, int indent) {
  return json.dump(indent, ' ', /*ensure_ascii=*/false,
                   Json::error_handler_t::replace);
}

std::string ScalarText(const Json& value) {
  return value.is_string() ? value.get<std::string>() : Dump(value, -1);
}

}  // namespace

void Print(std::ostream& out, const Json& json) {
  out << Dump(json, 2) << '\n';
}

void PrintLine(std::ostream& out, const Json& json) {
  out << Dump(json, -1) << '\n';
}

Json FloatToJson(float value) {
  if (std::isfinite(value)) return value;
  return FloatText(value);
}

Json FloatsToJson(absl::Span<const float> values) {
  Json json = Json::array();
  for (const float value : values) json.push_back(FloatToJson(value));
  return json;
}

Json SpecToJson(const TableSpec& spec) {
  return Json::parse(TableSpecToJson(spec), nullptr,
                     /*allow_exceptions=*/false);
}

std::string FloatText(float value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  return std::string(digits, end);
}

std::string FloatsText(absl::Span<const float> values) {
  return absl::StrJoin(values, " ", [](std::string* out, float value) {
    absl::StrAppend(out, FloatText(value));
  });
}

std::string BytesText(std::uint64_t bytes) {
  constexpr absl::string_view kUnits[] = {"KiB", "MiB", "GiB",
                                          "TiB", "PiB", "EiB"};
  if (bytes < 1024) return absl::StrCat(bytes, " B");
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  // 1023.95 would print as 1024.0.
  while (value >= 1023.95 && unit + 1 < std::size(kUnits)) {
    value /= 1024;
    ++unit;
  }
  return absl::StrFormat("%.1f %s", value, kUnits[unit]);
}

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

std::string NameText(std::uint64_t bits) {
  return absl::StrCat(absl::Hex(bits, absl::kZeroPad16));
}

std::string FieldsText(const Json& object) {
  std::string text;
  for (const auto& item : object.items()) {
    if (!text.empty()) text += ", ";
    if (item.key() != "type") absl::StrAppend(&text, item.key(), " ");
    text += ScalarText(item.value());
  }
  return text;
}

std::string Printable(absl::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      absl::StrAppendFormat(&out, "\\x%02x", byte);
    } else {
      out += c;
    }
  }
  return out;
}

TextTable::TextTable(std::vector<Column> columns)
    : columns_(std::move(columns)) {}

void TextTable::Add(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = Printable(cell);
  lines_.push_back(std::move(cells));
}

void TextTable::Print(std::ostream& out) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = Width(columns_[i].title);
    for (const auto& line : lines_) width = std::max(width, Width(line[i]));
    widths.push_back(width);
  }
  const auto print = [&](const auto& cell) {
    std::string line;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string& text = cell(i);
      const std::string blanks(widths[i] - Width(text), ' ');
      if (columns_[i].align == Align::kRight) line += blanks;
      line += text;
      if (columns_[i].align == Align::kLeft) line += blanks;
      if (i + 1 < columns_.size()) absl::StrAppend(&line, kBetweenColumns);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  };
  print([&](std::size_t i) -> const std::string& { return columns_[i].title; });
  for (const auto& line : lines_) {
    print([&](std::size_t i) -> const std::string& { return line[i]; });
  }
}

void PrintFields(
    std::ostream& out,
    const std::vector<std::pair<std::string, std::string>>& fields) {
  std::size_t width = 0;
  for (const auto& [name, value] : fields) width = std::max(width, Width(name));
  for (const auto& [name, value] : fields) {
    out << name << std::string(width - Width(name), ' ') << kBetweenColumns
        << Printable(value) << '\n';
  }
}

}  // namespace rowhouse::tools
