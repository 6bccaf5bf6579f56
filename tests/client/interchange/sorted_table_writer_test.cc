#include "client/interchange/sorted_table_writer.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "client/interchange/sorted_table_reader.h"
#include "tests/client/interchange/recorded_checkpoints.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::interchange {
namespace {

using Entries = std::map<std::string, std::string>;

absl::StatusOr<Entries> ReadAll(const std::string& path) {
  ROWHOUSE_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path));
  Entries entries;
  ROWHOUSE_RETURN_IF_ERROR(ReadSortedTable(
      file, [&](absl::string_view key, absl::string_view value) {
        entries.emplace(key, value);
        return absl::OkStatus();
      }));
  return entries;
}

std::string Write(const Entries& entries) {
  SortedTableWriter table;
  for (const auto& [key, value] : entries) table.Add(key, value);
  return table.Finish();
}

TEST(SortedTableWriterTest, AnEmptyBlockIsEightBytes) {
  BlockBuilder block(16);
  EXPECT_TRUE(block.empty());
  EXPECT_EQ(absl::BytesToHexString(block.Finish()), "0000000001000000");
}

TEST(SortedTableWriterTest, KeysAreWholeAtRestarts) {
  BlockBuilder block(2);
  block.Add("aa", "1");
  block.Add("ab", "2");
  block.Add("ac", "3");
  const std::size_t bytes = block.bytes();
  const std::string finished = block.Finish();
  EXPECT_EQ(bytes, finished.size());
  EXPECT_EQ(absl::BytesToHexString(finished),
            "000201616131"  // aa
            "0101016232"    // shares its a
            "000201616333"  // whole again, at offset 11
            "000000000b00000002000000");
  EXPECT_TRUE(block.empty());
  EXPECT_EQ(block.Finish().size(), 8);
}

// Every index that TensorFlow wrote, byte for byte: many keys with common
// beginnings, two blocks, slices.
TEST(SortedTableWriterTest, RecordedIndexesAreWrittenAgain) {
  int written = 0;
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(Recorded(""))) {
    const std::string path = file.path().string();
    // Those that were damaged afterwards are another's test.
    if (file.path().extension() != ".index" ||
        path.find("_index_") != std::string::npos) {
      continue;
    }
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Entries entries, ReadAll(path));
    EXPECT_TRUE(Write(entries) == BytesOf(path)) << path;
    ++written;
  }
  EXPECT_GT(written, 70);
}

TEST(SortedTableWriterTest, ManyBlocksAndLargeEntries) {
  Entries entries = {{"", "header"}};
  for (int i = 0; i < 3000; ++i) {
    entries[absl::StrFormat("key/%07d", i * 7)] = std::string(500, 'v');
  }
  entries["key/00010000"] = std::string(600'000, 'x');
  entries[std::string("\xff\xff", 2)] = "last";
  const TempDir dir;
  ROWHOUSE_ASSERT_OK(WriteWholeFile(dir.File("t"), Write(entries)));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Entries read, ReadAll(dir.File("t")));
  EXPECT_TRUE(read == entries);
}

TEST(SortedTableWriterTest, ATableOfNothing) {
  const TempDir dir;
  ROWHOUSE_ASSERT_OK(WriteWholeFile(dir.File("t"), Write({})));
  EXPECT_THAT(ReadAll(dir.File("t")), IsOkAndHolds(Entries{}));
}

}  // namespace
}  // namespace rowhouse::interchange
