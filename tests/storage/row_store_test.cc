#include "storage/row_store.h"

#include "storage/mem_disk.h"
#include "storage/mem_row_store.h"
#include "tests/contract/row_store_contract.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::storage {
namespace {

class MemWorld final : public RowStoreWorld {
 public:
  MemWorld() { disk_.MakeDirectory("world").IgnoreError(); }
  std::string root() override { return "world"; }
  Disk& disk() override { return disk_; }
  absl::StatusOr<std::unique_ptr<RowStore>> Open(const std::string& path,
                                                 bool read_only) override {
    return OpenMemRowStore(disk_, path, read_only);
  }

 private:
  MemDisk disk_;
};

class RocksDbWorld final : public RowStoreWorld {
 public:
  std::string root() override { return directory_.path(); }
  Disk& disk() override { return PosixDisk(); }
  absl::StatusOr<std::unique_ptr<RowStore>> Open(const std::string& path,
                                                 bool read_only) override {
    return OpenRocksDbRowStore({.path = path, .read_only = read_only});
  }

 private:
  TempDir directory_;
};

INSTANTIATE_TEST_SUITE_P(
    All, RowStoreContract,
    ::testing::Values(
        RowStoreKind{"Mem", [] { return std::make_unique<MemWorld>(); }},
        RowStoreKind{"RocksDb",
                     [] { return std::make_unique<RocksDbWorld>(); }}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace rowhouse::storage
