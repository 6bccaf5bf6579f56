#include <set>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "tests/tidy/rules.h"

namespace rowhouse::tidy {
namespace {

bool IsBuildList(absl::string_view path) {
  return absl::EndsWith(path, "CMakeLists.txt") ||
         absl::EndsWith(path, "sources.cmake");
}

// The folders that the words of a list count from. A sources.cmake is included
// by the list one above, which may be the one that its words count from.
std::vector<std::string> FoldersOf(absl::string_view list) {
  const std::string folder = FolderOf(list);
  if (!absl::EndsWith(list, "sources.cmake")) return {folder};
  return {folder, FolderOf(folder)};
}

// The words of every build list, as paths from the root: "a.cc" in
// base/CMakeLists.txt is "base/a.cc".
std::set<std::string> NamedFiles(const SourceTree& tree) {
  constexpr absl::string_view kRoot = "${PROJECT_SOURCE_DIR}/";
  std::set<std::string> named;
  for (const auto& [path, file] : tree.files()) {
    if (!IsBuildList(path)) continue;
    for (absl::string_view line : absl::StrSplit(file.text, '\n')) {
      line = line.substr(0, line.find('#'));
      for (absl::string_view word :
           absl::StrSplit(line, absl::ByAnyChar(" \t()\";"))) {
        if (absl::ConsumePrefix(&word, kRoot)) named.emplace(word);
        for (const std::string& folder : FoldersOf(path)) {
          named.insert(folder.empty() ? std::string(word)
                                      : absl::StrCat(folder, "/", word));
        }
      }
    }
  }
  return named;
}

// Headers under tests/ come with the sources that include them.
bool IsIncluded(const SourceTree& tree, const std::string& header) {
  const std::string directive = absl::StrCat("#include \"", header, "\"\n");
  return absl::c_any_of(tree.files(), [&](const auto& entry) {
    return absl::StrContains(entry.second.text, directive);
  });
}

}  // namespace

std::vector<Finding> CheckBuildLists(const SourceTree& tree) {
  const std::set<std::string> named = NamedFiles(tree);
  std::vector<Finding> findings;
  for (const auto& [path, file] : tree.files()) {
    if (!file.IsCxx() && !absl::EndsWith(path, ".proto")) continue;
    if (named.count(path) > 0) continue;
    if (file.IsHeader() && absl::StartsWith(path, "tests/") &&
        IsIncluded(tree, path)) {
      continue;
    }
    findings.push_back({path, 0, "is in no CMakeLists.txt: nobody builds it"});
  }
  return findings;
}

}  // namespace rowhouse::tidy
