// A small journal with everything in it that a shard writes: for fuzz targets
// to damage.
#ifndef ROWHOUSE_TESTS_FUZZ_SAMPLE_JOURNAL_H_
#define ROWHOUSE_TESTS_FUZZ_SAMPLE_JOURNAL_H_

#include <cstdint>
#include <vector>

#include "tests/fuzz/journal_edits.h"
#include "tests/storage/journal_records.h"

namespace rowhouse::storage {

inline constexpr std::uint64_t kSampleIncarnation = 0x1122334455667788;

struct SampleJournal {
  SegmentBytes segments;  // the older ones removed, some in reused files
  std::vector<SeenRecord> records;  // what they hold
};

// Always the same.
SampleJournal MakeSampleJournal();

}  // namespace rowhouse::storage

#endif  // ROWHOUSE_TESTS_FUZZ_SAMPLE_JOURNAL_H_
