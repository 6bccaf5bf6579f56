#include "tests/integration/faults/damage.h"

#include <gtest/gtest.h>

#include <bit>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::faults {
namespace {

using Contents = std::map<std::string, std::string>;

void Write(const std::string& path, const std::string& content) {
  std::filesystem::create_directories(
      std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << content;
}

Contents ContentsOf(const TempDir& directory) {
  Contents contents;
  for (const std::string& file : FilesBelow(directory.path())) {
    std::ifstream in(file, std::ios::binary);
    contents[file] = {std::istreambuf_iterator<char>(in), {}};
  }
  return contents;
}

int UnequalBits(const std::string& a, const std::string& b) {
  int bits = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    bits += std::popcount(static_cast<unsigned char>(a[i] ^ b[i]));
  }
  return bits;
}

TEST(DamageTest, OnlyTheFilesItNamesChangeAndItSaysWhetherTheyDid) {
  std::set<std::string> kinds_of_damage;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const TempDir directory;
    Write(directory.File("rows/000012.sst"), std::string(10'000, 'a'));
    Write(directory.File("rows/MANIFEST-000005"), std::string(300, 'b'));
    Write(directory.File("journal/0000000000000001.journal"),
          std::string(5'000, 'c'));
    const Contents before = ContentsOf(directory);
    std::mt19937_64 random(seed);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Damage damage,
                                  DamageOneFile(directory.path(), random));
    const std::set<std::string> named(damage.files.begin(), damage.files.end());
    const Contents after = ContentsOf(directory);
    EXPECT_TRUE(damage.changed);
    for (const auto& [file, content] : before) {
      const auto now = after.find(file);  // absent: cut to nothing
      const bool same = now != after.end() && now->second == content;
      EXPECT_EQ(same, !named.contains(file)) << file << " " << damage.what;
      if (!same && damage.what.starts_with("bit ")) {
        EXPECT_EQ(UnequalBits(content, now->second), 1);
      }
    }
    kinds_of_damage.insert(damage.what.substr(0, damage.what.find(' ')));
  }
  EXPECT_EQ(kinds_of_damage,
            (std::set<std::string>{"bit", "cut", "page", "swapped"}));
}

TEST(DamageTest, FilesOfOneKindDifferInNumbersOnly) {
  EXPECT_EQ(KindName("/a/rows/000012.sst"), KindName("/b/rows/000099.sst"));
  EXPECT_EQ(KindName("/a/rows/MANIFEST-000012"),
            KindName("/a/rows/MANIFEST-000013"));
  EXPECT_NE(KindName("/a/rows/MANIFEST-000012"), KindName("/a/MANIFEST"));
  EXPECT_NE(KindName("/a/WATERMARKS"), KindName("/a/MANIFEST"));
}

}  // namespace
}  // namespace rowhouse::faults
