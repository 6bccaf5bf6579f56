// Tokens with ids, and what becomes of values that are no token: the part that
// vocabulary lists and files have alike.
#ifndef ROWHOUSE_CLIENT_COLUMNS_VOCABULARY_H_
#define ROWHOUSE_CLIENT_COLUMNS_VOCABULARY_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/hash.h"
#include "client/columns/feature_input.h"
#include "client/columns/sparse_ids.h"

namespace rowhouse::internal {

// Buckets behind the vocabulary, or one id for all.
struct UnknownTokens {
  std::uint64_t num_oov_buckets = 0;
  std::int64_t default_value = -1;  // when there are no buckets
};

// `Token` is std::string or std::int64_t. Const methods are thread-safe.
template <typename Token>
class Vocabulary {
 public:
  static constexpr bool kStrings = std::is_same_v<Token, std::string>;

  explicit Vocabulary(UnknownTokens unknown) : unknown_(unknown) {}

  std::size_t size() const { return ids_.size(); }

  // Gives the token the next id, from 0 on. False when it has one already.
  bool Add(Token token) {
    const auto id = static_cast<std::int64_t>(ids_.size());
    return ids_.emplace(std::move(token), id).second;
  }

  // REQUIRES: the feature is of strings or of integers, as the tokens are.
  // Integers are taken as int64: 2^63 and more become negative.
  SparseIds IdsOf(const FeatureInput& input) const {
    if constexpr (kStrings) {
      return input.IdsOfStrings(
          [this](absl::string_view value) { return IdOf(value); });
    } else {
      return input.IdsOfIntegers([this](auto value) {
        return IdOf(static_cast<std::int64_t>(value));
      });
    }
  }

 private:
  using View = std::conditional_t<kStrings, absl::string_view, std::int64_t>;

  std::int64_t IdOf(View value) const {
    const auto at = ids_.find(value);
    if (at != ids_.end()) return at->second;
    if (unknown_.num_oov_buckets == 0) return unknown_.default_value;
    const std::uint64_t bucket =
        Fingerprint64(absl::AlphaNum(value).Piece()) % unknown_.num_oov_buckets;
    return static_cast<std::int64_t>(ids_.size() + bucket);
  }

  UnknownTokens unknown_;
  absl::flat_hash_map<Token, std::int64_t> ids_;
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_COLUMNS_VOCABULARY_H_
