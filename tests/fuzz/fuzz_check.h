// What must hold for every input of a fuzz target.
#ifndef ROWHOUSE_TESTS_FUZZ_FUZZ_CHECK_H_
#define ROWHOUSE_TESTS_FUZZ_FUZZ_CHECK_H_

#include <cstdio>
#include <cstdlib>

namespace rowhouse {

// Ends the process, which a fuzzer takes for a finding, unless `holds`. `what`
// says what is wrong then.
inline void FuzzCheck(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

}  // namespace rowhouse

#endif  // ROWHOUSE_TESTS_FUZZ_FUZZ_CHECK_H_
