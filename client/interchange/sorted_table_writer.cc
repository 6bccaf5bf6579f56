#include "client/interchange/sorted_table_writer.h"

#include <algorithm>
#include <utility>

#include "client/interchange/sorted_table.h"

namespace rowhouse::interchange {
namespace {

// TensorFlow's numbers: other ones would make other files.
constexpr int kRestartInterval = 16;
constexpr std::size_t kBlockBytes = 256u << 10;
// An entry so large gets a block of its own.
constexpr std::size_t kLargeEntryBytes = 2 * kBlockBytes;

std::size_t SharedPrefix(absl::string_view a, absl::string_view b) {
  const auto [end, other] = std::mismatch(
      a.begin(), a.begin() + std::min(a.size(), b.size()), b.begin());
  return static_cast<std::size_t>(end - a.begin());
}

// A short key k with last <= k < next.
std::string Separator(absl::string_view last, absl::string_view next) {
  const std::size_t at = SharedPrefix(last, next);
  if (at == last.size() || at == next.size()) return std::string(last);
  const auto byte = static_cast<unsigned char>(last[at]);
  if (byte == 0xff || byte + 1 >= static_cast<unsigned char>(next[at])) {
    return std::string(last);
  }
  std::string key(last.substr(0, at + 1));
  key.back() = static_cast<char>(byte + 1);
  return key;
}

// A short key k with last <= k.
std::string Successor(absl::string_view last) {
  for (std::size_t at = 0; at < last.size(); ++at) {
    const auto byte = static_cast<unsigned char>(last[at]);
    if (byte == 0xff) continue;
    std::string key(last.substr(0, at + 1));
    key.back() = static_cast<char>(byte + 1);
    return key;
  }
  return std::string(last);
}

}  // namespace

BlockBuilder::BlockBuilder(int restart_interval)
    : restart_interval_(restart_interval) {}

void BlockBuilder::Add(absl::string_view key, absl::string_view value) {
  std::size_t shared = 0;
  if (since_restart_ < restart_interval_) {
    shared = SharedPrefix(last_key_, key);
  } else {
    restarts_.push_back(static_cast<std::uint32_t>(entries_.size()));
    since_restart_ = 0;
  }
  AppendVarint(shared, entries_);
  AppendVarint(key.size() - shared, entries_);
  AppendVarint(value.size(), entries_);
  entries_.append(key.data() + shared, key.size() - shared);
  entries_.append(value.data(), value.size());
  last_key_ = std::string(key);
  ++since_restart_;
}

std::size_t BlockBuilder::bytes() const {
  return entries_.size() + (restarts_.size() + 1) * sizeof(std::uint32_t);
}

std::string BlockBuilder::Finish() {
  std::string block = std::exchange(entries_, "");
  for (const std::uint32_t restart : restarts_) AppendWord(restart, block);
  AppendWord(static_cast<std::uint32_t>(restarts_.size()), block);
  last_key_.clear();
  restarts_ = {0};
  since_restart_ = 0;
  return block;
}

SortedTableWriter::SortedTableWriter()
    : block_(kRestartInterval), index_(/*restart_interval=*/1) {}

void SortedTableWriter::Add(absl::string_view key, absl::string_view value) {
  if (key.size() + value.size() >= kLargeEntryBytes) CloseBlock();
  if (!pending_handle_.empty()) AddToIndex(Separator(last_key_, key));
  block_.Add(key, value);
  last_key_ = std::string(key);
  if (block_.bytes() >= kBlockBytes) CloseBlock();
}

std::string SortedTableWriter::Finish() {
  CloseBlock();
  BlockBuilder metaindex(kRestartInterval);
  const std::string metaindex_handle = WriteBlock(metaindex);
  if (!pending_handle_.empty()) AddToIndex(Successor(last_key_));
  std::string footer = metaindex_handle + WriteBlock(index_);
  footer.resize(kTableFooterBytes - sizeof(kTableMagic));
  AppendWord(kTableMagic, footer);
  file_ += footer;
  return std::move(file_);
}

// Returns the handle.
std::string SortedTableWriter::WriteBlock(BlockBuilder& block) {
  const std::size_t offset = file_.size();
  file_ += block.Finish();
  std::string handle;
  AppendVarint(offset, handle);
  AppendVarint(file_.size() - offset, handle);
  file_.push_back(kBlockPlain);
  AppendWord(MaskCrc(Crc32c(file_.data() + offset, file_.size() - offset)),
             file_);
  return handle;
}

void SortedTableWriter::CloseBlock() {
  if (!block_.empty()) pending_handle_ = WriteBlock(block_);
}

void SortedTableWriter::AddToIndex(absl::string_view separator) {
  index_.Add(separator, pending_handle_);
  pending_handle_.clear();
}

}  // namespace rowhouse::interchange
