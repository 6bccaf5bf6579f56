// What is in a gzip file.
#ifndef ROWHOUSE_CLIENT_COLUMNS_GZIP_BYTES_H_
#define ROWHOUSE_CLIENT_COLUMNS_GZIP_BYTES_H_

#include <memory>
#include <string>

#include "client/columns/file_bytes.h"

namespace rowhouse::internal {

// The bytes that `compressed` holds, of all its members one after the other.
// Read returns DATA_LOSS, naming `path`, when those are not gzip, are damaged
// or end in the middle; and what `compressed` returns.
std::unique_ptr<ByteSource> InflateGzip(std::string path,
                                        std::unique_ptr<ByteSource> compressed);

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_COLUMNS_GZIP_BYTES_H_
