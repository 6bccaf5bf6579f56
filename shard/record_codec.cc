#include "shard/record_codec.h"

#include <bit>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace rowhouse::shard {
namespace {

static_assert(std::endian::native == std::endian::little,
              "arrays go to the journal as they lie in memory");

constexpr std::size_t kHeaderBytes = 5 * sizeof(std::uint64_t);
constexpr std::size_t kInputBytes = 24;  // before terms and arrays
constexpr std::size_t kTermsBytes = 12;
constexpr std::size_t kRowsBytes = 20;
constexpr std::uint32_t kHasWeights = 1;
constexpr std::uint32_t kHasRowSplits = 2;
constexpr std::uint32_t kHasTerms = 4;
constexpr std::size_t kArrayAlignment = 8;
constexpr std::size_t kArraysPerInput = 4;

}  // namespace

RecordHeader MakeRecordHeader(const PushHeader& header) {
  return {header.session.number, header.sequence, header.lowest_unacknowledged,
          header.snapshot_epoch, header.step};
}

template <typename T>
void RecordEncoder::Number(T value) {
  const auto* bytes = reinterpret_cast<const char*>(&value);
  numbers_.insert(numbers_.end(), bytes, bytes + sizeof(T));
}

template <typename T>
void RecordEncoder::Array(absl::Span<const T> values) {
  if (values.empty()) return;
  EndNumbers();
  pieces_.push_back({reinterpret_cast<const char*>(values.data()),
                     values.size() * sizeof(T)});
}

void RecordEncoder::EndNumbers() {
  if (numbers_.size() == numbers_begin_) return;
  pieces_.push_back(
      {numbers_.data() + numbers_begin_, numbers_.size() - numbers_begin_});
  numbers_begin_ = numbers_.size();
}

void RecordEncoder::Header(const RecordHeader& header) {
  Number(header.session);
  Number(header.sequence);
  Number(header.lowest);
  Number(header.snapshot_epoch);
  Number(header.step);
}

RecordEncoder::Pieces RecordEncoder::Session(std::uint64_t number) {
  numbers_.clear();
  pieces_.clear();
  numbers_begin_ = 0;
  Number(number);
  EndNumbers();
  return pieces_;
}

RecordEncoder::Pieces RecordEncoder::Push(
    const RecordHeader& header, absl::Span<const InputRecord> inputs) {
  numbers_.clear();
  pieces_.clear();
  numbers_begin_ = 0;
  // Pieces point into it, so it must not move.
  numbers_.reserve(kHeaderBytes + sizeof(std::uint32_t) +
                   inputs.size() * (kInputBytes + kTermsBytes));
  Header(header);
  Number(static_cast<std::uint32_t>(inputs.size()));
  for (const InputRecord& input : inputs) {
    const BagsView& bags = input.bags;
    Number(input.table.value());
    Number(input.dim);
    Number(static_cast<std::uint32_t>(bags.ids.size()));
    Number(static_cast<std::uint32_t>(bags.bags()));
    Number((bags.weights.empty() ? 0 : kHasWeights) |
           (bags.row_splits.empty() ? 0 : kHasRowSplits) |
           (input.terms.has_value() ? kHasTerms : 0));
    if (input.terms.has_value()) {
      Number(input.terms->learning_rate);
      Number(input.terms->step);
    }
    Array(bags.ids);
    Array(bags.weights);
    Array(bags.row_splits);
    Array(input.gradients);
  }
  EndNumbers();
  return pieces_;
}

RecordEncoder::Pieces RecordEncoder::WriteRows(const RecordHeader& header,
                                               const RowsRecord& rows) {
  numbers_.clear();
  pieces_.clear();
  numbers_begin_ = 0;
  numbers_.reserve(kHeaderBytes + kRowsBytes);
  Header(header);
  Number(rows.table.value());
  Number(rows.dim);
  Number(rows.slot_floats);
  Number(static_cast<std::uint32_t>(rows.ids.size()));
  Array(rows.ids);
  Array(rows.weights);
  Array(rows.slots);
  EndNumbers();
  return pieces_;
}

// Walks a payload; after the first thing that does not fit, nothing does.
class RecordDecoder::Reader {
 public:
  Reader(absl::Span<const char> payload, std::vector<char>& storage)
      : payload_(payload), storage_(storage) {}

  template <typename T>
  void Number(T& value) {
    if (!Fits(1, sizeof(T))) return;
    std::memcpy(&value, payload_.data() + at_, sizeof(T));
    at_ += sizeof(T);
  }

  void Header(RecordHeader& header) {
    Number(header.session);
    Number(header.sequence);
    Number(header.lowest);
    Number(header.snapshot_epoch);
    Number(header.step);
  }

  // Makes room for aligned copies of `arrays` arrays. Once per record.
  void Reserve(std::size_t arrays) {
    const std::size_t bytes = payload_.size() + arrays * kArrayAlignment;
    if (storage_.size() < bytes) storage_.resize(bytes);
  }

  template <typename T>
  void Array(std::uint64_t count, absl::Span<const T>& values) {
    values = {};
    if (count == 0 || !Fits(count, sizeof(T))) return;
    char* copy = storage_.data() + used_;
    const std::size_t bytes = count * sizeof(T);
    std::memcpy(copy, payload_.data() + at_, bytes);
    values = {reinterpret_cast<const T*>(copy), count};
    at_ += bytes;
    used_ += (bytes + kArrayAlignment - 1) / kArrayAlignment * kArrayAlignment;
  }

  void Require(bool condition) { ok_ = ok_ && condition; }
  std::size_t left() const { return payload_.size() - at_; }
  bool ok() const { return ok_; }

  absl::Status End(absl::string_view what) const {
    if (ok_ && at_ == payload_.size()) return absl::OkStatus();
    return absl::DataLossError(
        absl::StrCat(what, " record of ", payload_.size(),
                     " bytes does not fit at byte ", at_));
  }

 private:
  bool Fits(std::uint64_t count, std::size_t bytes) {
    ok_ = ok_ && count <= left() / bytes;
    return ok_;
  }

  absl::Span<const char> payload_;
  std::vector<char>& storage_;
  std::size_t at_ = 0;
  std::size_t used_ = 0;
  bool ok_ = true;
};

absl::StatusOr<std::uint64_t> RecordDecoder::Session(
    absl::Span<const char> payload) {
  Reader reader(payload, storage_);
  std::uint64_t number = 0;
  reader.Number(number);
  ROWHOUSE_RETURN_IF_ERROR(reader.End("session"));
  return number;
}

absl::Status RecordDecoder::Push(absl::Span<const char> payload) {
  Reader reader(payload, storage_);
  std::uint32_t count = 0;
  reader.Header(header_);
  reader.Number(count);
  reader.Require(count <= reader.left() / kInputBytes);
  inputs_.clear();
  if (reader.ok()) {
    reader.Reserve(kArraysPerInput * count);
    inputs_.resize(count);
  }
  for (InputRecord& input : inputs_) {
    std::uint64_t table = 0;
    std::uint32_t ids = 0;
    std::uint32_t bags = 0;
    std::uint32_t flags = 0;
    reader.Number(table);
    reader.Number(input.dim);
    reader.Number(ids);
    reader.Number(bags);
    reader.Number(flags);
    reader.Require((flags & ~(kHasWeights | kHasRowSplits | kHasTerms)) == 0);
    reader.Require((flags & kHasRowSplits) != 0 || bags == ids);
    if (!reader.ok()) break;
    input.table = TableIncarnation(table);
    if (flags & kHasTerms) {
      kernels::StepTerms& terms = input.terms.emplace();
      reader.Number(terms.learning_rate);
      reader.Number(terms.step);
    }
    reader.Array(ids, input.bags.ids);
    if (flags & kHasWeights) reader.Array(ids, input.bags.weights);
    if (flags & kHasRowSplits) {
      reader.Array(std::uint64_t{bags} + 1, input.bags.row_splits);
    }
    reader.Array(std::uint64_t{bags} * input.dim, input.gradients);
  }
  return reader.End("push");
}

absl::Status RecordDecoder::WriteRows(absl::Span<const char> payload) {
  Reader reader(payload, storage_);
  std::uint64_t table = 0;
  std::uint32_t ids = 0;
  reader.Reserve(kArraysPerInput);
  reader.Header(header_);
  reader.Number(table);
  reader.Number(rows_.dim);
  reader.Number(rows_.slot_floats);
  reader.Number(ids);
  rows_.table = TableIncarnation(table);
  reader.Array(ids, rows_.ids);
  reader.Array(std::uint64_t{ids} * rows_.dim, rows_.weights);
  reader.Array(std::uint64_t{ids} * rows_.slot_floats, rows_.slots);
  return reader.End("write");
}

}  // namespace rowhouse::shard
