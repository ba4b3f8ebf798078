package kernel

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestParting takes every channel out of values that tell where they are from.
func TestParting(t *testing.T) {
	for channels := 1; channels < 20; channels++ {
		p := NewParting(channels)
		for _, n := range []int{0, 1, 15, 16, 17, 48, 100} {
			values := make([]float32, n*channels)
			for i := range values {
				values[i] = float32(i)
			}
			for c := range channels {
				want := make([]float32, n)
				for i := range want {
					want[i] = float32(i*channels + c)
				}
				withEngines(t, func(t *testing.T) {
					got := make([]float32, n)
					if p.Take(values, c, got); !slices.Equal(got, want) {
						t.Errorf("channel %d of %d, %d values: %v", c, channels, n, got)
					}
				})
			}
		}
	}
}

func TestPartingRefusesWhatDoesNotFit(t *testing.T) {
	for name, channel := range map[string]int{"values": 1, "channels": 3, "fewer channels": -1} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("too few %s are taken", name)
				}
			}()
			n := 6
			if name == "values" {
				n = 7
			}
			NewParting(3).Take(make([]float32, 3*6), channel, make([]float32, n))
		}()
	}
}

func BenchmarkParting(b *testing.B) {
	values, into := make([]float32, 3<<11), make([]float32, 1<<11)
	for i := range values {
		values[i] = rand.Float32()
	}
	withEachEngine(b, func(b *testing.B) {
		p := NewParting(3)
		b.SetBytes(int64(4 * len(into)))
		for b.Loop() {
			p.Take(values, 1, into)
		}
	})
}
