// Logarithm, exponential, cosine and power of floats without a C library: two
// libraries may round them differently, and a learning rate or a bias
// correction must be the same bits on every shard.
//
// Each is worked out in double precision, by polynomials of our own in a fixed
// order, and rounded to float once. So it is the float next to the exact value,
// but for the rare one that lies within about 1e-6 of half way between two.
// NaN, infinities, zeros and signs are treated as in C (annex F). Results below
// the least normal float keep what bits they have. Thread-safe.
#ifndef ROWHOUSE_KERNELS_FLOAT_MATH_H_
#define ROWHOUSE_KERNELS_FLOAT_MATH_H_

namespace rowhouse::kernels {

// The natural logarithm: -infinity of a zero, NaN of a negative.
float FloatLog(float x);

// e^x.
float FloatExp(float x);

// The cosine of x radians; NaN of an infinity. Beyond 2^20 the period is that
// of the double next to 2 pi, which is 2^-53 too short in every turn: equal
// everywhere still, but less and less a cosine.
float FloatCos(float x);

// x^y. 1 when y is 0 or x is 1; NaN for a negative x unless y is whole.
float FloatPow(float x, float y);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_FLOAT_MATH_H_
