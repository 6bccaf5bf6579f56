#include "tests/tidy/source_tree.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace rowhouse::tidy {
namespace {

namespace fs = std::filesystem;

// Folders, from the root, that hold no sources: what is built and made, and
// bytes that were recorded elsewhere.
const std::set<std::string>& SkippedFolders() {
  static const auto* const folders =
      new std::set<std::string>{"build", "data", "out", "tests/golden/data"};
  return *folders;
}

bool IsIdentifier(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

// Length of the literal, raw string or comment that begins at `at`; 0 if none.
size_t OpaqueLength(absl::string_view text, size_t at) {
  const absl::string_view rest = text.substr(at);
  const auto end_of = [&](absl::string_view closing, size_t from) {
    const size_t found = rest.find(closing, from);
    return found == absl::string_view::npos ? rest.size()
                                            : found + closing.size();
  };
  if (absl::StartsWith(rest, "//"))
    return std::min(rest.find('\n'), rest.size());
  if (absl::StartsWith(rest, "/*")) return end_of("*/", 2);
  if (absl::StartsWith(rest, "R\"") &&
      (at == 0 || !IsIdentifier(text[at - 1]))) {
    const size_t open = rest.find('(');
    if (open == absl::string_view::npos) return rest.size();
    return end_of(absl::StrCat(")", rest.substr(2, open - 2), "\""), open);
  }
  if (rest[0] != '"' && rest[0] != '\'') return 0;
  // 16'384: a separator of digits, not a literal.
  if (rest[0] == '\'' && at > 0 && IsIdentifier(text[at - 1])) return 0;
  size_t end = 1;
  while (end < rest.size() && rest[end] != rest[0] && rest[end] != '\n') {
    end += rest[end] == '\\' ? 2 : 1;
  }
  return std::min(end + 1, rest.size());
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Finding& finding) {
  out << finding.path;
  if (finding.line > 0) out << ':' << finding.line;
  return out << ": " << finding.message;
}

bool SourceFile::IsHeader() const { return absl::EndsWith(path, ".h"); }

bool SourceFile::IsCxx() const {
  return IsHeader() || absl::EndsWith(path, ".cc");
}

SourceTree SourceTree::Read(const std::string& root) {
  SourceTree tree;
  for (auto entry = fs::recursive_directory_iterator(root);
       entry != fs::recursive_directory_iterator(); ++entry) {
    const std::string name = entry->path().filename().string();
    if (entry->is_directory()) {
      const std::string path = fs::relative(*entry, root).generic_string();
      if (name[0] == '.' || SkippedFolders().count(path) > 0) {
        entry.disable_recursion_pending();
      }
      continue;
    }
    if (name[0] == '.' || !entry->is_regular_file()) continue;
    std::ifstream file(entry->path(), std::ios::binary);
    tree.Add(fs::relative(entry->path(), root).generic_string(),
             {std::istreambuf_iterator<char>(file), {}});
  }
  return tree;
}

SourceTree SourceTree::Of(
    std::vector<std::pair<std::string, std::string>> contents) {
  SourceTree tree;
  for (auto& [path, text] : contents) {
    tree.Add(std::move(path), std::move(text));
  }
  return tree;
}

void SourceTree::Add(std::string path, std::string text) {
  SourceFile file{.path = path, .text = std::move(text), .code = {}};
  if (file.IsCxx()) file.code = BlankCommentsAndLiterals(file.text);
  files_.emplace(std::move(path), std::move(file));
}

bool SourceTree::Contains(absl::string_view path) const {
  return files_.count(std::string(path)) > 0;
}

std::string BlankCommentsAndLiterals(absl::string_view text) {
  std::string code(text);
  for (size_t at = 0; at < code.size();) {
    const size_t length = OpaqueLength(text, at);
    for (size_t i = at; i < at + length; ++i) {
      if (code[i] != '\n') code[i] = ' ';
    }
    // A literal keeps its quotes: it stays one token.
    if (length > 1 && text[at] != '/') code[at] = code[at + length - 1] = '"';
    at += std::max<size_t>(length, 1);
  }
  return code;
}

int LineAt(absl::string_view text, size_t position) {
  return 1 + static_cast<int>(std::count(
                 text.begin(), text.begin() + static_cast<int64_t>(position),
                 '\n'));
}

std::string FolderOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return std::string(path.substr(0, slash == path.npos ? 0 : slash));
}

std::string StemOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash != path.npos) path.remove_prefix(slash + 1);
  return std::string(path.substr(0, path.rfind('.')));
}

}  // namespace rowhouse::tidy
