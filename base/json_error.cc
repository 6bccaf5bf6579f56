#include "base/json_error.h"

#include <cstddef>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace rowhouse {
namespace {

using nlohmann::json;

// An error quotes the token it met, which may be all of the text.
constexpr std::size_t kErrorBytesMax = 256;

// Keeps nothing but the first error.
class ErrorKeeper final : public json::json_sax_t {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t, const std::string&,
                   const json::exception& error) override {
    error_ = error.what();
    return false;
  }

  const std::string& error() const { return error_; }

 private:
  std::string error_;
};

}  // namespace

std::string JsonError(absl::string_view text) {
  ErrorKeeper keeper;
  if (json::sax_parse(text.begin(), text.end(), &keeper)) return "";
  absl::string_view error = keeper.error();
  // "[json.exception.parse_error.101] parse error at line ...".
  if (absl::StartsWith(error, "[")) error.remove_prefix(error.find(' ') + 1);
  absl::ConsumePrefix(&error, "parse error at ");
  if (error.size() <= kErrorBytesMax) return std::string(error);
  return std::string(error.substr(0, kErrorBytesMax)) + "...";
}

}  // namespace rowhouse
