// The quantile function of the normal distribution, without a C library.
#ifndef ROWHOUSE_KERNELS_INVERSE_NORMAL_H_
#define ROWHOUSE_KERNELS_INVERSE_NORMAL_H_

namespace rowhouse::kernels {

// The z with P(Z < z) = 0.5 + q for a standard normal Z. Odd in q to the bit;
// relative error below 2e-11. Made of IEEE basic operations and square root in
// a fixed order, so equal on every machine. REQUIRES: |q| <= 0.5 - 2^-54.
double InverseNormal(double q);

// The natural logarithm, made the same way; relative error below 1e-14 away
// from 1. REQUIRES: x is positive, normal and finite.
double PortableLog(double x);

}  // namespace rowhouse::kernels

#endif  // ROWHOUSE_KERNELS_INVERSE_NORMAL_H_
