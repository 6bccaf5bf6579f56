// rowhouse import|export, rowhouse dump tensors
#ifndef ROWHOUSE_TOOLS_TRANSFER_H_
#define ROWHOUSE_TOOLS_TRANSFER_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rowhouse/interchange.h"
#include "tools/connect.h"
#include "tools/exit_code.h"
#include "tools/output.h"

namespace rowhouse::tools {

struct ImportVerb {
  std::string table;
  ImportSource source;
};

struct ExportVerb {
  std::vector<std::string> tables;
  ExportTarget file;
};

struct DumpTensorsVerb {
  FileFormat format = FileFormat::kCheckpoint;
  std::string path;
};

// By the end of its name: .npy, .safetensors, else a checkpoint.
FileFormat FormatOf(absl::string_view path);

absl::StatusOr<ExitCode> Run(const ImportVerb& verb, const Target& target,
                             const Output& output);
absl::StatusOr<ExitCode> Run(const ExportVerb& verb, const Target& target,
                             const Output& output);
absl::StatusOr<ExitCode> Run(const DumpTensorsVerb& verb, const Target& target,
                             const Output& output);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TOOLS_TRANSFER_H_
