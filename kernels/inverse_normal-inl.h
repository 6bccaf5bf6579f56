// The quantile function of the normal distribution, without a C library.
// Included once per SIMD target.
#if defined(ROWHOUSE_KERNELS_INVERSE_NORMAL_INL_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef ROWHOUSE_KERNELS_INVERSE_NORMAL_INL_H_
#undef ROWHOUSE_KERNELS_INVERSE_NORMAL_INL_H_
#else
#define ROWHOUSE_KERNELS_INVERSE_NORMAL_INL_H_
#endif

#include <cmath>
#include <cstddef>

#include "hwy/highway.h"
#include "kernels/log-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rowhouse::kernels::HWY_NAMESPACE {

// The z with P(Z < z) = 0.5 + q for a standard normal Z. Odd in q to the bit;
// relative error below 2e-11. Made of IEEE basic operations and square root in
// a fixed order, so equal on every machine. REQUIRES: each |q| <= 0.5 - 2^-54.
//
// Two rational functions, each found by interpolating the exact quantile (60
// digits) at Chebyshev nodes of its interval, then rounded to double:
//   |q| <= 0.425:  z = q * P(q^2) / Q(q^2)              error 5e-13
//   otherwise:     z = P(r) / Q(r), r = sqrt(-log(p))   error 1.4e-11
// where p = 0.5 - |q| is the tail beyond z, at least 2^-54. The shape is that
// of Wichura, algorithm AS 241, Applied Statistics 37 (1988).
//
// Few draws are in the tail, but most vectors have one: the tail of all values
// is worked out together, after the centre.

// Where the formula of the centre ends.
constexpr double kCentreMost = 0.425;

template <class D, class V>
HWY_INLINE V InverseNormalCentre(D d, V q) {
  constexpr double kP[] = {2.506628274631001,  -32.438776961212085,
                           160.67921942012953, -377.55019660954576,
                           418.6342506959696,  -182.3899615280656,
                           15.246200274073004};
  constexpr double kQ[] = {1.0,
                           -13.988397205535655,
                           76.4474418137004,
                           -204.71279435509652,
                           274.0037528445993,
                           -163.38426652179052,
                           29.37093325610163};
  const V t = hn::Mul(q, q);
  return hn::Mul(q, hn::Div(Polynomial(d, kP, t), Polynomial(d, kQ, t)));
}

template <class D, class V>
HWY_INLINE V InverseNormalTail(D d, V q) {
  constexpr double kP[] = {-3.2256041504167063, -15.8322777722382,
                           -6.345748014691841,  20.032660394002445,
                           16.44940380849469,   3.2384156645830404,
                           0.13942224641232004};
  constexpr double kQ[] = {1.0,
                           9.27332644998617,
                           18.276457719668233,
                           11.897319106695429,
                           2.290823518244678,
                           0.09858047329016209};
  const V p = hn::Sub(hn::Set(d, 0.5), hn::Abs(q));
  const V r = hn::Sqrt(hn::Neg(Log(d, p)));
  const V z = hn::Div(Polynomial(d, kP, r), Polynomial(d, kQ, r));
  return hn::CopySign(z, q);
}

// Sets each of the first `count` of `values` to its z. REQUIRES: kCount is a
// multiple of the lanes of a vector, count <= kCount, and `values` is aligned.
// What is behind `count` values in their last vector is overwritten.
template <std::size_t kCount>
HWY_INLINE void InverseNormal(std::size_t count, double (&values)[kCount]) {
  const hn::ScalableTag<double> d;
  const std::size_t lanes = hn::Lanes(d);
  HWY_ALIGN double tail[kCount + hn::MaxLanes(d)];
  std::size_t tail_places[kCount + 1];
  std::size_t tails = 0;
  for (std::size_t i = 0; i < count; ++i) {  // no branch: it would be a guess
    tail[tails] = values[i];
    tail_places[tails] = i;
    tails += std::fabs(values[i]) > kCentreMost ? 1 : 0;
  }
  for (std::size_t i = 0; i < count; i += lanes) {
    hn::Store(InverseNormalCentre(d, hn::Load(d, values + i)), d, values + i);
  }
  hn::StoreU(hn::Set(d, kCentreMost), d, tail + tails);
  for (std::size_t i = 0; i < tails; i += lanes) {
    hn::Store(InverseNormalTail(d, hn::Load(d, tail + i)), d, tail + i);
  }
  for (std::size_t i = 0; i < tails; ++i) values[tail_places[i]] = tail[i];
}

}  // namespace rowhouse::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
