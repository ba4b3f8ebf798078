// Package kernel computes convolutions, pooling and matrix products on flat
// slices, channels last. Every function is generic over float32 and float64;
// float32 has fast paths in assembly.
//
// A result depends on the arguments and on the kind of processor, never on the
// number of threads: work is cut into chunks by shapes alone, and sums are
// taken in a fixed order.
package kernel

// Float is what the kernels compute in.
type Float interface{ ~float32 | ~float64 }
