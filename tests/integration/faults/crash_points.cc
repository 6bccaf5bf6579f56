#include "tests/integration/faults/crash_points.h"

#include "absl/strings/str_cat.h"

namespace rowhouse::faults {
namespace {

struct Place {
  const char* name;
  const char* when;
  Call call;
  FileKind kind;
  bool serving = true;
  bool starting = false;
};

constexpr Place kPlaces[] = {
    {"write:journal", "records of pushes, a segment's header", Call::kWrite,
     FileKind::kJournal, true, true},
    {"sync:journal", "records become durable", Call::kSync, FileKind::kJournal,
     true, true},
    {"write:synced", "the mark of what has become durable", Call::kWrite,
     FileKind::kSyncedMark, true, true},
    {"create:journal", "a segment begins", Call::kCreate, FileKind::kJournal,
     false, true},
    {"reserve:journal", "a segment takes its space", Call::kReserve,
     FileKind::kJournal, false, true},
    {"truncate:journal", "an old segment gives back what it reserved",
     Call::kTruncate, FileKind::kJournal, false, true},
    {"remove:journal", "a segment that no row needs goes", Call::kRemove,
     FileKind::kJournal},
    {"sync:journal-directory", "a segment's name becomes durable", Call::kSync,
     FileKind::kJournalDirectory, false, true},
    {"write:watermarks", "how far rows are durable", Call::kWrite,
     FileKind::kWatermarks},
    {"sync:watermarks", "the same, before it replaces the old file",
     Call::kSync, FileKind::kWatermarks},
    {"rename:watermarks", "it replaces the old file", Call::kRename,
     FileKind::kWatermarks},
    {"write:manifest", "a table comes or goes", Call::kWrite,
     FileKind::kManifest},
    {"rename:manifest", "the list of tables is replaced", Call::kRename,
     FileKind::kManifest},
    {"sync:data-directory", "a replaced file's name becomes durable",
     Call::kSync, FileKind::kDataDirectory},
    {"create:sst", "rows are flushed", Call::kCreate, FileKind::kSst},
    {"write:sst", "rows are flushed", Call::kWrite, FileKind::kSst},
    {"sync:sst", "flushed rows become durable", Call::kSync, FileKind::kSst},
    {"write:rows-manifest", "RocksDB takes note of a file or a family",
     Call::kWrite, FileKind::kRowsManifest, true, true},
    {"sync:rows-manifest", "the note becomes durable", Call::kSync,
     FileKind::kRowsManifest, true, true},
    {"rename:rows-current", "RocksDB begins a manifest", Call::kRename,
     FileKind::kRowsCurrent, false, true},
    {"write:seal", "RocksDB's manifest is vouched for", Call::kWrite,
     FileKind::kSeal, true, true},
    {"rename:seal", "the seal is replaced", Call::kRename, FileKind::kSeal,
     true, true},
    {"link:part", "a checkpoint takes a file of rows", Call::kLink,
     FileKind::kPart},
    {"sync:part", "a checkpoint's file becomes durable", Call::kSync,
     FileKind::kPart},
    {"write:part-manifest", "a shard's part of a checkpoint is complete",
     Call::kWrite, FileKind::kPartManifest},
    {"rename:part-manifest", "the same, visible", Call::kRename,
     FileKind::kPartManifest},
    {"write:checkpoint-manifest", "all parts are there", Call::kWrite,
     FileKind::kCheckpointManifest},
    {"rename:checkpoint-manifest", "the checkpoint exists", Call::kRename,
     FileKind::kCheckpointManifest},
};

void Add(const Place& place, const char* side, Act act,
         std::vector<CrashPoint>& points) {
  points.push_back({absl::StrCat(side, "-", place.name), place.when, place.call,
                    place.kind, act, place.serving, place.starting});
}

}  // namespace

const std::vector<CrashPoint>& CrashPoints() {
  static const auto* const points = [] {
    auto* const all = new std::vector<CrashPoint>;
    for (const Place& place : kPlaces) {
      Add(place, "before", Act::kKillBefore, *all);
      if (place.call == Call::kWrite) {
        Add(place, "amid", Act::kKillHalfway, *all);
      }
      Add(place, "after", Act::kKillAfter, *all);
    }
    return all;
  }();
  return *points;
}

Fault KillAt(const CrashPoint& point, std::uint64_t skip) {
  return {.act = point.act,
          .calls = Bit(point.call),
          .kinds = Bit(point.kind),
          .skip = skip};
}

}  // namespace rowhouse::faults
