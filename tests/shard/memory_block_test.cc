#include "shard/memory_block.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>

namespace rowhouse::shard {
namespace {

constexpr std::size_t kHugePage = 2u << 20;

bool AlignedTo(const MemoryBlock& block, std::size_t bytes) {
  return reinterpret_cast<std::uintptr_t>(block.data()) % bytes == 0;
}

TEST(MemoryBlockTest, SmallBlocksAreZeroAndOnCacheLines) {
  const MemoryBlock block(100);
  EXPECT_EQ(block.bytes(), 128u);
  EXPECT_TRUE(AlignedTo(block, 64));
  for (std::size_t i = 0; i < block.bytes(); ++i) {
    ASSERT_EQ(block.data()[i], std::byte{0}) << i;
  }
}

TEST(MemoryBlockTest, LargeBlocksLieOnHugePagesAndAreWritableToTheEnd) {
  const MemoryBlock block(kHugePage + 1);
  EXPECT_EQ(block.bytes(), 2 * kHugePage);
  EXPECT_TRUE(AlignedTo(block, kHugePage));
  EXPECT_EQ(block.data()[block.bytes() - 1], std::byte{0});
  block.data()[0] = block.data()[block.bytes() - 1] = std::byte{1};
}

TEST(MemoryBlockTest, NothingTakesNothing) {
  const MemoryBlock block(0);
  EXPECT_EQ(block.data(), nullptr);
  EXPECT_EQ(block.bytes(), 0u);
}

TEST(MemoryBlockTest, AMovedBlockIsTheSameMemory) {
  MemoryBlock a(64);
  std::byte* const data = a.data();
  MemoryBlock b(std::move(a));
  EXPECT_EQ(b.data(), data);
  MemoryBlock c(kHugePage);
  c = std::move(b);
  EXPECT_EQ(c.data(), data);
  EXPECT_EQ(c.bytes(), 64u);
}

}  // namespace
}  // namespace rowhouse::shard
