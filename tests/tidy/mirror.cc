#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "tests/tidy/rules.h"

namespace rowhouse::tidy {
namespace {

// Rooms whose sources are tested file by file.
constexpr absl::string_view kTestedRooms[] = {
    "base/",   "client/", "examples/", "kernels/", "proto/wire/",
    "server/", "shard/",  "storage/",  "tools/"};

// Tests that follow a promise of the whole, not one file.
constexpr absl::string_view kFreeTests[] = {
    "tests/contract/", "tests/docs/",        "tests/fuzz/",     "tests/golden/",
    "tests/install/",  "tests/integration/", "tests/property/", "tests/sim/",
    "tests/testing/",  "tests/tidy/"};

template <typename Prefixes>
bool BeginsWithAny(absl::string_view path, const Prefixes& prefixes) {
  for (const absl::string_view prefix : prefixes) {
    if (absl::StartsWith(path, prefix)) return true;
  }
  return false;
}

// tests/wire mirrors proto/wire; every other room keeps its name.
std::string TestOf(absl::string_view source) {
  absl::ConsumePrefix(&source, "proto/");
  return absl::StrCat("tests/", absl::StripSuffix(source, ".cc"), "_test.cc");
}

// What tests/X/y_test.cc is about, without its ending.
std::string SubjectOf(absl::string_view test) {
  absl::ConsumePrefix(&test, "tests/");
  return absl::StrCat(absl::StartsWith(test, "wire/") ? "proto/" : "",
                      absl::StripSuffix(test, "_test.cc"));
}

// A header without a source may have a test, wherever its room keeps it.
bool HasSubject(const SourceTree& tree, const std::string& subject) {
  for (const char* ending : {".cc", ".h", "-inl.h"}) {
    if (tree.Contains(subject + ending)) return true;
  }
  const std::string room = subject.substr(0, subject.find('/'));
  return tree.Contains(
      absl::StrCat(room, "/include/rowhouse/", StemOf(subject), ".h"));
}

}  // namespace

std::vector<Finding> CheckMirror(const SourceTree& tree,
                                 absl::Span<const Exemption> exemptions) {
  std::vector<Finding> findings;
  std::set<std::string> exempt;
  for (const Exemption& exemption : exemptions) {
    exempt.insert(exemption.path);
    if (exemption.reason.empty()) {
      findings.push_back({exemption.path, 0, "is exempt without a reason"});
    }
    if (!tree.Contains(exemption.path)) {
      findings.push_back({exemption.path, 0, "is exempt but not there"});
    } else if (tree.Contains(TestOf(exemption.path))) {
      findings.push_back({exemption.path, 0, "is exempt but has its test"});
    }
  }
  for (const auto& [path, file] : tree.files()) {
    if (absl::EndsWith(path, "_test.cc")) {
      if (!absl::StartsWith(path, "tests/")) {
        findings.push_back({path, 0, "a test belongs under tests/"});
      } else if (!BeginsWithAny(path, kFreeTests) &&
                 !HasSubject(tree, SubjectOf(path))) {
        findings.push_back(
            {path, 0, absl::StrCat("tests ", SubjectOf(path), ", not there")});
      }
    } else if (absl::EndsWith(path, ".cc") &&
               BeginsWithAny(path, kTestedRooms) && exempt.count(path) == 0 &&
               !tree.Contains(TestOf(path))) {
      findings.push_back({path, 0, absl::StrCat("has no ", TestOf(path))});
    }
  }
  return findings;
}

}  // namespace rowhouse::tidy
