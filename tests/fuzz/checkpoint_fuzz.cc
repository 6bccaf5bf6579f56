// A TensorFlow checkpoint from any bytes. The first byte says what they are:
// 'r' an index as it is; 'e' entries of one (a key's and a value's length, then
// both), which get right checksums, so that what is behind them is reached too;
// 's' a state file. The data file is always the same.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "client/interchange/checkpoint_reader.h"
#include "client/interchange/checkpoint_state.h"
#include "client/interchange/object_graph.h"
#include "client/interchange/sorted_table_writer.h"
#include "tests/fuzz/fuzz_file.h"

namespace rowhouse::interchange {
namespace {

// Larger tensors cost time, not cases.
constexpr std::uint64_t kElementsMax = 1u << 20;

std::string IndexOf(absl::string_view bytes) {
  SortedTableWriter table;
  table.Add("", absl::string_view("\x08\x01\x1a\x02\x08\x01", 6));
  std::string last;
  while (bytes.size() > 2) {
    const std::size_t key_bytes = static_cast<unsigned char>(bytes[0]);
    const std::size_t value_bytes = static_cast<unsigned char>(bytes[1]);
    bytes.remove_prefix(2);
    const std::string key(bytes.substr(0, key_bytes));
    bytes.remove_prefix(key.size());
    const absl::string_view value = bytes.substr(0, value_bytes);
    bytes.remove_prefix(value.size());
    if (key <= last) continue;
    table.Add(key, value);
    last = key;
  }
  return table.Finish();
}

void ReadAll(const std::string& prefix) {
  absl::StatusOr<CheckpointReader> reader = CheckpointReader::Open(prefix);
  if (!reader.ok()) return;
  for (const std::string& name : reader->names()) {
    const absl::StatusOr<TensorInfo> info = reader->Describe(name);
    if (!info.ok()) continue;
    const auto elements = ElementsOf(info->shape, ItemBytes(info->dtype));
    if (!elements.ok() || *elements > kElementsMax) continue;
    const absl::StatusOr<Tensor> tensor = reader->Read(name);
    if (tensor.ok() && tensor->strings.size() == 1) {
      ParseObjectGraph(tensor->strings[0]).IgnoreError();
    }
    reader->Verify(name).IgnoreError();
    reader->Restore(name, Dtype::kFloat32, "4 2 1,2:-").IgnoreError();
  }
}

void ReadState(absl::string_view bytes) {
  const std::string path = FuzzFile(kCheckpointStateFile, bytes);
  ResolveCheckpoint(path.substr(0, path.rfind('/'))).IgnoreError();
}

}  // namespace
}  // namespace rowhouse::interchange

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const absl::string_view bytes(reinterpret_cast<const char*>(data) + 1,
                                size - 1);
  if (data[0] == 's') {
    rowhouse::interchange::ReadState(bytes);
    return 0;
  }
  const std::string index = rowhouse::FuzzFile(
      "c.index", data[0] == 'e' ? rowhouse::interchange::IndexOf(bytes)
                                : std::string(bytes));
  rowhouse::FuzzFile("c.data-00000-of-00001", std::string(4096, '\1'));
  rowhouse::interchange::ReadAll(index.substr(0, index.rfind('.')));
  return 0;
}
