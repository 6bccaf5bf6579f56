// A safetensors file from any bytes: a refusal, or tensors whose bytes are all
// there.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/strings/string_view.h"
#include "client/interchange/safetensors.h"
#include "tests/fuzz/fuzz_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using rowhouse::interchange::SafetensorsReader;
  const std::string path = rowhouse::FuzzFile(
      "a.safetensors",
      absl::string_view(reinterpret_cast<const char*>(data), size));
  const absl::StatusOr<SafetensorsReader> reader =
      SafetensorsReader::Open(path);
  if (!reader.ok()) return 0;
  for (const auto& [name, entry] : reader->tensors()) {
    std::string bytes(entry.end - entry.begin, '\0');
    if (bytes.size() > size ||
        !reader->Read(name, 0, absl::MakeSpan(bytes)).ok()) {
      std::fputs("a tensor that the file has not\n", stderr);
      std::abort();
    }
  }
  return 0;
}
