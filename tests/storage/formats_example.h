// The worked examples of docs/formats.md, so that the page cannot lie.
#ifndef ROWHOUSE_TESTS_STORAGE_FORMATS_EXAMPLE_H_
#define ROWHOUSE_TESTS_STORAGE_FORMATS_EXAMPLE_H_

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "storage/disk.h"

namespace rowhouse::storage {

// The bytes of the block that begins with "```hex NAME": what stands between
// ':' and '#' on each line. Empty when there is no such block.
inline std::string FormatsExample(absl::string_view name) {
  const auto page =
      PosixDisk().Read(ROWHOUSE_SOURCE_DIR "/docs/formats.md", 1 << 20);
  if (!page.ok()) return "";
  std::string hex;
  bool inside = false;
  for (const absl::string_view line : absl::StrSplit(*page, '\n')) {
    if (absl::StartsWith(line, "```")) {
      inside = line == absl::StrCat("```hex ", name);
    } else if (inside) {
      const std::vector<absl::string_view> parts =
          absl::StrSplit(line, absl::MaxSplits(absl::ByAnyChar(":#"), 2));
      if (parts.size() < 2) return "";
      absl::StrAppend(&hex, absl::StrReplaceAll(parts[1], {{" ", ""}}));
    }
  }
  return absl::HexStringToBytes(hex);
}

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_TESTS_STORAGE_FORMATS_EXAMPLE_H_
