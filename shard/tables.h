// The tables of a shard, by name and by incarnation.
#ifndef ROWHOUSE_SHARD_TABLES_H_
#define ROWHOUSE_SHARD_TABLES_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "rowhouse/ids.h"
#include "shard/table.h"

namespace rowhouse::shard {

// Not thread-safe. A Table stays where it is until it is removed.
class Tables {
 public:
  std::size_t size() const { return by_name_.size(); }
  // Null when there is none.
  Table* Find(absl::string_view name) const;
  Table* Find(TableIncarnation incarnation) const;
  // REQUIRES: neither its name nor its incarnation is there.
  void Add(std::unique_ptr<Table> table);
  // REQUIRES: it is there.
  void Remove(absl::string_view name);
  void Clear();
  // By name.
  std::vector<Table*> All() const;

 private:
  absl::flat_hash_map<std::string, std::unique_ptr<Table>> by_name_;
  absl::flat_hash_map<TableIncarnation, Table*> by_incarnation_;
};

}  // namespace rowhouse::shard

#endif  // ROWHOUSE_SHARD_TABLES_H_
