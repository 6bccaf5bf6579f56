// Bytes of messages as no encoder of ours writes them, but as any peer may send
// them, for tests that compare our parser with protobuf's.
#ifndef ROWHOUSE_TESTS_WIRE_WILD_BYTES_H_
#define ROWHOUSE_TESTS_WIRE_WILD_BYTES_H_

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

#include "absl/strings/string_view.h"

namespace rowhouse::wire {

using Random = std::mt19937_64;

// Uniform in [0, bound).
std::size_t Below(Random& random, std::size_t bound);
bool OneIn(Random& random, std::size_t n);

// Fills `message` with random values of random, mostly short, lengths.
void FillRandomly(Random& random, google::protobuf::Message& message);

// The message as another, legal encoder might write it: fields in any order,
// arrays in several runs or unpacked, singular messages in two parts, scalars
// written twice, unknown fields and groups, overlong varints. protobuf parses
// it to a message equal to `message` but for unknown fields.
std::string WildBytes(Random& random, const google::protobuf::Message& message);

// Flips, removes, repeats, inserts or cuts off some bytes.
std::string Mutate(Random& random, std::string bytes);

// `bytes` in slices cut at random places, some empty, at any alignment.
grpc::ByteBuffer CutIntoSlices(Random& random, absl::string_view bytes);

grpc::ByteBuffer OneSlice(absl::string_view bytes);

// The bytes of all slices.
std::string Joined(const grpc::ByteBuffer& buffer);

}  // namespace rowhouse::wire

#endif  // ROWHOUSE_TESTS_WIRE_WILD_BYTES_H_
