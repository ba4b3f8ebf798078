//go:build !amd64 || purego

package kernel

// fastEngines are the engines in assembly: none here.
func fastEngines() []*engine[float32] { return nil }
