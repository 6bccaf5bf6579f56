#include "tests/wire/wild_bytes.h"

#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

namespace rowhouse::wire {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::internal::WireFormatLite;

// `bytes_max` bounds the padding: 10 for values, 5 for tags and lengths.
void AppendVarint(Random& random, std::size_t bytes_max, std::uint64_t value,
                  std::string& out) {
  std::size_t bytes = 1;
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
    ++bytes;
  }
  std::size_t padding =
      OneIn(random, 8) ? Below(random, bytes_max - bytes + 1) : 0;
  out.push_back(static_cast<char>(padding > 0 ? value | 0x80 : value));
  for (; padding > 0; --padding) {
    out.push_back(padding > 1 ? '\x80' : '\0');
  }
}

void AppendTag(Random& random, std::uint32_t field, int type,
               std::string& out) {
  AppendVarint(random, 5, field << 3 | type, out);
}

void AppendBytes(Random& random, std::uint32_t field, absl::string_view bytes,
                 std::string& out) {
  AppendTag(random, field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED, out);
  AppendVarint(random, 5, bytes.size(), out);
  out.append(bytes.data(), bytes.size());
}

template <typename T>
void AppendRaw(T value, std::string& out) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

// The value of a scalar field, at `index` where it is repeated (else -1),
// without its tag.
std::string ScalarBytes(Random& random, const Message& message,
                        const FieldDescriptor* field, int index) {
  const Reflection* reflection = message.GetReflection();
  const bool repeated = index >= 0;
  const auto get = [&](auto one, auto many) {
    return repeated ? (reflection->*many)(message, field, index)
                    : (reflection->*one)(message, field);
  };
  std::string out;
  switch (field->type()) {
    case FieldDescriptor::TYPE_FLOAT:
      AppendRaw(get(&Reflection::GetFloat, &Reflection::GetRepeatedFloat), out);
      break;
    case FieldDescriptor::TYPE_FIXED64:
      AppendRaw(get(&Reflection::GetUInt64, &Reflection::GetRepeatedUInt64),
                out);
      break;
    case FieldDescriptor::TYPE_SFIXED64:
      AppendRaw(get(&Reflection::GetInt64, &Reflection::GetRepeatedInt64), out);
      break;
    case FieldDescriptor::TYPE_FIXED32:
      AppendRaw(get(&Reflection::GetUInt32, &Reflection::GetRepeatedUInt32),
                out);
      break;
    case FieldDescriptor::TYPE_UINT32:
      AppendVarint(random, 10,
                   get(&Reflection::GetUInt32, &Reflection::GetRepeatedUInt32),
                   out);
      break;
    case FieldDescriptor::TYPE_UINT64:
      AppendVarint(random, 10,
                   get(&Reflection::GetUInt64, &Reflection::GetRepeatedUInt64),
                   out);
      break;
    case FieldDescriptor::TYPE_BOOL:
      AppendVarint(random, 10,
                   get(&Reflection::GetBool, &Reflection::GetRepeatedBool),
                   out);
      break;
    case FieldDescriptor::TYPE_ENUM:
      AppendVarint(
          random, 10,
          static_cast<std::uint64_t>(static_cast<std::int64_t>(get(
              &Reflection::GetEnumValue, &Reflection::GetRepeatedEnumValue))),
          out);
      break;
    default:
      std::abort();  // the hot messages have no other types
  }
  return out;
}

int TypeOf(const FieldDescriptor* field) {
  return WireFormatLite::WireTypeForFieldType(
      static_cast<WireFormatLite::FieldType>(field->type()));
}

// Whether a parser takes the field from this wire type.
bool Fits(const FieldDescriptor* field, int type) {
  return type == TypeOf(field) ||
         (field->is_packable() &&
          type == WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
}

// A field that a parser of `descriptor` must skip: one with a number that no
// message has, or a known one with a wire type that is not its own.
std::string UnknownField(Random& random, const Descriptor* descriptor,
                         int depth = 0) {
  static constexpr int kTypes[] = {WireFormatLite::WIRETYPE_VARINT,
                                   WireFormatLite::WIRETYPE_FIXED32,
                                   WireFormatLite::WIRETYPE_FIXED64,
                                   WireFormatLite::WIRETYPE_LENGTH_DELIMITED,
                                   WireFormatLite::WIRETYPE_START_GROUP};
  const int type = kTypes[Below(random, depth < 4 ? 5 : 4)];
  auto number = static_cast<std::uint32_t>(20 + Below(random, 4000));
  const FieldDescriptor* known = descriptor->field(
      static_cast<int>(Below(random, descriptor->field_count())));
  if (OneIn(random, 2) && !Fits(known, type)) number = known->number();
  std::string out;
  AppendTag(random, number, type, out);
  switch (type) {
    case WireFormatLite::WIRETYPE_VARINT:
      AppendVarint(random, 10, random(), out);
      break;
    case WireFormatLite::WIRETYPE_FIXED32:
      AppendRaw(static_cast<std::uint32_t>(random()), out);
      break;
    case WireFormatLite::WIRETYPE_FIXED64:
      AppendRaw(static_cast<std::uint64_t>(random()), out);
      break;
    case WireFormatLite::WIRETYPE_LENGTH_DELIMITED: {
      const std::string bytes(Below(random, 40), '\xff');
      AppendVarint(random, 5, bytes.size(), out);
      out += bytes;
      break;
    }
    default:
      for (std::size_t i = Below(random, 3); i > 0; --i) {
        out += UnknownField(random, descriptor, depth + 1);
      }
      AppendTag(random, number, WireFormatLite::WIRETYPE_END_GROUP, out);
  }
  return out;
}

// One field in pieces whose order matters.
std::vector<std::string> FieldPieces(Random& random, const Message& message,
                                     const FieldDescriptor* field) {
  const Reflection* reflection = message.GetReflection();
  const auto number = static_cast<std::uint32_t>(field->number());
  std::vector<std::string> pieces;
  if (field->is_repeated() && field->message_type() != nullptr) {
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      AppendBytes(
          random, number,
          WildBytes(random, reflection->GetRepeatedMessage(message, field, i)),
          pieces.emplace_back());
    }
  } else if (field->is_repeated()) {
    const int size = reflection->FieldSize(message, field);
    int at = 0;
    const bool whole = OneIn(random, 2);
    while (at < size || OneIn(random, 6)) {
      if (OneIn(random, 3) && at < size) {
        AppendTag(random, number, TypeOf(field), pieces.emplace_back());
        pieces.back() += ScalarBytes(random, message, field, at++);
        continue;
      }
      std::string run;
      const int count =
          whole ? size - at : static_cast<int>(Below(random, size - at + 1));
      for (int i = 0; i < count; ++i) {
        run += ScalarBytes(random, message, field, at++);
      }
      AppendBytes(random, number, run, pieces.emplace_back());
    }
  } else if (!reflection->HasField(message, field)) {
    return pieces;
  } else if (field->message_type() != nullptr) {
    // Two parts are merged: every field is in one of them, some in both.
    std::unique_ptr<Message> first(
        reflection->GetMessage(message, field).New());
    first->CopyFrom(reflection->GetMessage(message, field));
    std::unique_ptr<Message> second(first->New());
    second->CopyFrom(*first);
    for (int i = 0; i < first->GetDescriptor()->field_count(); ++i) {
      Message& part = OneIn(random, 2) ? *first : *second;
      if (OneIn(random, 2)) {
        part.GetReflection()->ClearField(&part, part.GetDescriptor()->field(i));
      }
    }
    AppendBytes(random, number, WildBytes(random, *first),
                pieces.emplace_back());
    AppendBytes(random, number, WildBytes(random, *second),
                pieces.emplace_back());
  } else if (field->type() == FieldDescriptor::TYPE_STRING) {
    if (OneIn(random, 4)) {
      AppendBytes(random, number, "an earlier name", pieces.emplace_back());
    }
    AppendBytes(random, number, reflection->GetString(message, field),
                pieces.emplace_back());
  } else {
    if (OneIn(random, 4)) {  // an earlier value, which the later one replaces
      std::unique_ptr<Message> other(message.New());
      FillRandomly(random, *other);
      AppendTag(random, number, TypeOf(field), pieces.emplace_back());
      pieces.back() += ScalarBytes(random, *other, field, -1);
    }
    AppendTag(random, number, TypeOf(field), pieces.emplace_back());
    pieces.back() += ScalarBytes(random, message, field, -1);
  }
  return pieces;
}

float RandomFloat(Random& random) {
  const auto bits = static_cast<std::uint32_t>(random());
  float value = 0;
  std::memcpy(&value, &bits, sizeof(value));  // NaN and infinity among them
  return value;
}

std::string RandomName(Random& random) {
  static constexpr absl::string_view kParts[] = {"a",    "user", "Zürich", "表",
                                                 "🙂", "_",    "0"};
  std::string name;
  for (std::size_t i = Below(random, 6); i > 0; --i) {
    const absl::string_view part = kParts[Below(random, std::size(kParts))];
    name.append(part.data(), part.size());
  }
  return name;
}

std::uint64_t RandomInteger(Random& random) {
  return random() >> Below(random, 64);
}

void FillField(Random& random, const FieldDescriptor* field, Message& message) {
  const Reflection* reflection = message.GetReflection();
  const bool repeated = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_FLOAT:
      repeated ? reflection->AddFloat(&message, field, RandomFloat(random))
               : reflection->SetFloat(&message, field, RandomFloat(random));
      break;
    case FieldDescriptor::CPPTYPE_UINT32: {
      const auto value = static_cast<std::uint32_t>(RandomInteger(random));
      repeated ? reflection->AddUInt32(&message, field, value)
               : reflection->SetUInt32(&message, field, value);
      break;
    }
    case FieldDescriptor::CPPTYPE_UINT64:
      reflection->SetUInt64(&message, field, RandomInteger(random));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      reflection->AddInt64(&message, field,
                           static_cast<std::int64_t>(random()));
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      reflection->SetBool(&message, field, OneIn(random, 2));
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      reflection->SetEnumValue(
          &message, field,
          field->enum_type()
              ->value(static_cast<int>(
                  Below(random, field->enum_type()->value_count())))
              ->number());
      break;
    case FieldDescriptor::CPPTYPE_STRING:
      reflection->SetString(&message, field, RandomName(random));
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      FillRandomly(random, repeated
                               ? *reflection->AddMessage(&message, field)
                               : *reflection->MutableMessage(&message, field));
      break;
    default:
      std::abort();  // the hot messages have no other types
  }
}

}  // namespace

std::size_t Below(Random& random, std::size_t bound) {
  return static_cast<std::size_t>(random() % bound);
}

bool OneIn(Random& random, std::size_t n) { return Below(random, n) == 0; }

void FillRandomly(Random& random, Message& message) {
  const Descriptor* descriptor = message.GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    if (OneIn(random, 4)) continue;
    std::size_t count = 1;
    if (field->is_repeated()) {
      count = field->message_type() != nullptr ? Below(random, 4)
              : OneIn(random, 10)              ? Below(random, 300)
                                               : Below(random, 12);
    }
    for (; count > 0; --count) FillField(random, field, message);
  }
}

std::string WildBytes(Random& random, const Message& message) {
  const Descriptor* descriptor = message.GetDescriptor();
  std::vector<std::vector<std::string>> queues;  // to be taken from the back
  for (int i = 0; i < descriptor->field_count(); ++i) {
    queues.push_back(FieldPieces(random, message, descriptor->field(i)));
    std::reverse(queues.back().begin(), queues.back().end());
  }
  while (OneIn(random, 3)) queues.push_back({UnknownField(random, descriptor)});
  std::string out;
  std::erase_if(queues, [](const auto& queue) { return queue.empty(); });
  while (!queues.empty()) {
    std::vector<std::string>& queue = queues[Below(random, queues.size())];
    out += queue.back();
    queue.pop_back();
    std::erase_if(queues, [](const auto& left) { return left.empty(); });
  }
  return out;
}

std::string Mutate(Random& random, std::string bytes) {
  for (std::size_t i = 1 + Below(random, 3); i > 0; --i) {
    const std::size_t at = Below(random, bytes.size() + 1);
    const std::size_t length =
        Below(random, std::min<std::size_t>(bytes.size() - at + 1, 12));
    switch (Below(random, 6)) {
      case 0:
        if (at < bytes.size()) bytes[at] ^= 1 << Below(random, 8);
        break;
      case 1:
        if (at < bytes.size()) bytes[at] = static_cast<char>(random());
        break;
      case 2:
        bytes.erase(at, length);
        break;
      case 3:
        bytes.insert(at, bytes.substr(at, length));
        break;
      case 4:
        bytes.insert(at, 1, static_cast<char>(random()));
        break;
      case 5:
        bytes.resize(at);
        break;
    }
  }
  return bytes;
}

grpc::ByteBuffer CutIntoSlices(Random& random, absl::string_view bytes) {
  std::vector<grpc::Slice> slices;
  const std::size_t piece_max = OneIn(random, 3) ? bytes.size() + 1 : 40;
  while (!bytes.empty() || slices.empty()) {
    const std::size_t size =
        std::min(bytes.size(), Below(random, piece_max) +
                                   static_cast<std::size_t>(OneIn(random, 2)));
    // At an address of any alignment, in a block of exactly the right size so
    // that a sanitizer sees a read beyond.
    const std::size_t shift = Below(random, 8);
    auto* block = new char[shift + size];
    std::memcpy(block + shift, bytes.data(), size);
    slices.emplace_back(
        block + shift, size,
        [](void* start) { delete[] static_cast<char*>(start); }, block);
    bytes.remove_prefix(size);
  }
  return grpc::ByteBuffer(slices.data(), slices.size());
}

grpc::ByteBuffer OneSlice(absl::string_view bytes) {
  const grpc::Slice slice(bytes.data(), bytes.size());
  return grpc::ByteBuffer(&slice, 1);
}

std::string Joined(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string out;
  if (!buffer.Valid() || !buffer.Dump(&slices).ok()) return out;
  for (const grpc::Slice& slice : slices) {
    out.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return out;
}

}  // namespace rowhouse::wire
