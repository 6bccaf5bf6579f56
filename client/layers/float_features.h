// Features as a Keras layer hands them to its columns: every floating type is
// float32.
#ifndef ROWHOUSE_CLIENT_LAYERS_FLOAT_FEATURES_H_
#define ROWHOUSE_CLIENT_LAYERS_FLOAT_FEATURES_H_

#include <deque>
#include <vector>

#include "rowhouse/features.h"

namespace rowhouse::internal {

// Borrows `features`, and holds what had to be cast.
class FloatFeatures {
 public:
  explicit FloatFeatures(const Features& features);
  FloatFeatures(const FloatFeatures&) = delete;
  FloatFeatures& operator=(const FloatFeatures&) = delete;

  const Features& get() const { return casts_.empty() ? given_ : changed_; }

 private:
  const Features& given_;
  Features changed_;
  std::deque<std::vector<float>> casts_;  // a deque moves no element
};

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_CLIENT_LAYERS_FLOAT_FEATURES_H_
