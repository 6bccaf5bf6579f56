#include "tests/docs/struct_fields.h"

#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace rowhouse::docs {
namespace {

std::string WithoutComments(absl::string_view text) {
  std::string code;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    absl::StrAppend(&code, line.substr(0, line.find("//")), "\n");
  }
  return code;
}

// The name that `statement` declares as a data member; "" when it does not.
// What stood between <> or {} is gone already.
std::string MemberOf(absl::string_view statement) {
  statement = absl::StripAsciiWhitespace(statement);
  for (const absl::string_view word :
       {"using ", "friend ", "static ", "struct ", "class ", "enum "}) {
    if (absl::StartsWith(statement, word)) return "";
  }
  if (absl::StrContains(statement, " operator")) return "";
  statement =
      absl::StripAsciiWhitespace(statement.substr(0, statement.find('=')));
  if (absl::StrContains(statement, "(")) return "";
  return std::string(statement.substr(statement.find_last_of(" \n*&") + 1));
}

// `body` begins behind the opening brace of a struct.
std::vector<std::string> MembersOf(absl::string_view body) {
  std::vector<std::string> members;
  std::string statement;
  int angles = 0;
  int braces = 0;
  for (const char c : body) {
    if (c == '}' && braces-- == 0) break;
    if (c == '{') ++braces;
    if (braces > 0) continue;
    if (c == '<') ++angles;
    if (c == '>') --angles;
    if (angles > 0 || c == '>') continue;
    const bool function_ends = c == '}' && absl::StrContains(statement, "(");
    if (c == ';' || function_ends) {
      std::string member = MemberOf(statement);
      if (!member.empty()) members.push_back(std::move(member));
      statement.clear();
    } else if (c != '}') {
      statement += c;
    }
  }
  return members;
}

}  // namespace

std::map<std::string, std::vector<std::string>> StructFields(
    absl::string_view header) {
  constexpr absl::string_view kBegin = "\nstruct ";
  const std::string text = absl::StrCat("\n", WithoutComments(header));
  const absl::string_view code = text;
  std::map<std::string, std::vector<std::string>> structs;
  for (std::size_t at = code.find(kBegin); at != absl::string_view::npos;
       at = code.find(kBegin, at + 1)) {
    const absl::string_view rest = code.substr(at + kBegin.size());
    const std::size_t open = rest.find_first_of("{;");
    if (open == absl::string_view::npos || rest[open] == ';') continue;
    std::vector<std::string> members = MembersOf(rest.substr(open + 1));
    if (members.empty()) continue;
    structs[std::string(rest.substr(0, rest.find_first_of(" \n:{")))] =
        std::move(members);
  }
  return structs;
}

}  // namespace rowhouse::docs
