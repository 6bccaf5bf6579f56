#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/kernels/philox_test.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "kernels/philox-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

// Counters from `counter` on, its word 2 rising by one, to the 128 bits of
// each; as many as there are lanes, each with rubbish above its words.
std::vector<std::uint64_t> PhiloxLanes(const std::uint32_t* counter,
                                       std::uint64_t key) {
  const hn::ScalableTag<std::uint64_t> d;
  const std::uint64_t rubbish = 0xfedcba9800000000ULL;
  const PhiloxCounter<hn::Vec<decltype(d)>> counters = {
      {hn::Set(d, rubbish | counter[0]), hn::Set(d, rubbish | counter[1]),
       hn::Iota(d, rubbish | counter[2]), hn::Set(d, rubbish | counter[3])}};
  const auto bits = Philox(d, counters, key);
  std::vector<std::uint64_t> out(2 * hn::Lanes(d));
  hn::StoreU(bits.low, d, out.data());
  hn::StoreU(bits.high, d, out.data() + hn::Lanes(d));
  return out;
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "tests/kernels/every_target.h"

namespace rowhouse::kernels {
namespace {

HWY_EXPORT(PhiloxLanes);

using Words = std::array<std::uint32_t, 4>;

// The words of each lane.
std::vector<Words> Philox(Words counter, std::uint64_t key) {
  const auto bits = HWY_DYNAMIC_DISPATCH(PhiloxLanes)(counter.data(), key);
  const std::size_t lanes = bits.size() / 2;
  std::vector<Words> words(lanes);
  for (std::size_t i = 0; i < lanes; ++i) {
    const std::uint64_t low = bits[i], high = bits[lanes + i];
    words[i] = {static_cast<std::uint32_t>(low),
                static_cast<std::uint32_t>(low >> 32),
                static_cast<std::uint32_t>(high),
                static_cast<std::uint32_t>(high >> 32)};
  }
  return words;
}

// The known answers that the authors publish with Random123.
TEST(Philox, KnownAnswers) {
  ForEveryTarget([] {
    EXPECT_EQ(Philox({0, 0, 0, 0}, 0)[0],
              (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    EXPECT_EQ(Philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
                     0xffffffffffffffffULL)[0],
              (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
    EXPECT_EQ(Philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                     0x299f31d0a4093822ULL)[0],
              (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
  });
}

TEST(Philox, LanesAreCountersOfTheirOwn) {
  ForEveryTarget([] {
    const auto lanes = Philox({1, 2, 3, 4}, 5);
    for (std::uint32_t i = 0; i < lanes.size(); ++i) {
      EXPECT_EQ(lanes[i], Philox({1, 2, 3 + i, 4}, 5)[0]) << i;
    }
  });
}

}  // namespace
}  // namespace rowhouse::kernels
#endif  // HWY_ONCE
