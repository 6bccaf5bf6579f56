// Zero-filled memory for rows and indexes: aligned to cache lines, and on huge
// pages where it is large enough to profit (random rows of a large table spend
// most of their time in page walks otherwise).
#ifndef ROWHOUSE_SHARD_MEMORY_BLOCK_H_
#define ROWHOUSE_SHARD_MEMORY_BLOCK_H_

#include <cstddef>

namespace rowhouse::shard {

// Owns its bytes. Not thread-safe; move-only.
class MemoryBlock {
 public:
  MemoryBlock() = default;
  // Memory of large blocks is taken from the machine as it is first touched.
  explicit MemoryBlock(std::size_t bytes);
  ~MemoryBlock();
  MemoryBlock(MemoryBlock&& other) noexcept;
  MemoryBlock& operator=(MemoryBlock&& other) noexcept;

  std::byte* data() const { return data_; }
  std::size_t bytes() const { return bytes_; }

 private:
  std::byte* data_ = nullptr;
  std::size_t bytes_ = 0;
  bool mapped_ = false;
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_MEMORY_BLOCK_H_
