#include "shard/tables.h"

#include <algorithm>
#include <utility>

namespace rowhouse::shard {

Table* Tables::Find(absl::string_view name) const {
  const auto it = by_name_.find(name);
  return it == by_name_.end() ? nullptr : it->second.get();
}

Table* Tables::Find(TableIncarnation incarnation) const {
  const auto it = by_incarnation_.find(incarnation);
  return it == by_incarnation_.end() ? nullptr : it->second;
}

void Tables::Add(std::unique_ptr<Table> table) {
  by_incarnation_.emplace(table->incarnation(), table.get());
  const std::string name = table->spec().name;
  by_name_.emplace(name, std::move(table));
}

void Tables::Remove(absl::string_view name) {
  const auto it = by_name_.find(name);
  by_incarnation_.erase(it->second->incarnation());
  by_name_.erase(it);
}

void Tables::Clear() {
  by_incarnation_.clear();
  by_name_.clear();
}

std::vector<Table*> Tables::All() const {
  std::vector<Table*> all;
  all.reserve(by_name_.size());
  for (const auto& [name, table] : by_name_) all.push_back(table.get());
  std::sort(all.begin(), all.end(), [](const Table* a, const Table* b) {
    return a->spec().name < b->spec().name;
  });
  return all;
}

}  // namespace rowhouse::shard
