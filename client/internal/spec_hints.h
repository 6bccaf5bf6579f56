// What a feature spec could have said where protobuf's parsers met a word that
// they do not know.
#ifndef ROWHOUSE_CLIENT_INTERNAL_SPEC_HINTS_H_
#define ROWHOUSE_CLIENT_INTERNAL_SPEC_HINTS_H_

#include <string>

#include "absl/strings/string_view.h"

namespace rowhouse::internal {

// "; known there: ..." for an error of a v1::FeatureSpec's parser, of JSON or
// text format, about an unknown field or value of an enumeration. Empty for
// other errors. Goes by the words of protobuf's messages, which no interface
// promises: those of another version may lose their hints, nothing else.
std::string KnownThere(absl::string_view error);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_INTERNAL_SPEC_HINTS_H_
