// Cases recorded from TensorFlow, as columns of ours.
#ifndef ROWHOUSE_TESTS_CLIENT_COLUMNS_COLUMN_CASES_H_
#define ROWHOUSE_TESTS_CLIENT_COLUMNS_COLUMN_CASES_H_

#include <string>

#include "nlohmann/json.hpp"
#include "rowhouse/columns.h"
#include "rowhouse/embedding.h"

namespace rowhouse {

using Json = nlohmann::json;

// The cases of a file.
Json ReadCases(const char* path);

// Bytes: a JSON string, or {"b64": ...} where they are not UTF-8.
std::string Text(const Json& value);

// A column from its recorded arguments.
NumericColumn NumericOf(const Json& spec);
CategoricalColumn ColumnOf(const Json& spec);
EmbeddingColumn EmbeddingOf(const Json& spec);
SharedEmbeddings SharedOf(const Json& spec);

}  // namespace rowhouse

#endif  // ROWHOUSE_TESTS_CLIENT_COLUMNS_COLUMN_CASES_H_
