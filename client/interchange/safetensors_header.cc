#include "client/interchange/safetensors_header.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"

namespace rowhouse::interchange {
namespace {

struct Row {
  Dtype dtype;
  absl::string_view name;
};
constexpr Row kRows[] = {
    {Dtype::kFloat32, "F32"}, {Dtype::kFloat64, "F64"},
    {Dtype::kFloat16, "F16"}, {Dtype::kBfloat16, "BF16"},
    {Dtype::kInt8, "I8"},     {Dtype::kInt16, "I16"},
    {Dtype::kInt32, "I32"},   {Dtype::kInt64, "I64"},
    {Dtype::kUint8, "U8"},    {Dtype::kUint16, "U16"},
    {Dtype::kUint32, "U32"},  {Dtype::kUint64, "U64"},
    {Dtype::kBool, "BOOL"},   {Dtype::kComplex64, "C64"},
};

// A tensor's members as they come; each is there once.
struct Members {
  std::optional<std::string> dtype;
  std::optional<std::vector<std::int64_t>> shape;
  std::optional<std::vector<std::int64_t>> offsets;
};

absl::StatusOr<SafetensorsEntry> EntryOf(Members members,
                                         std::uint64_t data_bytes) {
  if (!members.dtype || !members.shape || !members.offsets ||
      members.offsets->size() != 2) {
    return absl::DataLossError("not {dtype, shape, data_offsets}");
  }
  const auto* const row =
      std::find_if(std::begin(kRows), std::end(kRows),
                   [&](const Row& one) { return one.name == *members.dtype; });
  SafetensorsEntry entry{
      .begin = static_cast<std::uint64_t>((*members.offsets)[0]),
      .end = static_cast<std::uint64_t>((*members.offsets)[1])};
  if (entry.end < entry.begin || entry.end > data_bytes) {
    return absl::DataLossError(absl::StrCat("bytes ", entry.begin, " to ",
                                            entry.end, " of ", data_bytes));
  }
  if (row == std::end(kRows)) {
    entry.info.shape = *std::move(members.shape);
    entry.unread_type = *std::move(members.dtype);
    return entry;
  }
  const std::size_t item_bytes = ItemBytes(row->dtype);
  ROWHOUSE_ASSIGN_OR_RETURN(const std::uint64_t elements,
                            ElementsOf(*members.shape, item_bytes));
  entry.info = {row->dtype, *std::move(members.shape)};
  if (entry.end - entry.begin != elements * item_bytes) {
    return absl::DataLossError(absl::StrCat(
        "bytes ", entry.begin, " to ", entry.end, " of ", data_bytes, " for ",
        elements, " values of ", item_bytes, " bytes"));
  }
  return entry;
}

// Takes what the parser meets, and stops it at what the format has not: no tree
// is made of it.
class Handler final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Handler(std::uint64_t data_bytes) : data_bytes_(data_bytes) {}

  absl::StatusOr<SafetensorsEntries> Finish() {
    ROWHOUSE_RETURN_IF_ERROR(status_);
    return std::move(entries_);
  }

  bool null() override { return (in_metadata_ && depth_ == kFile) || Misfit(); }
  bool boolean(bool /*value*/) override { return Misfit(); }
  bool number_integer(std::int64_t /*negative*/) override { return Misfit(); }
  bool number_float(double /*value*/, const std::string& /*text*/) override {
    return Misfit();
  }
  bool binary(nlohmann::json::binary_t& /*value*/) override { return Misfit(); }

  bool number_unsigned(std::uint64_t value) override {
    // A shape that is too long is ElementsOf's to refuse.
    if (list_ == nullptr || value >> 63 != 0 ||
        list_->size() > kTensorRankMax) {
      return Misfit();
    }
    list_->push_back(static_cast<std::int64_t>(value));
    return true;
  }

  bool string(std::string& value) override {
    if (depth_ != kTensor) return Misfit();
    if (in_metadata_) return true;
    if (member_ != "dtype" || members_.dtype) {
      return Misfit();
    }
    members_.dtype = std::move(value);
    return true;
  }

  bool start_object(std::size_t /*members*/) override {
    if (depth_ >= kTensor) return Misfit();
    ++depth_;
    return true;
  }

  bool key(std::string& key) override {
    if (depth_ == kFile) {
      in_metadata_ = key == kSafetensorsMetadata;
      members_ = {};
      name_ = std::move(key);
      if (in_metadata_ ? std::exchange(has_metadata_, true)
                       : entries_.contains(name_)) {
        return Refuse(absl::DataLossError("is there twice"));
      }
      return true;
    }
    member_ = std::move(key);
    if (!in_metadata_) return true;
    return metadata_.insert(member_).second || Misfit();
  }

  bool end_object() override {
    if (depth_-- == kFile || in_metadata_) return true;
    absl::StatusOr<SafetensorsEntry> entry =
        EntryOf(std::move(members_), data_bytes_);
    if (!entry.ok()) return Refuse(entry.status());
    entries_.emplace(std::move(name_), *std::move(entry));
    return true;
  }

  bool start_array(std::size_t /*elements*/) override {
    if (depth_ != kTensor || in_metadata_ || list_ != nullptr) return Misfit();
    auto* const list = member_ == "shape"          ? &members_.shape
                       : member_ == "data_offsets" ? &members_.offsets
                                                   : nullptr;
    if (list == nullptr || list->has_value()) return Misfit();
    list_ = &list->emplace();
    return true;
  }

  bool end_array() override {
    list_ = nullptr;
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    status_ = absl::DataLossError(
        absl::StrCat("the header is no JSON at byte ", position));
    return false;
  }

 private:
  // Objects that are open.
  enum Depth { kNothing, kFile, kTensor };

  bool Refuse(const absl::Status& status) {
    status_ = absl::Status(status.code(),
                           absl::StrCat(name_, ": ", status.message()));
    return false;
  }
  bool Misfit() {
    if (depth_ == kNothing) {
      status_ = absl::DataLossError("the header is no JSON object");
      return false;
    }
    return Refuse(
        absl::DataLossError(in_metadata_ ? "not texts by key, each once"
                                         : "not {dtype, shape, data_offsets}"));
  }

  const std::uint64_t data_bytes_;
  SafetensorsEntries entries_;
  absl::Status status_;
  int depth_ = kNothing;
  std::string name_;    // at depth kTensor: whose members come
  std::string member_;  // whose value comes
  Members members_;
  std::vector<std::int64_t>* list_ = nullptr;  // that is open
  bool in_metadata_ = false;
  bool has_metadata_ = false;
  std::set<std::string> metadata_;
};

}  // namespace

std::optional<absl::string_view> SafetensorsDtype(Dtype dtype) {
  for (const Row& row : kRows) {
    if (row.dtype == dtype) return row.name;
  }
  return std::nullopt;
}

absl::StatusOr<SafetensorsEntries> ParseSafetensorsHeader(
    absl::string_view text, std::uint64_t data_bytes) {
  Handler handler(data_bytes);
  nlohmann::json::sax_parse(text.begin(), text.end(), &handler);
  return handler.Finish();
}

}  // namespace rowhouse::interchange
