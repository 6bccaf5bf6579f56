#include "client/interchange/sorted_table_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <snappy.h>

#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "client/interchange/limits.h"
#include "client/interchange/sorted_table.h"
#include "tests/client/interchange/recorded_checkpoints.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::interchange {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

using Entries = std::vector<std::pair<std::string, std::string>>;

std::string Entry(std::uint64_t shared, const std::string& key,
                  const std::string& value) {
  std::string bytes;
  AppendVarint(shared, bytes);
  AppendVarint(key.size(), bytes);
  AppendVarint(value.size(), bytes);
  return bytes + key + value;
}

std::string Block(const std::string& entries, std::uint32_t restarts = 1) {
  std::string bytes = entries;
  for (std::uint32_t i = 0; i < restarts; ++i) AppendWord(0u, bytes);
  AppendWord(restarts, bytes);
  return bytes;
}

// A file made block by block.
class Table {
 public:
  void Add(const std::string& separator, const std::string& block,
           char type = kBlockPlain) {
    index_ += Entry(0, separator, Write(block, type));
  }
  std::string Finish() {
    const std::string handle = Write(Block(index_), kBlockPlain);
    std::string footer = std::string("\0\0", 2) + handle;
    footer.resize(kTableFooterBytes - sizeof(kTableMagic));
    AppendWord(kTableMagic, footer);
    return bytes_ + footer;
  }
  std::string Write(const std::string& block, char type) {
    std::string handle;
    AppendVarint(bytes_.size(), handle);
    AppendVarint(block.size(), handle);
    const std::string covered = block + type;
    bytes_ += covered;
    AppendWord(MaskCrc(Crc32c(covered.data(), covered.size())), bytes_);
    return handle;
  }
  void AddHandle(const std::string& separator, std::uint64_t offset,
                 std::uint64_t size) {
    std::string handle;
    AppendVarint(offset, handle);
    AppendVarint(size, handle);
    index_ += Entry(0, separator, handle);
  }

 private:
  std::string bytes_;
  std::string index_;
};

absl::StatusOr<Entries> Read(const std::string& bytes) {
  const TempDir dir;
  SetBytes(dir.File("t"), bytes);
  ROWHOUSE_ASSIGN_OR_RETURN(const InputFile file,
                            InputFile::Open(dir.File("t")));
  Entries entries;
  ROWHOUSE_RETURN_IF_ERROR(ReadSortedTable(
      file, [&](absl::string_view key, absl::string_view value) {
        entries.emplace_back(key, value);
        return absl::OkStatus();
      }));
  return entries;
}

TEST(SortedTableReaderTest, ReadsKeysThatShareTheirBeginning) {
  Table table;
  table.Add("b", Block(Entry(0, "abc", "1") + Entry(2, "d", "2")));
  table.Add("z", Block(Entry(0, "x", "")));
  EXPECT_THAT(Read(table.Finish()),
              IsOkAndHolds(ElementsAre(Pair("abc", "1"), Pair("abd", "2"),
                                       Pair("x", ""))));
}

TEST(SortedTableReaderTest, ReadsCompressedBlocks) {
  const std::string block =
      Block(Entry(0, "k", std::string(1000, 'v')) + Entry(0, "l", "w"));
  std::string packed;
  snappy::Compress(block.data(), block.size(), &packed);
  Table table;
  table.Add("l", packed, kBlockSnappy);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Entries entries, Read(table.Finish()));
  EXPECT_THAT(entries,
              ElementsAre(Pair("k", std::string(1000, 'v')), Pair("l", "w")));
}

TEST(SortedTableReaderTest, AnEmptyTableIsATable) {
  EXPECT_THAT(Read(Table().Finish()), IsOkAndHolds(Entries{}));
  Table table;
  table.Add("a", Block("", 0));
  EXPECT_THAT(Read(table.Finish()), IsOkAndHolds(Entries{}));
}

// A few bytes of a block stand for each of them.
TEST(SortedTableReaderTest, KeysHaveABound) {
  const std::string longest(kTableKeyBytesMax, 'k');
  Table table;
  table.Add("z", Block(Entry(0, longest, "1")));
  EXPECT_THAT(Read(table.Finish()),
              IsOkAndHolds(ElementsAre(Pair(longest, "1"))));
  Table above;
  above.Add("z",
            Block(Entry(0, longest, "1") + Entry(longest.size(), "l", "2")));
  EXPECT_THAT(Read(above.Finish()),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("a key of 16385 bytes")));
}

// A handle takes a few bytes of the index, what it names may be large.
TEST(SortedTableReaderTest, ABlockIsReadOnce) {
  Table table;
  const std::string block = Block("", 0);
  table.Add("a", block);
  table.AddHandle("b", 0, block.size());
  EXPECT_THAT(Read(table.Finish()),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("a block within another at offset 0")));
}

TEST(SortedTableReaderTest, StopsAtTheVisitorsError) {
  Table table;
  table.Add("b", Block(Entry(0, "a", "1") + Entry(0, "b", "2")));
  const TempDir dir;
  ROWHOUSE_ASSERT_OK(WriteWholeFile(dir.File("t"), table.Finish()));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const InputFile file,
                                InputFile::Open(dir.File("t")));
  int calls = 0;
  EXPECT_THAT(ReadSortedTable(file,
                              [&](absl::string_view, absl::string_view) {
                                ++calls;
                                return absl::AbortedError("enough");
                              }),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_EQ(calls, 1);
}

TEST(SortedTableReaderTest, DamagedEntriesUnderARightChecksum) {
  const std::string good = Entry(0, "a", "1");
  for (const std::string& block :
       {std::string(), std::string("\0\0", 2),  // no room for the count
        Block(good).substr(0, 3), Block(good, 1).substr(4),
        Block(Entry(1, "a", "1")),         // shares with no key
        Block(good + Entry(2, "a", "1")),  // more than the key before has
        Block(good + std::string("\0\x09\0"
                                 "ab",
                                 5)),
        Block(good + std::string("\0\1\x09"
                                 "ab",
                                 5)),
        Block(good + "\xff"),                 // a varint that does not end
        Block(good + good),                   // a key twice
        Block(Entry(0, "b", "1") + good)}) {  // out of order
    Table table;
    table.Add("z", block);
    EXPECT_THAT(Read(table.Finish()),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("/t")))
        << block;
  }
  std::string count_too_high = good;
  AppendWord(0x40000000u, count_too_high);
  Table table;
  table.Add("z", count_too_high);
  EXPECT_THAT(Read(table.Finish()), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(SortedTableReaderTest, KeysAreInOrderOverBlocks) {
  Table table;
  table.Add("b", Block(Entry(0, "b", "1")));
  table.Add("c", Block(Entry(0, "a", "2")));
  EXPECT_THAT(Read(table.Finish()),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("order")));
}

TEST(SortedTableReaderTest, DamagedCompression) {
  Table unknown;
  unknown.Add("z", Block(Entry(0, "a", "1")), 2);
  EXPECT_THAT(Read(unknown.Finish()),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("type 2")));
  // Claims 2^32 - 1 bytes, 32 MiB, and a length without an end.
  std::string more;
  AppendVarint(0xffffffffu, more);
  Table huge;
  huge.Add("z", more + "x", kBlockSnappy);
  EXPECT_THAT(Read(huge.Finish()),
              StatusIs(absl::StatusCode::kResourceExhausted));
  std::string large;
  AppendVarint(32u << 20, large);
  for (const std::string& packed : {large + "x", std::string("\xff\xff")}) {
    Table table;
    table.Add("z", packed, kBlockSnappy);
    EXPECT_THAT(Read(table.Finish()), StatusIs(absl::StatusCode::kDataLoss));
  }
}

TEST(SortedTableReaderTest, HandlesThatLeaveTheFile) {
  for (const auto& [offset, size] :
       {std::pair<std::uint64_t, std::uint64_t>{0, 1000},
        {1000, 0},
        {~0ull, 5},
        {5, ~0ull},
        {~0ull, ~0ull}}) {
    Table table;
    table.AddHandle("a", offset, size);
    EXPECT_THAT(Read(table.Finish()), StatusIs(absl::StatusCode::kOutOfRange))
        << offset << " " << size;
  }
}

TEST(SortedTableReaderTest, EveryCutAndEveryFlippedBit) {
  Table table;
  table.Add("b", Block(Entry(0, "abc", "1") + Entry(2, "d", "2")));
  const std::string good = table.Finish();
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Entries entries, Read(good));
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(Read(good.substr(0, size)).ok()) << size;
  }
  EXPECT_FALSE(Read(good + "x").ok());
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bytes = good;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    // Two handles and the padding of the footer are read by nobody.
    const absl::StatusOr<Entries> read = Read(bytes);
    if (read.ok()) {
      EXPECT_EQ(*read, entries) << bit;
    }
  }
}

}  // namespace
}  // namespace rowhouse::interchange
