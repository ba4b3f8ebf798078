//go:build purego || !amd64

package kernel

// avx512Passes are none here.
func avx512Passes() *passes[float32] { return nil }
