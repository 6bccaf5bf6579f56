#include "shard/memory_block.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace rowhouse::shard {
namespace {

constexpr std::size_t kLineBytes = 64;
constexpr std::size_t kHugePageBytes = 2u << 20;

std::size_t RoundUp(std::size_t bytes, std::size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

// Maps `bytes` (a multiple of the huge page) at a multiple of the huge page:
// maps one page too many and gives the ends back.
std::byte* MapHuge(std::size_t bytes) {
  void* whole = mmap(nullptr, bytes + kHugePageBytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (whole == MAP_FAILED) throw std::bad_alloc();
  auto* begin = static_cast<std::byte*>(whole);
  const auto address = reinterpret_cast<std::uintptr_t>(begin);
  const std::size_t head = RoundUp(address, kHugePageBytes) - address;
  if (head > 0) munmap(begin, head);
  if (head < kHugePageBytes) {
    munmap(begin + head + bytes, kHugePageBytes - head);
  }
  // A machine without huge pages refuses; the memory works all the same.
  madvise(begin + head, bytes, MADV_HUGEPAGE);
  return begin + head;
}

}  // namespace

MemoryBlock::MemoryBlock(std::size_t bytes) {
  if (bytes == 0) return;
  mapped_ = bytes >= kHugePageBytes;
  bytes_ = RoundUp(bytes, mapped_ ? kHugePageBytes : kLineBytes);
  if (mapped_) {
    data_ = MapHuge(bytes_);
    return;
  }
  data_ = static_cast<std::byte*>(std::aligned_alloc(kLineBytes, bytes_));
  if (data_ == nullptr) throw std::bad_alloc();
  std::memset(data_, 0, bytes_);
}

MemoryBlock::~MemoryBlock() {
  if (mapped_) {
    munmap(data_, bytes_);
  } else {
    std::free(data_);
  }
}

MemoryBlock::MemoryBlock(MemoryBlock&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      bytes_(std::exchange(other.bytes_, 0)),
      mapped_(std::exchange(other.mapped_, false)) {}

MemoryBlock& MemoryBlock::operator=(MemoryBlock&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(bytes_, other.bytes_);
  std::swap(mapped_, other.mapped_);
  return *this;
}

}  // namespace rowhouse::shard
