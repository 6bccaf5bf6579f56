// The parts of a TableSpec that are variants and structs of arguments: first
// values, optimizer, and what stands around it. By base/spec_fields.h and the
// names of the .proto's fields, both ways.
#ifndef ROWHOUSE_PROTO_WIRE_CONVERT_SPEC_H_
#define ROWHOUSE_PROTO_WIRE_CONVERT_SPEC_H_

#include "absl/status/status.h"
#include "rowhouse/table_spec.h"
#include "rowhouse/v1/types.pb.h"

namespace rowhouse::wire {

// Sets initializer, optimizer and update (the parts of it that are not default)
// of `message`.
void SpecPartsToProto(const TableSpec& spec, v1::TableSpec& message);

// The reverse, into the same members of `spec`; a field that is not set keeps
// its default. INVALID_ARGUMENT naming a field that is required and not set, or
// an enumeration's number that is unknown. Values are not checked.
absl::Status SpecPartsFromProto(const v1::TableSpec& message, TableSpec& spec);

}  // namespace rowhouse::wire

#endif  // ROWHOUSE_PROTO_WIRE_CONVERT_SPEC_H_
