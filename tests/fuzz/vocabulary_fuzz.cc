// A vocabulary file from any bytes: as text, as a gzip TFRecord file, and as
// the records of one, framed, so that a fuzzer gets behind checksums. Each is a
// refusal or a vocabulary in which every token has the id of its place.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "client/columns/categorical.h"
#include "client/columns/tokens.h"
#include "tests/client/columns/token_files.h"
#include "tests/fuzz/fuzz_file.h"

namespace {

using rowhouse::CategoricalColumnWithVocabularyFile;
using rowhouse::DType;
using rowhouse::Features;
using rowhouse::internal::SparseIds;

void Fail(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

// The ids of `values` by the column; none where it refuses. Whatever they are,
// they are -1 or below the column's buckets.
template <typename Value>
std::vector<std::int64_t> IdsOf(
    const CategoricalColumnWithVocabularyFile& column,
    const std::vector<Value>& values) {
  const auto compiled = rowhouse::internal::Compile(column);
  if (!compiled.ok()) return {};
  Features features;
  features.Set("f", values);
  const absl::StatusOr<SparseIds> ids = (*compiled)->Transform(features);
  if (!ids.ok()) return {};
  for (const std::int64_t id : ids->values) {
    if (id < -1 || id >= static_cast<std::int64_t>((*compiled)->num_buckets()))
      Fail("an id that the column has not");
  }
  return ids->values;
}

void CheckAnyFile(const std::string& path, std::string format) {
  CategoricalColumnWithVocabularyFile column{
      .key = "f", .vocabulary_file = path, .file_format = std::move(format)};
  IdsOf(column, std::vector<std::string>{"a", "", "7"});
  column.num_oov_buckets = 3;
  column.vocabulary_size = 2;
  IdsOf(column, std::vector<std::string>{"a", "", "7"});
  column.dtype = DType::kInt64;
  IdsOf(column, std::vector<std::int64_t>{0, -1, 7});
}

// Tokens without doubles must be found at their places, and no others.
void CheckRecords(const std::vector<std::string>& records) {
  const std::string path = rowhouse::FuzzFile(
      "words.tfrecord.gz",
      rowhouse::internal::Gzip(rowhouse::internal::TfRecordFile(records)));
  std::vector<std::string> values;
  for (const std::string& record : records) {
    // A feature's empty string says that there is no value.
    if (!record.empty()) values.push_back(record);
  }
  const std::vector<std::int64_t> ids =
      IdsOf({.key = "f", .vocabulary_file = path}, values);
  const bool doubles =
      std::set<std::string>(records.begin(), records.end()).size() !=
      records.size();
  if (doubles) {
    if (!ids.empty()) Fail("a token has two ids");
    return;
  }
  if (ids.size() != values.size()) Fail("a vocabulary was refused");
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (records[static_cast<std::size_t>(ids[i])] != values[i]) {
      Fail("a token has the id of another");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  CheckAnyFile(rowhouse::FuzzFile("words", bytes), "text");
  CheckAnyFile(rowhouse::FuzzFile("words.gz", bytes), "tfrecord_gzip");
  CheckAnyFile(rowhouse::FuzzFile("framed.gz", rowhouse::internal::Gzip(bytes)),
               "tfrecord_gzip");
  CheckRecords(absl::StrSplit(bytes, '\n'));
  return 0;
}
