#include "tests/fuzz/sample_journal.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "shard/record_codec.h"
#include "storage/journal.h"
#include "storage/journal_format.h"
#include "storage/mem_disk.h"
#include "tests/fuzz/fuzz_check.h"

namespace rowhouse::storage {
namespace {

constexpr char kDirectory[] = "journal";
// Room for some three records: several segments, of which the first are removed
// and their files used again.
constexpr std::uint64_t kSegmentBytes = 640;
constexpr int kRounds = 4;
constexpr std::uint64_t kRemovedLsns = 7;

class Writer {
 public:
  explicit Writer(MemDisk& disk)
      : journal_(
            std::move(Journal::Open(disk, {.directory = kDirectory,
                                           .segment_bytes = kSegmentBytes,
                                           .incarnation = kSampleIncarnation})
                          .value())) {}

  // One record of each kind. Every second round is synced, so that some records
  // know of a durable one before them and the last do not.
  void Round(std::uint64_t round) {
    Append(shard::RecordKind::kOpenSession, encoder_.Session(round));
    const shard::RecordHeader header{.session = round,
                                     .sequence = 2,
                                     .lowest = 1,
                                     .snapshot_epoch = round,
                                     .step = 9};
    const std::vector<Id> ids = {1, ~Id{0}, 7};
    const std::vector<float> weights = {0.5f, 2.0f, 1.0f};
    const std::vector<std::uint32_t> row_splits = {0, 2, 3};
    const std::vector<float> values = {1.5f, -2.0f, 0.25f, 8.0f, 1.0f, 4.0f};
    const std::vector<shard::InputRecord> inputs = {
        {.table = TableIncarnation(5),
         .dim = 2,
         .bags = {ids, weights, row_splits},
         .gradients = absl::MakeConstSpan(values).subspan(0, 4)},
        {.table = TableIncarnation(6),
         .dim = 1,
         .bags = {.ids = ids},
         .gradients = absl::MakeConstSpan(values).subspan(0, 3),
         .terms = kernels::StepTerms{.learning_rate = 0.1f, .step = 3}}};
    Append(shard::RecordKind::kPush, encoder_.Push(header, inputs));
    Append(shard::RecordKind::kWriteRows,
           encoder_.WriteRows(header, {.table = TableIncarnation(5),
                                       .dim = 2,
                                       .slot_floats = 1,
                                       .ids = ids,
                                       .weights = values,
                                       .slots = weights}));
    Append(shard::RecordKind::kCloseCut, encoder_.CloseCut(round));
    Append(shard::RecordKind::kEndSession, encoder_.Session(round));
    const Lsn last = journal_->last();
    FuzzCheck(
        (round % 2 != 0 ? journal_->Sync(last) : journal_->Write(last)).ok(),
        "the sample journal cannot be written");
  }

  void RemoveUpTo(std::uint64_t lsn) {
    FuzzCheck(journal_->RemoveUpTo(Lsn(lsn)).ok(),
              "the sample journal cannot be shortened");
  }

 private:
  void Append(shard::RecordKind kind, shard::RecordEncoder::Pieces pieces) {
    FuzzCheck(journal_->Append(static_cast<std::uint32_t>(kind), pieces).ok(),
              "the sample journal takes no record");
  }

  std::unique_ptr<Journal> journal_;
  shard::RecordEncoder encoder_;
};

}  // namespace

SampleJournal MakeSampleJournal() {
  MemDisk disk;
  {
    Writer writer(disk);
    for (int round = 1; round <= kRounds; ++round) {
      writer.Round(static_cast<std::uint64_t>(round));
      if (round == kRounds / 2) writer.RemoveUpTo(kRemovedLsns);
    }
  }
  SampleJournal sample;
  const std::vector<std::string> names = disk.List(kDirectory).value();
  for (const std::string& name : names) {
    const auto id = ParseSegmentFileName(name);
    if (!id.has_value()) continue;  // a spare file
    sample.segments[*id] =
        disk.Read(absl::StrCat(kDirectory, "/", name), kSegmentBytesMax)
            .value();
  }
  const auto head = DecodeSegmentHeader(sample.segments.begin()->second);
  sample.records =
      ReadJournal(disk, kDirectory, head.value().header.first.value() - 1)
          .value()
          .records;
  return sample;
}

}  // namespace rowhouse::storage
