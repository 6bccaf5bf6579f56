// A row store that asks another one: tests change what they look at.
#ifndef ROWHOUSE_TESTS_TESTING_FORWARDING_ROW_STORE_H_
#define ROWHOUSE_TESTS_TESTING_FORWARDING_ROW_STORE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "storage/row_store.h"

namespace rowhouse {

class ForwardingRowStore : public storage::RowStore {
 public:
  explicit ForwardingRowStore(std::unique_ptr<storage::RowStore> rows)
      : rows_(std::move(rows)) {}

  std::vector<TableIncarnation> Tables() const override {
    return rows_->Tables();
  }
  absl::Status CreateTable(TableIncarnation table) override {
    return rows_->CreateTable(table);
  }
  absl::Status DropTable(TableIncarnation table) override {
    return rows_->DropTable(table);
  }
  absl::Status Write(TableIncarnation table,
                     absl::Span<const storage::RowImage> rows) override {
    return rows_->Write(table, rows);
  }
  absl::Status Flush(TableIncarnation table) override {
    return rows_->Flush(table);
  }
  absl::Status Scan(TableIncarnation table, BucketRange buckets,
                    absl::FunctionRef<absl::Status(const storage::RowImage&)>
                        visit) const override {
    return rows_->Scan(table, buckets, visit);
  }
  absl::Status MultiGet(
      TableIncarnation table, absl::Span<const storage::RowPlace> places,
      absl::FunctionRef<absl::Status(std::size_t, const storage::RowImage&)>
          visit) const override {
    return rows_->MultiGet(table, places, visit);
  }
  absl::StatusOr<std::uint64_t> Scrub(std::uint64_t bytes_max) override {
    return rows_->Scrub(bytes_max);
  }
  absl::Status CopyTo(const std::string& path) const override {
    return rows_->CopyTo(path);
  }

 private:
  const std::unique_ptr<storage::RowStore> rows_;
};

}  // namespace rowhouse

#endif  // ROWHOUSE_TESTS_TESTING_FORWARDING_ROW_STORE_H_
