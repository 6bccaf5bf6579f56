// The header of a .npy file: a Python dictionary in ASCII.
#ifndef ROWHOUSE_CLIENT_INTERCHANGE_NPY_HEADER_H_
#define ROWHOUSE_CLIENT_INTERCHANGE_NPY_HEADER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/interchange/tensor.h"

namespace rowhouse::interchange {

struct NpyHeader {
  std::string descr;  // "<f4"
  bool fortran_order = false;
  Shape shape;
};

// DATA_LOSS when `text` is not a dictionary of exactly these three.
absl::StatusOr<NpyHeader> ParseNpyHeader(absl::string_view text);

// As NumPy prints it, without the padding behind.
std::string NpyHeaderText(const NpyHeader& header);

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_CLIENT_INTERCHANGE_NPY_HEADER_H_
