// Reads sorted string tables.
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_SORTED_TABLE_READER_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_SORTED_TABLE_READER_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "client/interchange/file.h"

namespace rowhouse::interchange {

// Calls `visit` for every entry in the order of the keys, and stops at its
// first error. The views live as long as the call. Errors name file and offset:
// DATA_LOSS for damage, OUT_OF_RANGE when a block ends beyond the file,
// RESOURCE_EXHAUSTED for a block above kTableBlockBytesMax or a key above
// kTableKeyBytesMax. Every block is read once. The metaindex block is never
// read, as TensorFlow never does.
absl::Status ReadSortedTable(
    const InputFile& file,
    absl::FunctionRef<absl::Status(absl::string_view key,
                                   absl::string_view value)>
        visit);

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_SORTED_TABLE_READER_H_
