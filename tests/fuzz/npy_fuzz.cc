// A .npy file from any bytes: a refusal, or an array that is written again as
// the same one.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/strings/string_view.h"
#include "client/interchange/npy.h"
#include "tests/fuzz/fuzz_file.h"

namespace {

using rowhouse::interchange::NpyReader;
using rowhouse::interchange::NpyWriter;

std::string ArrayOf(const NpyReader& reader, std::uint64_t file_bytes) {
  const auto elements = rowhouse::interchange::ElementsOf(
      reader.info().shape, ItemBytes(reader.info().dtype));
  std::string array(*elements * ItemBytes(reader.info().dtype), '\0');
  if (array.size() > file_bytes ||
      !reader.Read(0, absl::MakeSpan(array)).ok()) {
    std::fputs("an array that the file has not\n", stderr);
    std::abort();
  }
  return array;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string path = rowhouse::FuzzFile(
      "a.npy", absl::string_view(reinterpret_cast<const char*>(data), size));
  const absl::StatusOr<NpyReader> reader = NpyReader::Open(path);
  if (!reader.ok()) return 0;
  const std::string array = ArrayOf(*reader, size);
  absl::StatusOr<NpyWriter> writer =
      NpyWriter::Create(path + ".again", reader->info());
  if (!writer.ok() || !writer->Append(array).ok() || !writer->Finish().ok()) {
    std::fputs("not written again\n", stderr);
    std::abort();
  }
  const absl::StatusOr<NpyReader> again = NpyReader::Open(path + ".again");
  if (!again.ok() || again->info() != reader->info() ||
      ArrayOf(*again, array.size()) != array) {
    std::fputs("read otherwise\n", stderr);
    std::abort();
  }
  return 0;
}
