#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "tests/tidy/rules.h"

namespace rowhouse::tidy {
namespace {

// A file is read in one sitting, a function on one screen, a line beside
// another file.
constexpr int kFileLinesMax = 600;
constexpr int kFunctionLinesMax = 70;
constexpr int kColumnsMax = 80;

using Lines = std::vector<absl::string_view>;

bool IsText(absl::string_view path) {
  for (const absl::string_view ending :
       {".cc", ".h", ".proto", ".cmake", ".txt", ".sh", ".md", ".json", ".yaml",
        "/dev", "Dockerfile"}) {
    if (absl::EndsWith(absl::StrCat("/", path), ending)) return true;
  }
  return false;
}

// Characters, not bytes: UTF-8 continuation bytes are not counted.
int Columns(absl::string_view line) {
  return static_cast<int>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

// Lines that no formatter can break.
bool MayBeLong(absl::string_view line) {
  return absl::StrContains(line, "://") || absl::StrContains(line, '"') ||
         absl::StartsWith(line, "#include") || absl::StartsWith(line, "#endif");
}

void CheckLines(const SourceFile& file, std::vector<Finding>& findings) {
  const Lines lines = absl::StrSplit(file.text, '\n');
  const bool markdown = absl::EndsWith(file.path, ".md");
  for (size_t i = 0; i < lines.size(); ++i) {
    const int number = static_cast<int>(i) + 1;
    if (!lines[i].empty() && absl::ascii_isspace(lines[i].back())) {
      findings.push_back({file.path, number, "blanks at the end of the line"});
    }
    if (absl::StrContains(lines[i], '\t') && !markdown) {
      findings.push_back({file.path, number, "a tab"});
    }
    if (file.IsCxx() && Columns(lines[i]) > kColumnsMax &&
        !MayBeLong(lines[i])) {
      findings.push_back(
          {file.path, number,
           absl::StrCat(Columns(lines[i]), " columns, at most ", kColumnsMax)});
    }
  }
  if (!file.text.empty() && file.text.back() != '\n') {
    findings.push_back({file.path, 0, "no end of line at the end"});
  }
  const int count = static_cast<int>(lines.size()) - 1;
  if (count > kFileLinesMax && !markdown) {
    findings.push_back(
        {file.path, 0, absl::StrCat(count, " lines, at most ", kFileLinesMax)});
  }
}

// base/log.h is guarded by ROWHOUSE_BASE_LOG_H_, a public header
// rowhouse/ids.h by ROWHOUSE_IDS_H_.
void CheckGuard(const SourceFile& file, std::vector<Finding>& findings) {
  absl::string_view name = file.path;
  const size_t include = name.find("/include/rowhouse/");
  if (include != absl::string_view::npos) {
    name.remove_prefix(include +
                       absl::string_view("/include/rowhouse/").size());
  }
  std::string guard =
      absl::AsciiStrToUpper(absl::StrCat("rowhouse_", name, "_"));
  std::replace_if(
      guard.begin(), guard.end(),
      [](char c) { return !absl::ascii_isalnum(c); }, '_');
  const std::string wanted =
      absl::StrCat("#ifndef ", guard, "\n#define ", guard, "\n");
  if (!absl::StrContains(file.text, wanted)) {
    findings.push_back(
        {file.path, 0, absl::StrCat("no include guard ", guard)});
  }
}

// Code without its preprocessor lines, whose braces need not match.
std::string BlankDirectives(absl::string_view code) {
  std::string out(code);
  bool directive = false;
  bool line_begins = true;
  for (size_t i = 0; i < out.size(); ++i) {
    if (out[i] == '\n') {
      directive = directive && i > 0 && code[i - 1] == '\\';
      line_begins = true;
      continue;
    }
    if (line_begins && out[i] == '#') directive = true;
    line_begins = line_begins && out[i] == ' ';
    if (directive) out[i] = ' ';
  }
  return out;
}

enum class Scope { kOuter, kFunction, kOther };

// What the brace after `head` opens: a namespace or type, whose inside may
// hold functions; a function; or a list of values.
Scope ScopeAfter(absl::string_view head) {
  head = absl::StripLeadingAsciiWhitespace(head);
  for (const absl::string_view access : {"public:", "protected:", "private:"}) {
    if (absl::ConsumePrefix(&head, access)) return ScopeAfter(head);
  }
  if (absl::StartsWith(head, "template")) {
    for (const absl::string_view word :
         {"> class ", "> struct ", ">\nclass ", ">\nstruct "}) {
      if (absl::StrContains(head, word)) return Scope::kOuter;
    }
  }
  for (const absl::string_view word :
       {"namespace", "class ", "struct ", "union ", "enum ", "extern "}) {
    if (absl::StartsWith(head, word)) return Scope::kOuter;
  }
  return absl::StrContains(head, '(') ? Scope::kFunction : Scope::kOther;
}

// Functions by counting braces: those inside a namespace or a type.
void CheckFunctions(const SourceFile& file, std::vector<Finding>& findings) {
  const std::string code = BlankDirectives(file.code);
  size_t head = 0;  // where what stands before the next brace begins
  int depth = 0;    // of braces inside a function or list
  Scope inside = Scope::kOuter;
  size_t begin = 0;
  for (size_t i = 0; i < code.size(); ++i) {
    if (depth > 0) {
      depth += code[i] == '{' ? 1 : code[i] == '}' ? -1 : 0;
      if (depth > 0) continue;
      const int lines = LineAt(code, i) - LineAt(code, begin) + 1;
      if (inside == Scope::kFunction && lines > kFunctionLinesMax) {
        findings.push_back(
            {file.path, LineAt(code, begin),
             absl::StrCat("a function of ", lines, " lines, at most ",
                          kFunctionLinesMax)});
      }
      head = i + 1;
    } else if (code[i] == '{') {
      const auto before = absl::string_view(code).substr(head, i - head);
      inside = ScopeAfter(before);
      begin = head + (before.size() -
                      absl::StripLeadingAsciiWhitespace(before).size());
      if (inside != Scope::kOuter) depth = 1;
      head = i + 1;
    } else if (code[i] == '}' || code[i] == ';') {
      head = i + 1;
    }
  }
}

}  // namespace

std::vector<Finding> CheckShape(const SourceTree& tree) {
  std::vector<Finding> findings;
  for (const auto& [path, file] : tree.files()) {
    if (!IsText(path)) continue;
    CheckLines(file, findings);
    // Highway includes such a file once for every target it compiles for.
    if (file.IsHeader() && !absl::EndsWith(path, "-inl.h")) {
      CheckGuard(file, findings);
    }
    if (file.IsCxx()) CheckFunctions(file, findings);
  }
  return findings;
}

}  // namespace rowhouse::tidy
