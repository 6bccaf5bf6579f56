// Integers and floats as bytes of a fixed order, for everything on disk:
// little-endian, but big-endian in row keys, whose bytes must sort as numbers.
#ifndef ROWHOUSE_STORAGE_BYTE_ORDER_H_
#define ROWHOUSE_STORAGE_BYTE_ORDER_H_

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstring>

namespace rowhouse::storage {

// Floats and integers are copied as they lie in memory. A big-endian machine
// needs a byte swap here and nowhere else.
static_assert(std::endian::native == std::endian::little);

template <std::unsigned_integral T>
void StoreLittle(T value, char* out) {
  std::memcpy(out, &value, sizeof(T));
}

template <std::unsigned_integral T>
T LoadLittle(const char* in) {
  T value;
  std::memcpy(&value, in, sizeof(T));
  return value;
}

template <std::unsigned_integral T>
void StoreBig(T value, char* out) {
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    out[i] = static_cast<char>(value >> (8 * (sizeof(T) - 1 - i)));
  }
}

template <std::unsigned_integral T>
T LoadBig(const char* in) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>(value << 8) | static_cast<unsigned char>(in[i]);
  }
  return value;
}

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_STORAGE_BYTE_ORDER_H_
