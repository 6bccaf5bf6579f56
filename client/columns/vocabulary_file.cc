#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/base/call_once.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/columns/categorical.h"
#include "client/columns/feature_input.h"
#include "client/columns/file_bytes.h"
#include "client/columns/gzip_bytes.h"
#include "client/columns/tokens.h"
#include "client/columns/vocabulary.h"

namespace rowhouse::internal {
namespace {

constexpr char kRecordFormat[] = "tfrecord_gzip";

bool HoldsRecords(const CategoricalColumnWithVocabularyFile& column) {
  return column.file_format.has_value()
             ? *column.file_format == kRecordFormat
             : absl::EndsWith(column.vocabulary_file, "tfrecord.gz");
}

std::unique_ptr<Tokens> TokensOf(
    const CategoricalColumnWithVocabularyFile& column,
    std::unique_ptr<ByteSource> file) {
  if (!HoldsRecords(column)) return TextLines(std::move(file));
  return TfRecords(column.vocabulary_file,
                   InflateGzip(column.vocabulary_file, std::move(file)));
}

// Decimal digits with a minus or not, white space around: no plus.
std::optional<std::int64_t> ParseInteger(absl::string_view token) {
  std::int64_t value = 0;
  if (absl::StripLeadingAsciiWhitespace(token).substr(0, 1) == "+" ||
      !absl::SimpleAtoi(token, &value)) {
    return std::nullopt;
  }
  return value;
}

// Reads the vocabulary's tokens, up to its size, from the file.
template <typename Token>
class Loading {
 public:
  Loading(const CategoricalColumnWithVocabularyFile& column, std::int64_t size,
          Vocabulary<Token>& vocabulary)
      : column_(column),
        size_(size),
        records_(HoldsRecords(column)),
        vocabulary_(vocabulary) {}

  absl::Status Run() {
    ROWHOUSE_ASSIGN_OR_RETURN(auto file, OpenFile(column_.vocabulary_file));
    const auto tokens = TokensOf(column_, std::move(file));
    std::string token;
    for (line_ = 0; line_ < size_; ++line_) {
      ROWHOUSE_ASSIGN_OR_RETURN(const bool more, tokens->Next(token));
      if (!more) return TooFew();
      ROWHOUSE_RETURN_IF_ERROR(Add(token));
    }
    return absl::OkStatus();
  }

 private:
  template <typename... Parts>
  std::string Message(const Parts&... parts) const {
    return absl::StrCat(column_.vocabulary_file, ": ",
                        records_ ? "record " : "line ", line_, " ", parts...);
  }

  absl::Status TooFew() const {
    const std::string message =
        absl::StrCat(column_.vocabulary_file, ": expected ", size_,
                     records_ ? " records" : " lines", ", got ", line_);
    return records_ ? absl::FailedPreconditionError(message)
                    : absl::InvalidArgumentError(message);
  }

  // A record may be empty, a line may not.
  absl::Status Add(const std::string& token) {
    if (!records_ && token.empty()) {
      return absl::InvalidArgumentError(Message("is empty"));
    }
    bool added = false;
    if constexpr (std::is_same_v<Token, std::string>) {
      added = vocabulary_.Add(token);
    } else {
      const std::optional<std::int64_t> value = ParseInteger(token);
      if (!value.has_value()) {
        return absl::InvalidArgumentError(
            Message("is no int64: \"", token, "\""));
      }
      added = vocabulary_.Add(*value);
    }
    if (added) return absl::OkStatus();
    return absl::FailedPreconditionError(
        Message("has a token a second time: \"", token, "\""));
  }

  const CategoricalColumnWithVocabularyFile& column_;
  std::int64_t size_;
  bool records_;
  std::int64_t line_ = 0;
  Vocabulary<Token>& vocabulary_;
};

// `Token` is std::string or std::int64_t.
template <typename Token>
class FileTransform final : public CategoricalTransform {
 public:
  FileTransform(const CategoricalColumnWithVocabularyFile& column,
                std::int64_t size)
      : CategoricalTransform(
            column.key, static_cast<std::uint64_t>(size) +
                            static_cast<std::uint64_t>(column.num_oov_buckets)),
        column_(column),
        size_(size),
        vocabulary_({.num_oov_buckets =
                         static_cast<std::uint64_t>(column.num_oov_buckets),
                     .default_value = column.default_value.value_or(-1)}) {}

  absl::StatusOr<SparseIds> Transform(const Features& features) const override {
    ROWHOUSE_ASSIGN_OR_RETURN(const FeatureInput input,
                              FeatureInput::Of(features, name()));
    ROWHOUSE_RETURN_IF_ERROR(CheckFamily(name(), column_.dtype, input.dtype()));
    absl::call_once(loaded_, [this] {
      status_ = Loading<Token>(column_, size_, vocabulary_).Run();
    });
    ROWHOUSE_RETURN_IF_ERROR(status_);
    return vocabulary_.IdsOf(input);
  }

 private:
  CategoricalColumnWithVocabularyFile column_;
  std::int64_t size_;
  // Written once, by the first transform.
  mutable absl::once_flag loaded_;
  mutable absl::Status status_;
  mutable Vocabulary<Token> vocabulary_;
};

template <typename... Parts>
absl::Status Refuse(const CategoricalColumnWithVocabularyFile& column,
                    const Parts&... parts) {
  return absl::InvalidArgumentError(
      absl::StrCat("column \"", column.key, "\": ", parts...));
}

// The tokens that the file has.
absl::StatusOr<std::int64_t> Count(
    const CategoricalColumnWithVocabularyFile& column) {
  auto file = OpenFile(column.vocabulary_file);
  if (absl::IsNotFound(file.status())) {
    return Refuse(column, "there is no vocabulary_file ",
                  column.vocabulary_file);
  }
  ROWHOUSE_RETURN_IF_ERROR(file.status());
  if (!HoldsRecords(column)) return CountTextLines(**file);
  const auto tokens = TokensOf(column, *std::move(file));
  std::string token;
  for (std::int64_t count = 0;; ++count) {
    ROWHOUSE_ASSIGN_OR_RETURN(const bool more, tokens->Next(token));
    if (!more) return count;
  }
}

absl::Status CheckUnknown(const CategoricalColumnWithVocabularyFile& column) {
  if (column.num_oov_buckets != 0 && column.default_value.has_value()) {
    return Refuse(column, "num_oov_buckets ", column.num_oov_buckets,
                  " and default_value ", *column.default_value,
                  " exclude each other");
  }
  if (column.num_oov_buckets < 0) {
    return Refuse(column, "num_oov_buckets is ", column.num_oov_buckets,
                  ", expected at least 0");
  }
  return absl::OkStatus();
}

}  // namespace

CompiledCategorical Compile(const CategoricalColumnWithVocabularyFile& column) {
  if (column.vocabulary_file.empty()) {
    return Refuse(column, "vocabulary_file is empty");
  }
  std::int64_t size = 0;
  if (column.vocabulary_size.has_value()) {
    size = *column.vocabulary_size;
  } else {
    ROWHOUSE_ASSIGN_OR_RETURN(size, Count(column));
  }
  if (size < 1) {
    return Refuse(column, "vocabulary_size is ", size, ", expected at least 1");
  }
  ROWHOUSE_RETURN_IF_ERROR(CheckUnknown(column));
  ROWHOUSE_RETURN_IF_ERROR(CheckIdDType(column.key, column.dtype));
  if (column.dtype == DType::kString) {
    return std::make_unique<FileTransform<std::string>>(column, size);
  }
  return std::make_unique<FileTransform<std::int64_t>>(column, size);
}

}  // namespace rowhouse::internal
