// Checkpoints that TensorFlow wrote, with one byte changed: an error or the
// right values, never wrong ones.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/interchange/checkpoint_reader.h"
#include "tests/client/interchange/recorded_checkpoints.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::interchange {
namespace {

struct Content {
  TensorInfo info;
  std::string bytes;
  std::vector<std::string> strings;
  friend bool operator==(const Content&, const Content&) = default;
};
using Contents = std::map<std::string, absl::StatusOr<Content>>;

absl::StatusOr<Contents> ReadAll(const std::string& prefix) {
  ROWHOUSE_ASSIGN_OR_RETURN(CheckpointReader reader,
                            CheckpointReader::Open(prefix));
  Contents contents;
  for (const std::string& name : reader.names()) {
    absl::StatusOr<Tensor> tensor = reader.Read(name);
    if (tensor.ok()) {
      contents.emplace(name,
                       Content{tensor->info, tensor->bytes, tensor->strings});
    } else {
      contents.emplace(name, tensor.status());
    }
  }
  return contents;
}

// What can be read of the damaged copy is what was there.
void ExpectRightOrError(const Contents& good,
                        const absl::StatusOr<Contents>& read,
                        const std::string& where) {
  if (!read.ok()) return;
  ASSERT_EQ(read->size(), good.size()) << where;
  for (const auto& [name, content] : *read) {
    const auto before = good.find(name);
    ASSERT_NE(before, good.end()) << where;
    if (content.ok()) {
      EXPECT_TRUE(*content == *before->second) << where << ": " << name;
    }
  }
}

struct Damaged {
  const char* directory;
  const char* prefix;
  std::vector<const char*> files;
};

const Damaged kDamaged[] = {
    {"slices_0", "ckpt", {"ckpt.index", "ckpt.data-00000-of-00001"}},
    {"strings_5", "ckpt", {"ckpt.index", "ckpt.data-00000-of-00001"}},
    {"dtypes_1", "ckpt", {"ckpt.index", "ckpt.data-00000-of-00001"}},
    {"object_adam", "ckpt", {"ckpt.index", "ckpt.data-00000-of-00001"}},
    {"shards_1",
     "merged",
     {"merged.index", "merged.data-00000-of-00003",
      "merged.data-00002-of-00003"}},
};

TEST(DamageTest, OneByteIsAnErrorOrNothing) {
  std::mt19937 random(20240229);  // NOLINT: the same damage in every run
  int damaged = 0;
  int noticed = 0;
  for (const Damaged& one : kDamaged) {
    const TempDir dir;
    CopyRecorded(one.directory, dir.path());
    const std::string prefix = dir.File(one.prefix);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Contents good, ReadAll(prefix));
    for (const char* name : one.files) {
      const std::string path = dir.File(name);
      const std::string bytes = BytesOf(path);
      for (int i = 0; i < 50; ++i) {
        const std::size_t at = random() % bytes.size();
        const auto mask = static_cast<char>(1 + random() % 255);
        std::string other = bytes;
        other[at] = static_cast<char>(other[at] ^ mask);
        SetBytes(path, other);
        const absl::StatusOr<Contents> read = ReadAll(prefix);
        ExpectRightOrError(good, read, absl::StrCat(path, " byte ", at));
        ++damaged;
        bool error = !read.ok();
        if (read.ok()) {
          for (const auto& [key, content] : *read) error |= !content.ok();
        }
        noticed += error ? 1 : 0;
      }
      SetBytes(path, bytes);
    }
  }
  EXPECT_GE(damaged, 500);
  // Only handles of the metaindex block, that block and padding go unnoticed.
  EXPECT_GT(noticed, damaged * 9 / 10);
}

// Every byte of a small index, every bit of it.
TEST(DamageTest, EveryBitOfAnIndex) {
  const TempDir dir;
  CopyRecorded("shapes_0", dir.path());
  const std::string path = dir.File("ckpt.index");
  const std::string bytes = BytesOf(path);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Contents good, ReadAll(dir.File("ckpt")));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string other = bytes;
    other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << (bit % 8)));
    SetBytes(path, other);
    ExpectRightOrError(good, ReadAll(dir.File("ckpt")),
                       absl::StrCat("bit ", bit));
  }
}

// Files that end early.
TEST(DamageTest, EveryLengthOfAnIndexAndItsData) {
  for (const char* name : {"ckpt.index", "ckpt.data-00000-of-00001"}) {
    const TempDir dir;
    CopyRecorded("slices_1", dir.path());
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Contents good,
                                  ReadAll(dir.File("ckpt")));
    const std::string bytes = BytesOf(dir.File(name));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      SetBytes(dir.File(name), bytes.substr(0, size));
      ExpectRightOrError(good, ReadAll(dir.File("ckpt")),
                         absl::StrCat(name, " of ", size, " bytes"));
    }
  }
}

}  // namespace
}  // namespace rowhouse::interchange
