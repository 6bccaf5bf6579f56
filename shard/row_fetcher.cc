#include "shard/row_fetcher.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace rowhouse::shard {

void RowFetcher::Begin(const Table& table) {
  table_ = &table;
  row_floats_ = table.row_floats();
  rows_.clear();
  wanted_.clear();
}

void RowFetcher::Add(Id id, std::uint64_t hash) {
  wanted_.push_back({{table_->BucketOf(hash), id}, rows_.size()});
  rows_.emplace_back();
}

absl::Status RowFetcher::Fetch(const storage::RowStore& store) {
  std::sort(wanted_.begin(), wanted_.end());
  places_.clear();
  first_wanted_.clear();
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    if (!places_.empty() && places_.back() == wanted_[i].first) continue;
    places_.push_back(wanted_[i].first);
    first_wanted_.push_back(i);
  }
  values_.resize(rows_.size() * row_floats_);
  const absl::Status status = store.MultiGet(
      table_->incarnation(), places_,
      [&](std::size_t place, const storage::RowImage& image) -> absl::Status {
        if (image.values.size() != row_floats_) {
          return absl::DataLossError(absl::StrCat(
              "table '", table_->spec().name, "': stored row of id ", image.id,
              " has ", image.values.size(), " floats, expected ", row_floats_));
        }
        for (std::size_t i = first_wanted_[place];
             i < wanted_.size() && wanted_[i].first == places_[place]; ++i) {
          const std::size_t row = wanted_[i].second;
          rows_[row] = {true, image.lsn};
          std::memcpy(values_.data() + row * row_floats_, image.values.data(),
                      row_floats_ * sizeof(float));
        }
        return absl::OkStatus();
      });
  if (!status.ok()) std::fill(rows_.begin(), rows_.end(), Row());
  return status;
}

}  // namespace rowhouse::shard
