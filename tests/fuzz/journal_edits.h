// Damage to a journal as a script of bytes, so that a fuzzer can write it.
#ifndef ROWHOUSE_TESTS_FUZZ_JOURNAL_EDITS_H_
#define ROWHOUSE_TESTS_FUZZ_JOURNAL_EDITS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "tests/fuzz/fuzz_input.h"

namespace rowhouse::storage {

// The files of a journal, by the id in their names.
using SegmentBytes = std::map<std::uint64_t, std::string>;

// Bits that a script may flip: CRC-32C finds any five in so short a record.
inline constexpr int kFlippedBitsMax = 5;
// A segment that is as long grows no more.
inline constexpr std::size_t kEditedBytesMax = 16u << 10;

enum class EditBytes {
  kOfJournal,  // bits flip, parts are zeroed, cut, copied, renamed, removed
  kAny,        // and bytes of the script's own are written: checksums may fit
};

// One edit after the other until the script ends: which (a byte), in which
// segment (a byte), where and how much (two bytes each), and what it needs
// beside these. Any bytes are a script.
void ApplyEdits(FuzzInput& script, EditBytes bytes, SegmentBytes& segments);

// Makes checksums and the chain of them right again, as far as records follow
// one another, so that what stands behind them is read.
void RepairChecksums(SegmentBytes& segments);

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_TESTS_FUZZ_JOURNAL_EDITS_H_
