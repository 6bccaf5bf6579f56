// Directories as a server leaves them, made of storage/ alone, so that every
// LSN and offset in them is known.
#ifndef ROWHOUSE_TESTS_TOOLS_STORED_FILES_H_
#define ROWHOUSE_TESTS_TOOLS_STORED_FILES_H_

#include <cstdint>
#include <string>

#include "rowhouse/ids.h"
#include "rowhouse/table_spec.h"
#include "storage/data_dir.h"
#include "storage/disk.h"

namespace rowhouse::tools {

inline constexpr TableIncarnation kWordsIncarnation{0x1234};

// "words", dim 2, Adagrad: rows of two weights and two slots.
TableSpec WordsSpec();

// Shard 1 of 4 with table words.
storage::DataDirManifest WordsManifest();

// The table's row 7, as of LSN 2, has weights 0.5 -1.5 and slots 0.1 4.
void WriteWordsRows(const std::string& path);

// The five records of the journal, as segment 1 of `directory`:
//
//   LSN  offset  bytes
//     1      64     56  open session 1
//     2     120    152  push 0 of session 1, words: ids 7 and 9
//     3     272    160  push 1 of session 1, words: id 7 twice in one bag
//     4     432    136  write 2 of session 1, words: row 9
//     5     568     56  end session 1
//           624         the end
void WriteWordsJournal(storage::Disk& disk, const std::string& directory);

// All of it, and WATERMARKS that say: synced up to LSN `durable`.
void WriteWordsDataDir(const std::string& data_dir, Lsn durable);

// root/NAME: a complete checkpoint of one part with the rows above, cut at LSN
// 2. Returns the part's directory.
std::string WriteWordsCheckpoint(const std::string& root,
                                 const std::string& name);

// Flips a bit of the byte at `offset`.
void DamageFile(const std::string& path, std::uint64_t offset);

// Every path below `directory` with size and time of the last change.
std::string Snapshot(const std::string& directory);

}  // namespace rowhouse::tools

#endif  // ROWHOUSE_TESTS_TOOLS_STORED_FILES_H_
