// Every bound in the product, each with its reason. A queue, buffer or loop
// that is not bounded by one of these is a defect.
#ifndef ROWHOUSE_BASE_LIMITS_H_
#define ROWHOUSE_BASE_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace rowhouse {

// Buckets of a table, fixed for its life: the unit of routing and resharding.
// On disk and wire, do not change.
inline constexpr std::uint32_t kBuckets = 16384;

// Widest row. 8,192 floats are 32 KiB: four times the widest table we know of.
inline constexpr std::uint32_t kDimMax = 8192;

// Bytes of a table's name: it is a key of messages, metrics and files.
inline constexpr std::size_t kTableNameBytesMax = 256;

// Values of a piecewise learning-rate schedule: far more than anybody writes by
// hand, few enough to be searched at every push.
inline constexpr std::size_t kSchedulePiecesMax = 1024;

// Tables of one shard: each is a RocksDB column family with buffers of its own.
inline constexpr std::size_t kTablesMax = 1024;

// Rows of a table in which a step moves rows that nobody touched: each becomes
// a row of its shard within a round of the sweep, so a claim costs memory. The
// product over dim and slots is the operator's to know.
inline constexpr std::uint64_t kUntouchedRowsMax = std::uint64_t{1} << 32;

// Inputs (one table's ids) of one Lookup or Push: several features per table.
inline constexpr std::size_t kInputsPerRequestMax = 4096;

// Ids of one request over all inputs: at 8 bytes each they fill half a message.
inline constexpr std::size_t kIdsPerRequestMax = 4u << 20;

// Bytes of one message, both ways. A push to a shard is one message and one
// journal record, so this also bounds a record.
inline constexpr std::size_t kMessageBytesMax = 64u << 20;

// Shards of a cluster: a bucket range per shard with room to spare.
inline constexpr std::uint32_t kShardsMax = 1024;

// Pushes a client may have unacknowledged. A client never sends sequence s
// while any sequence <= s - kPushWindow is unacknowledged, so that a shard
// remembers a fixed number of bits per session.
inline constexpr std::uint64_t kPushWindow = 1024;

// Open sessions of a shard. One more ends the session that pushed longest ago.
inline constexpr std::size_t kSessionsMax = 4096;

// Epochs of pushes stay below: each checkpoint takes one, and a number that no
// checkpoint can have come to is a mistake of whoever sent it.
inline constexpr std::uint64_t kSnapshotEpochMax = std::uint64_t{1} << 62;

// A trainer's step: there must be a next one, and a number that no trainer
// counts to would end every schedule and spoil what counts steps.
inline constexpr std::uint64_t kTrainerStepMax = std::uint64_t{1} << 62;

// Bytes of a request without ids or rows: protobuf makes some thirty times as
// much memory of hostile ones. The largest of ours names 1,024 parts of a
// checkpoint.
inline constexpr std::size_t kControlBytesMax = 1u << 20;

// Seconds from a client's sign of life to the next, and without one after which
// a checkpoint that waits for its session ends it: thirty lost signs.
inline constexpr int kHeartbeatSeconds = 1;
inline constexpr int kSessionLeaseSeconds = 30;

// Seconds without a word from whoever makes a checkpoint after which a shard
// gives its cut up: it keeps journal and copies for it.
inline constexpr int kCheckpointIdleSeconds = 60;

// Bytes of one journal segment before the next is begun. Small enough to give
// space back often, large enough that directory syncs do not show.
inline constexpr std::uint64_t kJournalSegmentBytes = 64u << 20;

// Unwritten journal bytes that one group may gather while another is written.
inline constexpr std::size_t kJournalGroupBytesMax = 8u << 20;

// Journal bytes after which rows are flushed and segments they needed removed:
// half a second of replay, and large enough that flushes do not show.
inline constexpr std::uint64_t kJournalUnsettledBytesMax = 256u << 20;

// PROCESS-level records are synced in the background after this many bytes. A
// segment's successor waits for what of it is not, and all pushes with it: an
// eighth of a segment keeps that to some milliseconds.
inline constexpr std::uint64_t kJournalUnsyncedBytesMax = 8u << 20;

// Rows of one write-back batch: one journal sync serves thousands of rows.
inline constexpr std::size_t kWriteBackRowsMax = 4096;

// Rows worked under a lane's lock before it is given back, so that a lookup
// never waits longer than some tens of microseconds for a large push.
inline constexpr std::size_t kLaneBatchRows = 256;

// Bytes of summed gradients that a lane holds at once: they stay in a core's
// second cache on their way to the rows, and a row's sum is 32 KiB at most. One
// wide bag may name millions of ids, each with a sum of its own.
inline constexpr std::size_t kSumBytesMax = 1u << 20;

// Steps of a table in which its sweep comes round, where rows move without a
// gradient: a lookup of a cold row does at most about twice as many steps, some
// tens of microseconds, and the sweep's traffic is a 64th of the table a step.
inline constexpr std::uint64_t kStepsPerSweep = 64;

// Steps of such a table after which its log is cut, which takes a write-back:
// 12 bytes each in memory and in the file that saves them.
inline constexpr std::uint64_t kStepsUnsettledMax = 1u << 18;

// Asynchronous pushes that a client queues before Push waits.
inline constexpr std::size_t kQueuedPushesMax = 64;

// Calls that wait for a thread of a server before it answers UNAVAILABLE: more
// would wait longer than their clients do.
inline constexpr std::size_t kQueuedCallsMax = 1024;

// Bytes of their requests in one queue: 8 of the largest messages.
inline constexpr std::size_t kQueuedCallBytesMax = 512u << 20;

// Bytes of all replies of a server that its clients have not taken yet: 16 of
// the largest messages. A reply may be thousands of times its request, and one
// that is slow to read it must not take the memory that rows live in.
inline constexpr std::size_t kReplyBytesMax = 1u << 30;

// Calls of one connection at a time, more wait at the client: its queue of
// pushes and as many lookups.
inline constexpr std::size_t kStreamsPerConnectionMax = 128;

// Bytes of a call's metadata; ours has a deadline and a method.
inline constexpr std::size_t kMetadataBytesMax = 8u << 10;

// Bytes that gRPC holds for a server's connections, requests that are still
// being received included: nothing else bounds those. More than what our own
// queues and threads can hold, since gRPC drops connections where those answer.
inline constexpr std::size_t kGrpcBytesMax = std::size_t{4} << 30;

// Bytes of an error message that crosses the wire (trailers are small).
inline constexpr std::size_t kErrorMessageBytesMax = 1024;

// Bytes of a checkpoint's name, which becomes a directory's name.
inline constexpr std::size_t kCheckpointNameBytesMax = 128;

// Axes of a tensor in another system's file: TensorFlow's own bound.
inline constexpr std::size_t kTensorRankMax = 254;

// Parts that one tensor of a checkpoint may be stored in: a part for each of
// 16 times as many hosts as the largest machine has.
inline constexpr std::size_t kTensorSlicesMax = 65536;

// Bytes of a tensor that is read into memory as a whole; tables are streamed.
inline constexpr std::uint64_t kTensorBytesMax = 4ull << 30;

// Bytes of one uncompressed block of a checkpoint's index. Writers close one at
// 256 KiB; only an entry that names very many parts makes a longer one.
inline constexpr std::uint64_t kTableBlockBytesMax = 64u << 20;

// Bytes of the header of a .npy file: version 1 cannot have more, and NumPy
// itself reads no more than 10,000 without being told.
inline constexpr std::uint64_t kNpyHeaderBytesMax = 64u << 10;

// Bytes of the header of a safetensors file: the format's own bound.
inline constexpr std::uint64_t kSafetensorsHeaderBytesMax = 100'000'000;

// Bytes of the text file that names a directory's checkpoints: 10,000 names of
// a hundred bytes.
inline constexpr std::uint64_t kCheckpointStateBytesMax = 1u << 20;

// Rows of one feature, its axes but the last multiplied: 128 MiB of places. A
// sparse shape is a claim that no data back.
inline constexpr std::int64_t kFeatureRowsMax = 16 << 20;

// Bytes of one token of a vocabulary file; one is read at a time.
inline constexpr std::size_t kVocabularyTokenBytesMax = 1 << 20;

// Numbers that one dense column makes of a batch: 256 MiB of floats. An
// indicator's width is that of its buckets.
inline constexpr std::int64_t kDenseValuesMax = 64 << 20;

// Bytes of columns said as data: longer vocabularies belong into files.
inline constexpr std::size_t kFeatureSpecBytesMax = 16u << 20;

// Brackets or messages inside one another there; a cross within a cross takes
// four. Whoever reads them calls itself as deep.
inline constexpr int kFeatureSpecDepthMax = 64;

}  // namespace rowhouse

#endif  // ROWHOUSE_BASE_LIMITS_H_
