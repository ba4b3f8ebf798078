package kernel

import (
	"os"
	"unsafe"
)

// engine is the package's work in one set of instructions. Its tiles have up to
// so many rows and columns.
type engine[T Float] struct {
	name       string
	rows, cols int
	compute    func(t *tile[T])
	// lanes is the number of elements of a vector.
	lanes int
	// fans has the kernels for fans by their rows; none for 0.
	fans []fanKernel[T]
	// comb and multiply are depthwise convolution and its weight gradient, which is
	// a fan of laneTaps taps.
	comb     func(t *comb[T])
	multiply func(t *fan[T])
	// max and spread are max pooling forwards and backwards.
	max, spread func(w *windows[T])
	// winograd has the kernels of Winograd's method.
	winograd winogradKernels[T]
	// narrow has the kernels of narrow products; none in Go alone.
	narrow narrowKernels[T]
	// ceiling shows what the processor can do.
	ceiling ceilingKernel
}

// Switch names the environment variable that chooses among the engines this
// processor can run: avx512, avx2 or plain, which is Go alone. Anything else
// leaves the choice to the program, which takes the fastest. It is read once,
// when the program starts. Engines differ in the last bits of their results.
const Switch = "PIPE_KERNEL"

var (
	single = choose(os.Getenv(Switch))
	double = plain[float64]()
)

// engines are all that can run here, the fastest first.
func engines() []*engine[float32] { return append(fastEngines(), plain[float32]()) }

func choose(name string) *engine[float32] {
	all := engines()
	for _, e := range all {
		if e.name == name {
			return e
		}
	}
	return all[0]
}

// engineOf gives the engine for a type.
func engineOf[T Float]() *engine[T] {
	if unsafe.Sizeof(T(0)) == unsafe.Sizeof(float32(0)) {
		return (*engine[T])(unsafe.Pointer(single))
	}
	return (*engine[T])(unsafe.Pointer(double))
}

// Engine names the engine in use for float32.
func Engine() string { return single.name }
