// Columns said as data, from any bytes: a refusal or columns, and columns that
// are written are read as the same ones.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "rowhouse/feature_spec.h"

namespace {

void Fail(const char* what, absl::string_view text) {
  std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(text.size()),
               text.data());
  std::abort();
}

void CheckColumns(const std::vector<rowhouse::PlanColumn>& columns) {
  const auto text = rowhouse::ColumnsToText(columns);
  if (!text.ok()) Fail("columns that cannot be said", text.status().message());
  const auto again = rowhouse::ColumnsFromText(*text);
  if (!again.ok()) Fail("refused what was written", *text);
  if (rowhouse::ColumnsToText(*again) != text) Fail("read otherwise", *text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const auto& columns :
       {rowhouse::ColumnsFromJson(bytes), rowhouse::ColumnsFromText(bytes)}) {
    if (columns.ok()) CheckColumns(*columns);
  }
  return 0;
}
