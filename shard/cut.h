// A checkpoint's cut on one shard, from its opening until the checkpoint exists
// or is given up (docs/adr/0014).
#ifndef ROWHOUSE_SHARD_CUT_H_
#define ROWHOUSE_SHARD_CUT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "base/requests.h"
#include "storage/checkpoint_manifest.h"

namespace rowhouse::shard {

struct Cut {
  std::string name;         // of the checkpoint
  std::uint64_t epoch = 0;  // pushes of it and of lower ones belong to the cut
  // The tables and, until it is closed, all that was known when rows were
  // copied. Tables that come and go meanwhile are added and taken away.
  storage::ShardManifest part;
  // The row store's copy holds everything up to here. Journal segments with
  // records beyond are kept until they are linked.
  Lsn rows;
  // Its segments are linked: only the part's files are still to be made.
  bool linked = false;
  std::optional<ShardCheckpoint> made;
  absl::Time asked;  // when whoever makes the checkpoint last asked
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_CUT_H_
