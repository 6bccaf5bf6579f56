// Tables from and to files of other systems: TensorFlow V2 checkpoints, .npy,
// safetensors. Files are read and written where this runs: no server opens a
// path that a client names.
//
//   rowhouse::ImportTable(client, "words", {.path = "model.ckpt-7",
//                                           .weights = "emb/weights"});
//   rowhouse::ExportTables(client, {"words"}, {.path = "out/ckpt-1"});
#ifndef ROWHOUSE_INTERCHANGE_H_
#define ROWHOUSE_INTERCHANGE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "rowhouse/client.h"
#include "rowhouse/table_spec.h"

namespace rowhouse {

enum class FileFormat { kCheckpoint, kNpy, kSafetensors };

// Called now and then with the rows that are done and how many there are; may
// be empty.
using TransferProgress =
    std::function<void(std::uint64_t rows_done, std::uint64_t rows)>;

struct TransferSummary {
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;         // of weights and slots
  std::vector<std::string> slots;  // that came along, as "table/slot"
};

struct TensorSummary {
  std::string name;  // empty in a .npy file
  std::string dtype;
  std::vector<std::int64_t> shape;
};

// What is in the file, by name. `path` as in ImportSource.
absl::StatusOr<std::vector<TensorSummary>> ListTensors(FileFormat format,
                                                       const std::string& path);

struct ImportSource {
  FileFormat format = FileFormat::kCheckpoint;
  // A file; of a checkpoint its prefix, or a directory, which stands for its
  // latest checkpoint.
  std::string path;
  // The tensor that has the weights, float32 [rows, dim]: a name, in an
  // object-based checkpoint also the path of a variable. Empty for .npy.
  std::string weights;
  // Where each slot of the table is (rowhouse::Slots has the names), float32
  // [rows, floats] or, of one float, [rows]: names, for .npy files. All slots
  // or none; without slots rows are as never pushed.
  std::map<std::string, std::string> slots;
  // Instead of `slots`: finds them beside the weights, under the names that
  // TensorFlow's optimizers or ExportTables give them.
  bool find_slots = false;
};

// Fills the table with all rows of the file: row i becomes id i. The file is
// checked first; memory is bounded by a batch of rows. Rows are written as by
// Client::WriteRows: a call that fails on the way has written the first rows.
// (Call it again: rows are set, not added.)
//
// NOT_FOUND: no such table, file or tensor. INVALID_ARGUMENT: the tensor is of
// another type or shape or not said, or slots are missing or unknown.
// DATA_LOSS, OUT_OF_RANGE, UNIMPLEMENTED, INTERNAL of the file; errors of
// WriteRows.
absl::StatusOr<TransferSummary> ImportTable(
    Client& client, absl::string_view table, const ImportSource& source,
    const TransferProgress& progress = nullptr);

// How an exported checkpoint names things.
enum class CheckpointNaming {
  // As a tf.compat.v1.train.Saver: the table's name, slots behind it as that
  // optimizer names them ("words/Adagrad", "words/Adam_1"), else "words/SLOT".
  kNames,
  // As tf.train.Checkpoint(embedding=...) of a TPUEmbedding: objects
  // "embedding/words" and "embedding/words.SSLOT", with their graph.
  kObjects,
};

struct ExportTarget {
  FileFormat format = FileFormat::kCheckpoint;
  // A file; of a checkpoint its prefix. Existing files are replaced once the
  // new ones are whole, one by one: who dies between two of them leaves a mix,
  // which a checkpoint's checksums tell. A directory that is not there is made.
  // A checkpoint
  // becomes its directory's latest.
  std::string path;
  bool slots = true;  // beside the weights
  CheckpointNaming naming = CheckpointNaming::kNames;
};

// Writes all rows of tables whose number of rows is known, first values where
// a row was never pushed. Memory is bounded by a batch of rows. A row is
// written as it is when it is read: to export one instant, let no trainer push
// meanwhile. A .npy file holds one table; slots go to files beside it,
// "x.npy" -> "x.SLOT.npy".
//
// NOT_FOUND: no such table. INVALID_ARGUMENT: a table has no known number of
// rows, or no, several or the same tables for a file that cannot hold them.
// Errors of ReadRows and of the file system.
absl::StatusOr<TransferSummary> ExportTables(
    Client& client, absl::Span<const std::string> tables,
    const ExportTarget& target, const TransferProgress& progress = nullptr);

// A column's ckpt_to_load_from and tensor_name_in_ckpt: makes the table `spec`
// with the rows of a tensor as first values. `checkpoint` is a prefix or a
// directory. All is checked before the table is made; the codes are
// TensorFlow's: NOT_FOUND no such checkpoint; INVALID_ARGUMENT a directory
// without a latest one, no such tensor (exact key), another shape than
// [rows, dim], another type than float32; DATA_LOSS or OUT_OF_RANGE damage in
// the index or in this tensor. Rows that the table has are overwritten: whether
// it is new is the caller's to know.
absl::Status LoadTableFromCheckpoint(
    Client& client, const TableSpec& spec, absl::string_view checkpoint,
    absl::string_view tensor_name, const TransferProgress& progress = nullptr);

}  // namespace rowhouse

#endif  // ROWHOUSE_INTERCHANGE_H_
