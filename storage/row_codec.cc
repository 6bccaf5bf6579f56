#include "storage/row_codec.h"

#include <cstring>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "base/limits.h"
#include "storage/byte_order.h"

namespace rowhouse::storage {
namespace {

constexpr std::size_t kLsnBytes = 8;
constexpr std::size_t kCrcBytes = 4;

std::uint32_t RowCrc(TableIncarnation table, absl::string_view key,
                     absl::string_view lsn_and_values) {
  char incarnation[8];
  StoreLittle(table.value(), incarnation);
  std::uint32_t crc = Crc32c(incarnation, sizeof(incarnation));
  crc = Crc32c(key.data(), key.size(), crc);
  return Crc32c(lsn_and_values.data(), lsn_and_values.size(), crc);
}

}  // namespace

std::string RowKey(BucketId bucket, Id id) {
  std::string key(kRowKeyBytes, '\0');
  StoreBig(bucket.value(), key.data());
  StoreBig(id, key.data() + sizeof(std::uint16_t));
  return key;
}

std::string BucketPrefix(std::uint32_t bucket) {
  std::string prefix(sizeof(std::uint16_t), '\0');
  StoreBig(static_cast<std::uint16_t>(bucket), prefix.data());
  return prefix;
}

void EncodeRowValue(TableIncarnation table, const RowImage& row,
                    absl::string_view key, std::string& value) {
  const std::size_t value_bytes = row.values.size() * sizeof(float);
  value.resize(kLsnBytes + value_bytes + kCrcBytes);
  StoreLittle(row.lsn.value(), value.data());
  if (value_bytes > 0) {
    std::memcpy(value.data() + kLsnBytes, row.values.data(), value_bytes);
  }
  const absl::string_view covered(value.data(), kLsnBytes + value_bytes);
  StoreLittle(RowCrc(table, key, covered),
              value.data() + kLsnBytes + value_bytes);
}

absl::StatusOr<RowImage> DecodeRow(TableIncarnation table,
                                   absl::string_view key,
                                   absl::string_view value,
                                   std::vector<float>& values) {
  if (key.size() != kRowKeyBytes) {
    return absl::DataLossError(absl::StrCat(
        "table ", TableKey(table), ": a row key of ", key.size(), " bytes (",
        absl::BytesToHexString(key), "), expected ", kRowKeyBytes));
  }
  RowImage row;
  row.bucket = BucketId(LoadBig<std::uint16_t>(key.data()));
  row.id = LoadBig<std::uint64_t>(key.data() + sizeof(std::uint16_t));
  const auto damage = [&](absl::string_view what) {
    return absl::DataLossError(absl::StrCat("table ", TableKey(table),
                                            ", bucket ", row.bucket.value(),
                                            ", id ", row.id, ": ", what));
  };
  if (row.bucket.value() >= kBuckets) return damage("no such bucket");
  if (value.size() < kLsnBytes + kCrcBytes ||
      (value.size() - kLsnBytes - kCrcBytes) % sizeof(float) != 0) {
    return damage(absl::StrCat("a row image of ", value.size(), " bytes"));
  }
  const absl::string_view covered = value.substr(0, value.size() - kCrcBytes);
  if (LoadLittle<std::uint32_t>(value.data() + covered.size()) !=
      RowCrc(table, key, covered)) {
    return damage("the row image fails its checksum");
  }
  row.lsn = Lsn(LoadLittle<std::uint64_t>(value.data()));
  values.resize((covered.size() - kLsnBytes) / sizeof(float));
  if (!values.empty()) {
    std::memcpy(values.data(), covered.data() + kLsnBytes,
                covered.size() - kLsnBytes);
  }
  row.values = values;
  return row;
}

std::string TableKey(TableIncarnation table) {
  return absl::StrCat(absl::Hex(table.value(), absl::kZeroPad16));
}

bool ParseTableKey(absl::string_view name, TableIncarnation& table) {
  std::uint64_t value = 0;
  if (!absl::SimpleHexAtoi(name, &value)) return false;
  table = TableIncarnation(value);
  return TableKey(table) == name;
}

}  // namespace rowhouse::storage
