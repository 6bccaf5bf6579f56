// The tokens of a vocabulary file, one by one: the lines of a text, or the
// records of a TFRecord file.
#ifndef ROWHOUSE_CLIENT_COLUMNS_TOKENS_H_
#define ROWHOUSE_CLIENT_COLUMNS_TOKENS_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/columns/file_bytes.h"

namespace rowhouse::internal {

// One thread at a time. After an error only destruction makes sense.
class Tokens {
 public:
  virtual ~Tokens() = default;
  // Puts the next token into `token`; false at the end. RESOURCE_EXHAUSTED: it
  // has more than kVocabularyTokenBytesMax bytes; and what the source returns.
  virtual absl::StatusOr<bool> Next(std::string& token) = 0;
};

// Lines as TensorFlow's lookup tables read them: "\n" ends one, and one "\r"
// before that belongs to it. What follows the last "\n" is treated alike, and
// is a line unless it is empty then.
std::unique_ptr<Tokens> TextLines(std::unique_ptr<ByteSource> bytes);

// Lines as TensorFlow's columns count them, which is not the same: what follows
// the last "\n" is a line unless it is nothing but "\r".
absl::StatusOr<std::int64_t> CountTextLines(ByteSource& bytes);

// Records of a TFRecord file: length, its checksum, bytes, their checksum. Next
// returns DATA_LOSS, naming `path`, when a checksum is wrong or the file ends
// inside a record.
std::unique_ptr<Tokens> TfRecords(std::string path,
                                  std::unique_ptr<ByteSource> bytes);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_COLUMNS_TOKENS_H_
