package initial

import (
	"math"
	"math/rand/v2"
)

// Orthogonal fills the weight, seen as a matrix whose columns are the outputs,
// with a random orthogonal one: its columns (or its rows, if there are fewer of
// them) are at right angles and of one length (Saxe et al., 2014).
type Orthogonal struct {
	// What the matrix is multiplied by.
	Gain float64 `yaml:"gain"`
}

// Fill orthonormalises random vectors in the order in which they were drawn. That
// is the Q of the QR decomposition whose R has a positive diagonal, so the
// result is uniformly distributed among the orthogonal matrices (Mezzadri, 2007).
func (o *Orthogonal) Fill(w []float64, shape []int, random *rand.Rand) {
	if len(w) == 0 {
		return
	}
	columns := 1
	if len(shape) > 0 {
		columns = shape[len(shape)-1]
	}
	rows := len(w) / columns
	vectors := make([][]float64, min(rows, columns))
	for i := range vectors {
		vectors[i] = orthonormal(vectors[:i], max(rows, columns), random)
	}
	for i := range w {
		row, column := i/columns, i%columns
		if rows >= columns {
			w[i] = o.Gain * vectors[column][row]
		} else {
			w[i] = o.Gain * vectors[row][column]
		}
	}
}

// orthonormal draws a unit vector at right angles to the ones before it. Going
// over them twice brings the angles to machine precision ("twice is enough",
// Giraud et al., 2005).
func orthonormal(before [][]float64, length int, random *rand.Rand) []float64 {
	v := make([]float64, length)
	for i := range v {
		v[i] = random.NormFloat64()
	}
	for range 2 {
		for _, u := range before {
			along := dot(u, v)
			for i := range v {
				v[i] -= along * u[i]
			}
		}
	}
	norm := math.Sqrt(dot(v, v))
	for i := range v {
		v[i] /= norm
	}
	return v
}

func dot(a, b []float64) float64 {
	var sum float64
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}
