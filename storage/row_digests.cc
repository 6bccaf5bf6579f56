#include "storage/row_digests.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "rowhouse/storage/v1/manifest.pb.h"
#include "storage/framed_file.h"
#include "storage/row_codec.h"

namespace rowhouse::storage {

void RowDigests::Add(TableIncarnation table, const RowImage& row) {
  const std::uint64_t values =
      Fingerprint64({reinterpret_cast<const char*>(row.values.data()),
                     row.values.size() * sizeof(float)});
  Bucket& bucket = tables_[table][row.bucket];
  ++bucket.rows;
  bucket.sum += Mix64(Mix64(row.id) ^ values);
}

std::uint64_t RowDigests::rows(TableIncarnation table) const {
  std::uint64_t rows = 0;
  if (const auto it = tables_.find(table); it != tables_.end()) {
    for (const auto& [bucket, digest] : it->second) rows += digest.rows;
  }
  return rows;
}

absl::Status RowDigests::CheckEqual(const RowDigests& expected,
                                    TableIncarnation table, BucketRange buckets,
                                    absl::string_view what) const {
  std::map<BucketId, std::pair<Bucket, Bucket>> both;
  const auto collect = [&](const RowDigests& from,
                           Bucket std::pair<Bucket, Bucket>::*side) {
    const auto of_table = from.tables_.find(table);
    if (of_table == from.tables_.end()) return;
    const std::map<BucketId, Bucket>& digests = of_table->second;
    const BucketId begin(static_cast<std::uint16_t>(buckets.begin));
    for (auto it = digests.lower_bound(begin);
         it != digests.end() && buckets.Contains(it->first); ++it) {
      both[it->first].*side = it->second;
    }
  };
  collect(*this, &std::pair<Bucket, Bucket>::first);
  collect(expected, &std::pair<Bucket, Bucket>::second);
  for (const auto& [bucket, digests] : both) {
    const auto& [got, want] = digests;
    if (got == want) continue;
    return absl::DataLossError(
        absl::StrCat(what, ": table ", TableKey(table), ", bucket ",
                     bucket.value(), " has ", got.rows, " rows with checksum ",
                     got.sum, ", expected ", want.rows, " with ", want.sum));
  }
  return absl::OkStatus();
}

std::string RowDigests::Encode() const {
  v1::PartDigests message;
  for (const auto& [table, buckets] : tables_) {
    v1::TableDigest* const stored = message.add_tables();
    stored->set_incarnation(table.value());
    for (const auto& [bucket, digest] : buckets) {
      stored->add_buckets(bucket.value());
      stored->add_rows(digest.rows);
      stored->add_sums(digest.sum);
    }
  }
  return EncodeFrame(kDigestsMagic, message.SerializeAsString());
}

absl::StatusOr<RowDigests> RowDigests::Decode(absl::string_view bytes,
                                              const std::string& path) {
  ROWHOUSE_ASSIGN_OR_RETURN(const absl::string_view content,
                            DecodeFrame(kDigestsMagic, bytes, path));
  v1::PartDigests message;
  if (!message.ParseFromArray(content.data(),
                              static_cast<int>(content.size()))) {
    return absl::DataLossError(absl::StrCat(path, ": does not parse"));
  }
  RowDigests digests;
  for (const v1::TableDigest& stored : message.tables()) {
    if (stored.rows_size() != stored.buckets_size() ||
        stored.sums_size() != stored.buckets_size()) {
      return absl::DataLossError(absl::StrCat(
          path, ": ", stored.buckets_size(), " buckets with ",
          stored.rows_size(), " counts and ", stored.sums_size(), " sums"));
    }
    if (digests.tables_.contains(TableIncarnation(stored.incarnation()))) {
      return absl::DataLossError(absl::StrCat(
          path, ": table ", TableKey(TableIncarnation(stored.incarnation())),
          " comes twice"));
    }
    for (int i = 0; i < stored.buckets_size(); ++i) {
      if (stored.buckets(i) >= kBuckets) {
        return absl::DataLossError(absl::StrCat(
            path, ": bucket ", stored.buckets(i), " of ", kBuckets));
      }
      if (i > 0 && stored.buckets(i) <= stored.buckets(i - 1)) {
        return absl::DataLossError(
            absl::StrCat(path, ": bucket ", stored.buckets(i), " comes after ",
                         stored.buckets(i - 1)));
      }
      digests.Add(TableIncarnation(stored.incarnation()),
                  BucketId(static_cast<std::uint16_t>(stored.buckets(i))),
                  {stored.rows(i), stored.sums(i)});
    }
  }
  return digests;
}

}  // namespace rowhouse::storage
