#include <cctype>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "tests/tidy/rules.h"

namespace rowhouse::tidy {
namespace {

using Prefixes = std::vector<absl::string_view>;

// Words that code does not use: outside of `except`, and only in `where`
// (everywhere when empty).
struct Ban {
  std::vector<absl::string_view> words;
  absl::string_view instead;
  Prefixes except = {};
  Prefixes where = {};
};

const std::vector<Ban>& Bans() {
  static const Prefixes mains = {"server/main.cc", "tools/", "examples/",
                                 "bench/", "tests/"};
  static const Prefixes libraries = {"base/",    "client/", "kernels/",
                                     "proto/",   "server/", "shard/",
                                     "storage/", "tools/"};
  static const auto* const bans = new std::vector<Ban>{
      {{"getenv", "secure_getenv", "setenv", "putenv"},
       "settings come by flags, in an Options struct"},
      {{"absl::Mutex", "absl::MutexLock", "std::mutex", "std::shared_mutex",
        "std::lock_guard", "std::unique_lock", "std::scoped_lock",
        "std::condition_variable", "std::condition_variable_any"},
       "the annotated types of base/mutex.h",
       {"base/mutex.h"}},
      {{"std::string_view"}, "absl::string_view"},
      // After retry.cc: one that kills at a random moment, two that wait for
      // another process, one that pushes at fixed times.
      {{"sleep_for", "sleep_until", "absl::SleepFor", "usleep(", "nanosleep("},
       "a Clock, or a condition to wait for",
       {"base/clock.cc", "client/internal/retry.cc",
        "tests/integration/faults/", "tests/testing/server_process.cc",
        "examples/census/server_group.cc", "bench/checkpoint_cases.cc"}},
      {{"rand(", "srand(", "std::random_device"}, "a generator with a seed"},
      {{"std::thread", "std::jthread", "std::async", "pthread_create"},
       "an Executor",
       {"base/executor.cc", "client/", "server/", "tools/", "examples/",
        "bench/", "tests/"}},
      {{"exit(", "_exit(", "quick_exit(", "abort(", "std::terminate("},
       "a Status, up to main()",
       mains},
      // An allocation that fails ends as operator new does, and CLI11 reports
      // flags that make no sense to its caller, main(), so.
      {{"throw"}, "a Status", {"shard/memory_block.cc", "server/main.cc"}},
      {{"assert(", "CHECK(", "CHECK_EQ(", "ABSL_RAW_CHECK("},
       "a Status: bytes from outside end no process",
       {},
       {"proto/wire/", "server/", "storage/"}},
      {{"std::cout", "std::cerr", "printf(", "fprintf(", "puts("},
       "base/log.h, or a Status",
       mains,
       libraries},
      {{"using namespace"}, "using for single names"},
      {{"GTEST_SKIP(", "DISABLED_"}, "a test that runs"},
  };
  return *bans;
}

// Endings of a type's or a file's name that say nothing about it.
constexpr absl::string_view kEmptyEndings[] = {"Impl", "Manager", "Helper",
                                               "Util", "Utils",   "Helpers"};
constexpr absl::string_view kEmptyFileWords[] = {
    "common", "helper", "helpers", "impl",  "manager",
    "misc",   "stuff",  "util",    "utils", "utilities"};

bool IsIdentifier(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

bool BeginsWithAny(absl::string_view path, const Prefixes& prefixes) {
  return absl::c_any_of(prefixes, [&](absl::string_view prefix) {
    return absl::StartsWith(path, prefix);
  });
}

// Positions of `word` in `code`, whole words only. A word that ends in '_'
// is a beginning.
std::vector<size_t> Find(absl::string_view code, absl::string_view word) {
  std::vector<size_t> found;
  for (size_t at = code.find(word); at != absl::string_view::npos;
       at = code.find(word, at + 1)) {
    const size_t end = at + word.size();
    const bool begins = at == 0 || !IsIdentifier(code[at - 1]);
    const bool ends = end == code.size() || !IsIdentifier(word.back()) ||
                      word.back() == '_' || !IsIdentifier(code[end]);
    if (begins && ends) found.push_back(at);
  }
  return found;
}

void CheckBans(const SourceFile& file, std::vector<Finding>& findings) {
  for (const Ban& ban : Bans()) {
    if (BeginsWithAny(file.path, ban.except)) continue;
    if (!ban.where.empty() && !BeginsWithAny(file.path, ban.where)) continue;
    for (const absl::string_view word : ban.words) {
      for (const size_t at : Find(file.code, word)) {
        findings.push_back({file.path, LineAt(file.code, at),
                            absl::StrCat(word, ": use ", ban.instead)});
      }
    }
  }
}

void CheckTypeNames(const SourceFile& file, std::vector<Finding>& findings) {
  for (const absl::string_view keyword : {"class ", "struct "}) {
    for (const size_t at : Find(file.code, keyword)) {
      const size_t begin = at + keyword.size();
      size_t end = begin;
      while (end < file.code.size() && IsIdentifier(file.code[end])) ++end;
      const auto name = absl::string_view(file.code).substr(begin, end - begin);
      for (const absl::string_view ending : kEmptyEndings) {
        if (!absl::EndsWith(name, ending)) continue;
        findings.push_back(
            {file.path, LineAt(file.code, at),
             absl::StrCat(name, ": say what it is, not ", ending)});
      }
    }
  }
}

void CheckFileName(const SourceFile& file, std::vector<Finding>& findings) {
  const std::string path(absl::StripSuffix(file.path, "_test.cc"));
  for (const absl::string_view word :
       absl::StrSplit(path, absl::ByAnyChar("/_-."))) {
    for (const absl::string_view empty : kEmptyFileWords) {
      if (absl::AsciiStrToLower(word) == empty) {
        findings.push_back(
            {file.path, 0,
             absl::StrCat("a name of '", empty, "' says nothing")});
      }
    }
  }
}

// Spelled apart, so that this file is no finding of its own.
void CheckUnfinished(const SourceFile& file, std::vector<Finding>& findings) {
  for (const absl::string_view mark : {"TO"
                                       "DO",
                                       "FIX"
                                       "ME",
                                       "XX"
                                       "X",
                                       "HA"
                                       "CK"}) {
    for (const size_t at : Find(file.text, mark)) {
      findings.push_back(
          {file.path, LineAt(file.text, at),
           absl::StrCat(mark, ": an issue, or the work itself")});
    }
  }
}

}  // namespace

std::vector<Finding> CheckWords(const SourceTree& tree) {
  std::vector<Finding> findings;
  for (const auto& [path, file] : tree.files()) {
    CheckFileName(file, findings);
    CheckUnfinished(file, findings);
    if (!file.IsCxx()) continue;
    CheckBans(file, findings);
    CheckTypeNames(file, findings);
  }
  return findings;
}

}  // namespace rowhouse::tidy
