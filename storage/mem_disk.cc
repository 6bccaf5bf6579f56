#include "storage/mem_disk.h"

#include <algorithm>
#include <random>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/hash.h"
#include "base/status_macros.h"

namespace rowhouse::storage {
namespace {

constexpr std::size_t kSectorBytes = 512;
constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

std::string BaseName(absl::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

}  // namespace

// A file or a directory. `names` is what a process sees, `synced_names` and the
// first `synced_bytes`, with the sectors of `overwritten` and `given_up` in
// their place, are what a power cut is sure to leave.
struct MemDisk::Node {
  using Names = std::map<std::string, std::shared_ptr<Node>>;
  bool directory = false;
  std::string content;
  std::size_t synced_bytes = 0;
  using Sectors = std::map<std::size_t, std::string>;  // their bytes, by number
  Sectors overwritten;
  // What a failed sync could not write and calls clean from then on.
  Sectors given_up;
  std::uint64_t reserved = 0;
  Names names;
  Names synced_names;

  void Write(std::size_t offset, absl::string_view bytes) {
    const std::size_t end = offset + bytes.size();
    for (std::size_t at = offset / kSectorBytes * kSectorBytes;
         at < std::min(end, synced_bytes); at += kSectorBytes) {
      const auto given = given_up.extract(at / kSectorBytes);
      overwritten.try_emplace(
          at / kSectorBytes,
          !given.empty()
              ? given.mapped()
              : content.substr(at, std::min(kSectorBytes, synced_bytes - at)));
    }
    content.resize(std::max(content.size(), end));
    content.replace(offset, bytes.size(), bytes.data(), bytes.size());
  }

  void Synced() {
    synced_bytes = content.size();
    overwritten.clear();
  }

  // Zeros are on the disk where nothing had ever been.
  void SyncFailed() {
    given_up.merge(overwritten);
    for (std::size_t at = synced_bytes / kSectorBytes * kSectorBytes;
         at < content.size(); at += kSectorBytes) {
      const std::size_t there =
          std::max(at, std::min(at + kSectorBytes, synced_bytes)) - at;
      std::string& bytes =
          given_up.try_emplace(at / kSectorBytes, content.substr(at, there))
              .first->second;
      bytes.resize(std::min(kSectorBytes, content.size() - at), '\0');
    }
    Synced();
  }

  // Brings back what `keep(sector)` does not keep of what was written over.
  template <typename Keep>
  void Revert(Sectors& sectors, Keep keep) {
    for (const auto& [sector, bytes] : sectors) {
      if (keep(sector)) continue;
      content.replace(sector * kSectorBytes, bytes.size(), bytes);
    }
    sectors.clear();
  }
};

struct MemDisk::State {
  struct Fault {
    std::uint64_t countdown = 0;  // 0: none
    absl::Status error;
  };

  mutable Mutex mu;
  std::shared_ptr<Node> root ABSL_GUARDED_BY(mu) = std::make_shared<Node>();
  std::uint64_t life ABSL_GUARDED_BY(mu) = 0;  // of the process
  std::set<std::string> locks ABSL_GUARDED_BY(mu);
  Fault append_fault ABSL_GUARDED_BY(mu);
  Fault sync_fault ABSL_GUARDED_BY(mu);
  std::uint64_t capacity ABSL_GUARDED_BY(mu) = kUnlimited;
  std::uint64_t syncs ABSL_GUARDED_BY(mu) = 0;
  std::set<std::string> mounts ABSL_GUARDED_BY(mu);

  // Where the file system of `path` is mounted; "" for the root.
  std::string MountOf(absl::string_view path) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    for (const std::string& mount : mounts) {
      if (absl::StartsWith(path, mount)) return mount;
    }
    return std::string();
  }

  // Null when there is nothing.
  std::shared_ptr<Node> Find(absl::string_view path) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    std::shared_ptr<Node> node = root;
    for (absl::string_view part :
         absl::StrSplit(path, '/', absl::SkipEmpty())) {
      if (part == ".") continue;
      const auto it = node->names.find(std::string(part));
      if (it == node->names.end()) return nullptr;
      node = it->second;
    }
    return node;
  }

  absl::StatusOr<std::shared_ptr<Node>> FindFile(const std::string& path) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    std::shared_ptr<Node> node = Find(path);
    if (node == nullptr) {
      return absl::NotFoundError(absl::StrCat(path, ": no such file"));
    }
    if (node->directory) {
      return absl::UnavailableError(absl::StrCat(path, " is not a file"));
    }
    return node;
  }

  absl::StatusOr<std::shared_ptr<Node>> FindDirectory(
      const std::string& path) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    std::shared_ptr<Node> node = Find(path);
    if (node == nullptr) {
      return absl::NotFoundError(absl::StrCat(path, ": no such directory"));
    }
    if (!node->directory) {
      return absl::UnavailableError(absl::StrCat(path, " is not a directory"));
    }
    return node;
  }

  absl::Status Strike(Fault& fault) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    if (fault.countdown == 0 || --fault.countdown > 0) return absl::OkStatus();
    return fault.error;
  }

  absl::Status CountSync() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    ROWHOUSE_RETURN_IF_ERROR(Strike(sync_fault));
    ++syncs;
    return absl::OkStatus();
  }

  absl::Status Sync(Node& node) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    absl::Status status = CountSync();
    if (status.ok()) {
      node.Synced();
    } else {
      node.SyncFailed();
    }
    return status;
  }

  // Calls fn(node) for every name below `node`.
  template <typename Fn>
  static void ForEachName(const Node& node, Fn& fn) {
    for (const auto& [name, child] : node.names) {
      fn(*child);
      ForEachName(*child, fn);
    }
  }

  std::uint64_t Used() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    std::uint64_t used = 0;
    std::set<const Node*> seen;
    const auto add = [&](const Node& node) {
      if (!seen.insert(&node).second) return;
      used += std::max<std::uint64_t>(node.content.size(), node.reserved);
    };
    ForEachName(*root, add);
    return used;
  }

  std::uint64_t LinksOf(const Node& of_node) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    std::uint64_t links = 0;
    const auto count = [&](const Node& node) { links += &node == &of_node; };
    ForEachName(*root, count);
    return links;
  }

  absl::Status CheckRoom(std::uint64_t more) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    if (more == 0 || capacity == kUnlimited) return absl::OkStatus();
    const std::uint64_t used = Used();
    if (used <= capacity && more <= capacity - used) return absl::OkStatus();
    return absl::ResourceExhaustedError(
        absl::StrCat("disk full: ", used, " of ", capacity, " bytes used, ",
                     more, " more wanted"));
  }
};

class MemDisk::File final : public WritableFile {
 public:
  File(std::shared_ptr<State> state, std::shared_ptr<Node> node,
       std::uint64_t life)
      : state_(std::move(state)), node_(std::move(node)), life_(life) {}

  ~File() override {
    MutexLock lock(state_->mu);
    if (life_ == state_->life) node_->reserved = 0;
  }

  absl::Status Append(
      absl::Span<const absl::Span<const char>> pieces) override {
    MutexLock lock(state_->mu);
    return Write(node_->content.size(), pieces);
  }

  absl::Status WriteAt(
      std::uint64_t offset,
      absl::Span<const absl::Span<const char>> pieces) override {
    MutexLock lock(state_->mu);
    return Write(static_cast<std::size_t>(offset), pieces);
  }

  absl::Status Reserve(std::uint64_t bytes) override {
    MutexLock lock(state_->mu);
    ROWHOUSE_RETURN_IF_ERROR(CheckAlive());
    const std::uint64_t room =
        std::max<std::uint64_t>(node_->reserved, node_->content.size());
    ROWHOUSE_RETURN_IF_ERROR(
        state_->CheckRoom(bytes > room ? bytes - room : 0));
    node_->reserved = bytes;
    return absl::OkStatus();
  }

  absl::Status Sync() override {
    MutexLock lock(state_->mu);
    ROWHOUSE_RETURN_IF_ERROR(CheckAlive());
    return state_->Sync(*node_);
  }

 private:
  absl::Status Write(std::size_t offset,
                     absl::Span<const absl::Span<const char>> pieces)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(state_->mu) {
    ROWHOUSE_RETURN_IF_ERROR(CheckAlive());
    std::string bytes;
    for (const auto piece : pieces) bytes.append(piece.data(), piece.size());
    if (absl::Status fault = state_->Strike(state_->append_fault);
        !fault.ok()) {
      node_->Write(offset,
                   absl::string_view(bytes).substr(0, bytes.size() / 2));
      return fault;
    }
    const std::uint64_t room =
        std::max<std::uint64_t>(node_->reserved, node_->content.size());
    const std::uint64_t end = offset + bytes.size();
    ROWHOUSE_RETURN_IF_ERROR(state_->CheckRoom(end > room ? end - room : 0));
    node_->Write(offset, bytes);
    return absl::OkStatus();
  }

  absl::Status CheckAlive() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(state_->mu) {
    if (life_ == state_->life) return absl::OkStatus();
    return absl::UnavailableError("the process that opened the file is gone");
  }

  const std::shared_ptr<State> state_;
  const std::shared_ptr<Node> node_;
  const std::uint64_t life_;
};

class MemDisk::HeldLock final : public DirectoryLock {
 public:
  HeldLock(std::shared_ptr<State> state, std::string path, std::uint64_t life)
      : state_(std::move(state)), path_(std::move(path)), life_(life) {}
  ~HeldLock() override {
    MutexLock lock(state_->mu);
    if (life_ == state_->life) state_->locks.erase(path_);
  }

 private:
  const std::shared_ptr<State> state_;
  const std::string path_;
  const std::uint64_t life_;
};

MemDisk::MemDisk() : state_(std::make_shared<State>()) {
  MutexLock lock(state_->mu);
  state_->root->directory = true;
}

MemDisk::~MemDisk() = default;

void MemDisk::Kill() {
  MutexLock lock(state_->mu);
  ++state_->life;
  state_->locks.clear();
}

void MemDisk::PowerCut(std::uint64_t seed, Tear tear) {
  Kill();
  MutexLock lock(state_->mu);
  std::mt19937_64 random(seed);
  const auto cut = [&](Node& node, const auto& self) -> void {
    if (!node.overwritten.empty()) {
      std::size_t kept = random() % (node.overwritten.size() + 1);
      node.Revert(node.overwritten, [&](std::size_t) {
        if (tear == Tear::kSectors) return random() % 2 == 0;
        return kept > 0 && kept-- > 0;
      });
    }
    node.Revert(node.given_up, [](std::size_t) { return false; });
    const std::size_t unsynced = node.content.size() - node.synced_bytes;
    if (unsynced > 0) {
      node.content.resize(node.synced_bytes + random() % (unsynced + 1));
      // Sectors that the tail has to itself; a shared one was just written.
      std::size_t at =
          (node.synced_bytes + kSectorBytes - 1) / kSectorBytes * kSectorBytes;
      for (; tear == Tear::kSectors && at < node.content.size();
           at += kSectorBytes) {
        if (random() % 4 != 0) continue;
        const std::size_t end =
            std::min(at + kSectorBytes, node.content.size());
        std::fill(node.content.begin() + static_cast<std::ptrdiff_t>(at),
                  node.content.begin() + static_cast<std::ptrdiff_t>(end),
                  '\0');
      }
      node.synced_bytes = node.content.size();
    }
    node.names = node.synced_names;
    for (const auto& [name, child] : node.names) self(*child, self);
  };
  cut(*state_->root, cut);
}

void MemDisk::FailAppend(std::uint64_t n, absl::Status error) {
  MutexLock lock(state_->mu);
  state_->append_fault = {n, std::move(error)};
}

void MemDisk::FailSync(std::uint64_t n, absl::Status error) {
  MutexLock lock(state_->mu);
  state_->sync_fault = {n, std::move(error)};
}

void MemDisk::SetCapacity(std::uint64_t bytes) {
  MutexLock lock(state_->mu);
  state_->capacity = bytes;
}

void MemDisk::Mount(const std::string& path) {
  MutexLock lock(state_->mu);
  state_->mounts.insert(path);
}

void MemDisk::Damage(const std::string& path, absl::string_view content) {
  MutexLock lock(state_->mu);
  Node& node = *state_->Find(path);
  node.content = std::string(content);
  node.given_up.clear();
  node.Synced();
}

std::uint64_t MemDisk::syncs() const {
  MutexLock lock(state_->mu);
  return state_->syncs;
}

std::uint64_t MemDisk::Fingerprint() const {
  MutexLock lock(state_->mu);
  std::string all;
  const auto tell = [&](const Node& node, const auto& self) -> void {
    absl::StrAppend(&all, "(", node.directory, " ", node.synced_bytes, " ",
                    node.reserved, " ", node.content.size(), " ", node.content);
    for (const auto& [sector, bytes] : node.overwritten) {
      absl::StrAppend(&all, " over ", sector, " ", bytes);
    }
    for (const auto& [sector, bytes] : node.given_up) {
      absl::StrAppend(&all, " given up ", sector, " ", bytes);
    }
    for (const auto& [name, child] : node.names) {
      const auto synced = node.synced_names.find(name);
      absl::StrAppend(
          &all, " ", name, " ",
          synced != node.synced_names.end() && synced->second == child);
      self(*child, self);
    }
    // What a power cut would bring back.
    for (const auto& [name, child] : node.synced_names) {
      const auto now = node.names.find(name);
      if (now != node.names.end() && now->second == child) continue;
      absl::StrAppend(&all, " was ", name);
      self(*child, self);
    }
    absl::StrAppend(&all, ")");
  };
  tell(*state_->root, tell);
  return Fingerprint64(all);
}

absl::StatusOr<std::unique_ptr<WritableFile>> MemDisk::Create(
    const std::string& path) {
  MutexLock lock(state_->mu);
  ROWHOUSE_ASSIGN_OR_RETURN(const auto parent,
                            state_->FindDirectory(ParentDirectory(path)));
  auto node = std::make_shared<Node>();
  if (!parent->names.emplace(BaseName(path), node).second) {
    return absl::AlreadyExistsError(absl::StrCat(path, ": file exists"));
  }
  return std::make_unique<File>(state_, std::move(node), state_->life);
}

absl::StatusOr<std::unique_ptr<WritableFile>> MemDisk::OpenToOverwrite(
    const std::string& path) {
  MutexLock lock(state_->mu);
  ROWHOUSE_ASSIGN_OR_RETURN(auto node, state_->FindFile(path));
  return std::make_unique<File>(state_, std::move(node), state_->life);
}

absl::StatusOr<std::string> MemDisk::Read(const std::string& path,
                                          std::uint64_t bytes_max) {
  MutexLock lock(state_->mu);
  ROWHOUSE_ASSIGN_OR_RETURN(const auto node, state_->FindFile(path));
  if (node->content.size() > bytes_max) {
    return absl::ResourceExhaustedError(
        absl::StrCat(path, " has ", node->content.size(), " bytes, at most ",
                     bytes_max, " are read"));
  }
  return node->content;
}

absl::StatusOr<std::string> MemDisk::ReadPiece(const std::string& path,
                                               std::uint64_t offset,
                                               std::size_t bytes) {
  MutexLock lock(state_->mu);
  ROWHOUSE_ASSIGN_OR_RETURN(const auto node, state_->FindFile(path));
  if (offset >= node->content.size()) return std::string();
  return node->content.substr(static_cast<std::size_t>(offset), bytes);
}

absl::StatusOr<FileInfo> MemDisk::Stat(const std::string& path) {
  MutexLock lock(state_->mu);
  const std::shared_ptr<Node> node = state_->Find(path);
  if (node == nullptr) {
    return absl::NotFoundError(absl::StrCat(path, ": nothing there"));
  }
  if (node->directory) return FileInfo{.directory = true};
  return FileInfo{.bytes = node->content.size(),
                  .links = state_->LinksOf(*node)};
}

absl::Status MemDisk::SyncFile(const std::string& path) {
  MutexLock lock(state_->mu);
  ROWHOUSE_ASSIGN_OR_RETURN(const auto node, state_->FindFile(path));
  return state_->Sync(*node);
}

absl::Status MemDisk::DropReservation(const std::string& path) {
  MutexLock lock(state_->mu);
  ROWHOUSE_ASSIGN_OR_RETURN(const auto node, state_->FindFile(path));
  node->reserved = 0;
  return absl::OkStatus();
}

absl::Status MemDisk::Rename(const std::string& from, const std::string& to) {
  MutexLock lock(state_->mu);
  ROWHOUSE_ASSIGN_OR_RETURN(const auto source,
                            state_->FindDirectory(ParentDirectory(from)));
  ROWHOUSE_ASSIGN_OR_RETURN(const auto target,
                            state_->FindDirectory(ParentDirectory(to)));
  const auto it = source->names.find(BaseName(from));
  if (it == source->names.end()) {
    return absl::NotFoundError(absl::StrCat(from, ": nothing there"));
  }
  if (state_->MountOf(from) != state_->MountOf(to)) {
    return absl::UnimplementedError(
        absl::StrCat("rename ", from, " to ", to, ": two file systems"));
  }
  const std::shared_ptr<Node> node = it->second;
  source->names.erase(it);
  target->names[BaseName(to)] = node;
  return absl::OkStatus();
}

absl::Status MemDisk::Link(const std::string& from, const std::string& to) {
  MutexLock lock(state_->mu);
  ROWHOUSE_ASSIGN_OR_RETURN(const auto node, state_->FindFile(from));
  ROWHOUSE_ASSIGN_OR_RETURN(const auto target,
                            state_->FindDirectory(ParentDirectory(to)));
  if (state_->MountOf(from) != state_->MountOf(to)) {
    return absl::UnimplementedError(
        absl::StrCat("link ", from, " to ", to, ": two file systems"));
  }
  if (!target->names.emplace(BaseName(to), node).second) {
    return absl::AlreadyExistsError(absl::StrCat(to, ": file exists"));
  }
  return absl::OkStatus();
}

absl::Status MemDisk::Remove(const std::string& path) {
  MutexLock lock(state_->mu);
  ROWHOUSE_RETURN_IF_ERROR(state_->FindFile(path).status());
  ROWHOUSE_ASSIGN_OR_RETURN(const auto parent,
                            state_->FindDirectory(ParentDirectory(path)));
  parent->names.erase(BaseName(path));
  return absl::OkStatus();
}

absl::Status MemDisk::RemoveAll(const std::string& path) {
  MutexLock lock(state_->mu);
  const std::shared_ptr<Node> parent = state_->Find(ParentDirectory(path));
  if (parent != nullptr) parent->names.erase(BaseName(path));
  return absl::OkStatus();
}

absl::Status MemDisk::RemoveEmptyDirectory(const std::string& path) {
  MutexLock lock(state_->mu);
  const std::shared_ptr<Node> node = state_->Find(path);
  if (node == nullptr || !node->names.empty()) return absl::OkStatus();
  state_->Find(ParentDirectory(path))->names.erase(BaseName(path));
  return absl::OkStatus();
}

absl::Status MemDisk::MakeDirectory(const std::string& path) {
  MutexLock lock(state_->mu);
  std::shared_ptr<Node> node = state_->root;
  for (absl::string_view part : absl::StrSplit(path, '/', absl::SkipEmpty())) {
    if (part == ".") continue;
    std::shared_ptr<Node>& child = node->names[std::string(part)];
    if (child == nullptr) {
      child = std::make_shared<Node>();
      child->directory = true;
      node->synced_names[std::string(part)] = child;
    }
    if (!child->directory) {
      return absl::FailedPreconditionError(
          absl::StrCat(path, " is not a directory"));
    }
    node = child;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> MemDisk::List(
    const std::string& path) {
  MutexLock lock(state_->mu);
  ROWHOUSE_ASSIGN_OR_RETURN(const auto node, state_->FindDirectory(path));
  std::vector<std::string> names;
  for (const auto& [name, child] : node->names) names.push_back(name);
  return names;
}

absl::StatusOr<bool> MemDisk::Exists(const std::string& path) {
  MutexLock lock(state_->mu);
  return state_->Find(path) != nullptr;
}

absl::Status MemDisk::SyncDirectory(const std::string& path) {
  MutexLock lock(state_->mu);
  ROWHOUSE_ASSIGN_OR_RETURN(const auto node, state_->FindDirectory(path));
  ROWHOUSE_RETURN_IF_ERROR(state_->CountSync());
  node->synced_names = node->names;
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<DirectoryLock>> MemDisk::Lock(
    const std::string& path) {
  MutexLock lock(state_->mu);
  ROWHOUSE_ASSIGN_OR_RETURN(const auto parent,
                            state_->FindDirectory(ParentDirectory(path)));
  if (!state_->locks.insert(path).second) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is held by another process or shard"));
  }
  std::shared_ptr<Node>& file = parent->names[BaseName(path)];
  if (file == nullptr) file = std::make_shared<Node>();
  return std::make_unique<HeldLock>(state_, path, state_->life);
}

}  // namespace rowhouse::storage
