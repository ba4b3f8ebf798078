package layers

import (
	"math"
	"slices"
	"testing"
)

// normals are so many numbers as gaussian_noise draws them.
func normals(key uint64, n int) []float64 {
	values, zeros := make([]float64, n), make([]float64, n)
	addNormals(key, 0, 1, zeros, values)
	return values
}

// TestNormalDistribution holds a million numbers to the distribution: no share of them
// below a value is further from what it should be than that happens by chance (the
// statistic of Kolmogorov and Smirnov, beyond 2.2/√n once in 8000 times).
func TestNormalDistribution(t *testing.T) {
	const n = 1_000_000
	below := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
	for key := range uint64(3) {
		values := normals(key*12345+1, n)
		slices.Sort(values)
		worst := 0.0
		for i, v := range values {
			worst = max(worst, math.Abs(below(v)-(float64(i)+0.5)/n))
		}
		if worst > 2.2/math.Sqrt(n) {
			t.Errorf("key %d: a share is off by %g", key, worst)
		}
	}
}

// TestNormalTails: as many of ten million numbers lie far out as should, where the
// ziggurat goes other ways.
func TestNormalTails(t *testing.T) {
	const n, pieces = 1_000_000, 10
	edges := []float64{2.5, 3, zigguratTail, 3.8, 4.2, 4.6}
	beyond := make([]int, len(edges))
	values, zeros := make([]float64, n), make([]float64, n)
	for piece := range pieces {
		addNormals(5, piece*n, 1, zeros, values)
		for _, v := range values {
			for i, edge := range edges {
				if math.Abs(v) > edge {
					beyond[i]++
				}
			}
		}
	}
	for i, edge := range edges {
		if expected := n * pieces * math.Erfc(edge/math.Sqrt2); math.Abs(float64(beyond[i])-expected) > 4.5*math.Sqrt(expected) {
			t.Errorf("%d numbers lie beyond %g, expected %.0f", beyond[i], edge, expected)
		}
	}
}

// TestNormalsDoNotFollowEachOther: those side by side do not correlate, nor do those of
// keys that do.
func TestNormalsDoNotFollowEachOther(t *testing.T) {
	const n = 1_000_000
	values, others := normals(1, n), normals(2, n)
	correlate := func(name string, a, b []float64) {
		t.Helper()
		sum := 0.0
		for i, v := range a[:len(b)] {
			sum += v * b[i]
		}
		if r := sum / float64(len(b)); math.Abs(r) > 4.5/math.Sqrt(float64(len(b))) {
			t.Errorf("%s correlate %g", name, r)
		}
	}
	correlate("neighbours", values, values[1:])
	correlate("every other ones", values, values[2:])
	correlate("two keys", values, others)
	squares := func(values []float64) []float64 {
		out := make([]float64, len(values))
		for i, v := range values {
			out[i] = (v*v - 1) / math.Sqrt2
		}
		return out
	}
	correlate("squares of neighbours", squares(values), squares(values[1:]))
}

// TestNormalsFollowFromTheirPlace alone, however they are cut.
func TestNormalsFollowFromTheirPlace(t *testing.T) {
	whole := normals(7, 1000)
	for _, cut := range []int{1, 13, 999} {
		parts, zeros := make([]float64, 1000), make([]float64, 1000)
		addNormals(7, 0, 1, zeros[:cut], parts[:cut])
		addNormals(7, cut, 1, zeros[cut:], parts[cut:])
		if !slices.Equal(parts, whole) {
			t.Errorf("cut at %d they are others", cut)
		}
	}
}
