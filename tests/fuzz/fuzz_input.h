// The bytes of a fuzz target's input, taken from the front.
#ifndef ROWHOUSE_TESTS_FUZZ_FUZZ_INPUT_H_
#define ROWHOUSE_TESTS_FUZZ_FUZZ_INPUT_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace rowhouse {

// Where the input has ended, numbers are 0 and bytes are none. A view: the
// input must outlive it.
class FuzzInput {
 public:
  FuzzInput(const std::uint8_t* data, std::size_t size)
      : left_(reinterpret_cast<const char*>(data), size) {}

  bool empty() const { return left_.empty(); }

  std::uint8_t Byte() {
    const absl::string_view byte = Bytes(1);
    return byte.empty() ? 0 : static_cast<std::uint8_t>(byte[0]);
  }
  // Two bytes, the low one first.
  std::uint16_t Number() {
    const std::uint16_t low = Byte();
    return static_cast<std::uint16_t>(low | Byte() << 8);
  }
  absl::string_view Bytes(std::size_t size) {
    const absl::string_view bytes = left_.substr(0, size);
    left_.remove_prefix(bytes.size());
    return bytes;
  }
  absl::string_view Rest() { return Bytes(left_.size()); }

 private:
  absl::string_view left_;
};

}  // namespace rowhouse

#endif  // ROWHOUSE_TESTS_FUZZ_FUZZ_INPUT_H_
