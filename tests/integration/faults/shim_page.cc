#include "tests/integration/faults/shim_page.h"

#include <cstring>

namespace rowhouse::faults {
namespace {

// One name of a path, without the ending of a temporary file.
struct Name {
  const char* begin = "";
  std::size_t size = 0;

  bool Is(const char* text) const {
    return size == std::strlen(text) && std::memcmp(begin, text, size) == 0;
  }
  bool Begins(const char* text) const {
    const std::size_t length = std::strlen(text);
    return size >= length && std::memcmp(begin, text, length) == 0;
  }
  bool Ends(const char* text) const {
    const std::size_t length = std::strlen(text);
    return size >= length &&
           std::memcmp(begin + size - length, text, length) == 0;
  }
};

// Takes the last name off path[0, end).
Name TakeName(const char* path, std::size_t& end) {
  while (end > 0 && path[end - 1] == '/') --end;
  const std::size_t stop = end;
  while (end > 0 && path[end - 1] != '/') --end;
  Name name{path + end, stop - end};
  if (name.Ends(".tmp")) name.size -= std::strlen(".tmp");
  return name;
}

FileKind KindOfRows(const Name& name) {
  if (name.Ends(".sst")) return FileKind::kSst;
  if (name.Begins("MANIFEST-")) return FileKind::kRowsManifest;
  if (name.Is("CURRENT") || name.Ends(".dbtmp")) return FileKind::kRowsCurrent;
  if (name.Begins("OPTIONS-")) return FileKind::kRowsOptions;
  if (name.Is("SEAL")) return FileKind::kSeal;
  return FileKind::kOther;
}

}  // namespace

FileKind KindOf(const char* path) {
  if (path[0] != '/') return FileKind::kOther;
  std::size_t end = std::strlen(path);
  const Name name = TakeName(path, end);
  const Name parent = TakeName(path, end);
  // A part is made whole in the data directory, then put into its place.
  const bool of_part = std::strstr(path, "-of-") != nullptr ||
                       std::strstr(path, "/cut/") != nullptr || name.Is("cut");
  if (of_part) {
    if (name.Begins("shard-") || name.Is("cut")) {
      return FileKind::kPartDirectory;
    }
    if (name.Is("MANIFEST") && (parent.Begins("shard-") || parent.Is("cut"))) {
      return FileKind::kPartManifest;
    }
    return FileKind::kPart;
  }
  if (parent.Is("checkpoints")) return FileKind::kCheckpointDirectory;
  if (name.Is("MANIFEST")) {
    return TakeName(path, end).Is("checkpoints") ? FileKind::kCheckpointManifest
                                                 : FileKind::kManifest;
  }
  if (name.Ends(".journal")) return FileKind::kJournal;
  if (name.Ends(".spare")) return FileKind::kSpareSegment;
  if (name.Is("SYNCED")) return FileKind::kSyncedMark;
  if (name.Is("journal")) return FileKind::kJournalDirectory;
  if (name.Is("rows")) return FileKind::kRowsDirectory;
  if (name.Is("WATERMARKS")) return FileKind::kWatermarks;
  if (name.Begins("shard-")) {
    return name.Ends(".log") || name.Ends(".page") ? FileKind::kOther
                                                   : FileKind::kDataDirectory;
  }
  return parent.Is("rows") ? KindOfRows(name) : FileKind::kOther;
}

}  // namespace rowhouse::faults
