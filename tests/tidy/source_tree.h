// The project's own files as the rules of this room see them.
#ifndef ROWHOUSE_TESTS_TIDY_SOURCE_TREE_H_
#define ROWHOUSE_TESTS_TIDY_SOURCE_TREE_H_

#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace rowhouse::tidy {

// One breach of a rule. `line` counts from 1; 0 means the file as a whole.
struct Finding {
  std::string path;
  int line = 0;
  std::string message;

  bool operator==(const Finding&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Finding& finding);

struct SourceFile {
  // From the root of the repository, with '/'.
  std::string path;
  std::string text;
  // C++ only: `text` with comments and the insides of literals as blanks, so
  // that a rule about code neither reads prose nor its own samples. Same
  // length, same lines.
  std::string code;

  bool IsCxx() const;
  bool IsHeader() const;
};

// Files by path.
class SourceTree {
 public:
  // Every text file under `root` but for what is built, data and hidden files.
  static SourceTree Read(const std::string& root);

  // A tree for a rule's own test: path and text of each file.
  static SourceTree Of(
      std::vector<std::pair<std::string, std::string>> contents);

  const std::map<std::string, SourceFile>& files() const { return files_; }
  bool Contains(absl::string_view path) const;

 private:
  void Add(std::string path, std::string text);

  std::map<std::string, SourceFile> files_;
};

// See SourceFile::code. Knows // and /* */, quotes, raw strings and 16'384.
std::string BlankCommentsAndLiterals(absl::string_view text);

// The line, counted from 1, that holds the character at `position`.
int LineAt(absl::string_view text, size_t position);

// "a/b" for "a/b/c.h"; "" for a file of the root.
std::string FolderOf(absl::string_view path);

// "c" for "a/b/c.h".
std::string StemOf(absl::string_view path);

}  // namespace rowhouse::tidy

#endif  // ROWHOUSE_TESTS_TIDY_SOURCE_TREE_H_
