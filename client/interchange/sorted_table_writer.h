// Writes sorted string tables, byte for byte as TensorFlow does.
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_SORTED_TABLE_WRITER_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_SORTED_TABLE_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace rowhouse::interchange {

// The entries of one block, keys shortened by what they share with the key
// before. Every `restart_interval` entries a key is whole.
class BlockBuilder {
 public:
  explicit BlockBuilder(int restart_interval);

  // REQUIRES: `key` is behind all keys before.
  void Add(absl::string_view key, absl::string_view value);
  bool empty() const { return entries_.empty(); }
  // What Finish would return now.
  std::size_t bytes() const;
  // The block; the builder is empty again.
  std::string Finish();

 private:
  const int restart_interval_;
  std::string entries_;
  std::string last_key_;
  std::vector<std::uint32_t> restarts_ = {0};
  int since_restart_ = 0;
};

// Builds a table in memory: indexes are small beside what they lead to.
class SortedTableWriter {
 public:
  SortedTableWriter();

  // REQUIRES: `key` is behind all keys before.
  void Add(absl::string_view key, absl::string_view value);
  // All bytes of the file. Nothing can be added behind.
  std::string Finish();

 private:
  std::string WriteBlock(BlockBuilder& block);
  void CloseBlock();
  void AddToIndex(absl::string_view separator);

  std::string file_;
  BlockBuilder block_;
  BlockBuilder index_;
  std::string last_key_;
  std::string pending_handle_;  // of a block without its index entry
};

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_SORTED_TABLE_WRITER_H_
