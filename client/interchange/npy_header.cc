#include "client/interchange/npy_header.h"

#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "base/limits.h"

namespace rowhouse::interchange {
namespace {

// Reads the literals that a header is made of, from the left.
class Literals {
 public:
  explicit Literals(absl::string_view text) : rest_(text) {}

  // What stands next, behind blanks, is `token`; takes it.
  bool Take(absl::string_view token) {
    rest_ = absl::StripLeadingAsciiWhitespace(rest_);
    return absl::ConsumePrefix(&rest_, token);
  }

  bool TakeString(std::string& out) {
    const char quote = Take("'") ? '\'' : Take("\"") ? '"' : '\0';
    if (quote == '\0') return false;
    const std::size_t end = rest_.find(quote);
    // Nothing that a header names has an escape in it.
    if (end == absl::string_view::npos ||
        rest_.substr(0, end).find('\\') != absl::string_view::npos) {
      return false;
    }
    out = std::string(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return true;
  }

  // The fields of a structured type, as they stand there.
  bool TakeFields(std::string& out) {
    if (!Take("[")) return false;
    const absl::string_view begin = rest_;
    for (int depth = 1; depth > 0;) {
      const std::size_t next = rest_.find_first_of("[]'\"");
      if (next == absl::string_view::npos) return false;
      rest_.remove_prefix(next);
      std::string name;
      if (Take("[")) {
        ++depth;
      } else if (Take("]")) {
        --depth;
      } else if (!TakeString(name)) {
        return false;
      }
    }
    out = absl::StrCat("[", begin.substr(0, begin.size() - rest_.size()));
    return true;
  }

  bool TakeBool(bool& out) {
    out = Take("True");
    return out || Take("False");
  }

  // (), (3,), (3, 4) or (3, 4,).
  bool TakeShape(Shape& out) {
    if (!Take("(")) return false;
    while (!Take(")")) {
      std::int64_t size = 0;
      if (!TakeSize(size) || out.size() == kTensorRankMax) return false;
      out.push_back(size);
      const bool comma = Take(",");
      if (Take(")")) return comma || out.size() > 1;
      if (!comma) return false;
    }
    return out.empty();
  }

  bool AtEnd() { return absl::StripLeadingAsciiWhitespace(rest_).empty(); }

 private:
  bool TakeSize(std::int64_t& out) {
    rest_ = absl::StripLeadingAsciiWhitespace(rest_);
    std::size_t digits = 0;
    while (digits < rest_.size() && absl::ascii_isdigit(rest_[digits])) {
      ++digits;
    }
    if (!absl::SimpleAtoi(rest_.substr(0, digits), &out)) return false;
    rest_.remove_prefix(digits);
    Take("L");  // as Python 2 wrote long integers
    return true;
  }

  absl::string_view rest_;
};

// `seen` has a bit for each member, so that none is missing or there twice.
bool TakeMember(Literals& literals, NpyHeader& header, unsigned& seen) {
  std::string name;
  if (!literals.TakeString(name) || !literals.Take(":")) return false;
  unsigned bit = 0;
  bool taken = false;
  if (name == "descr") {
    bit = 1;
    taken =
        literals.TakeString(header.descr) || literals.TakeFields(header.descr);
  } else if (name == "fortran_order") {
    bit = 2;
    taken = literals.TakeBool(header.fortran_order);
  } else if (name == "shape") {
    bit = 4;
    taken = literals.TakeShape(header.shape);
  }
  const bool again = (seen & bit) != 0;
  seen |= bit;
  return taken && !again;
}

}  // namespace

absl::StatusOr<NpyHeader> ParseNpyHeader(absl::string_view text) {
  NpyHeader header;
  Literals literals(text);
  unsigned seen = 0;
  bool good = literals.Take("{");
  while (good && !literals.Take("}")) {
    good = TakeMember(literals, header, seen);
    if (!literals.Take(",")) {
      good = good && literals.Take("}");
      break;
    }
  }
  if (good && seen == 7 && literals.AtEnd()) return header;
  return absl::DataLossError(absl::StrCat(
      "the header is not {'descr': TEXT, 'fortran_order': BOOL, 'shape': "
      "SIZES}: ",
      text.substr(0, 200)));
}

std::string NpyHeaderText(const NpyHeader& header) {
  return absl::StrCat("{'descr': '", header.descr, "', 'fortran_order': ",
                      header.fortran_order ? "True" : "False", ", 'shape': (",
                      absl::StrJoin(header.shape, ", "),
                      header.shape.size() == 1 ? "," : "", "), }");
}

}  // namespace rowhouse::interchange
