package probe

import (
	"math"
)

// Baseline is what a classifier reaches that is no network: the least that a
// network has to beat.
type Baseline struct {
	// Name says what it looks at.
	Name string
	// Accuracy is its share of right answers on Examples that it has not learnt from.
	Accuracy float64
	Examples int
}

// Features are what the simple classifiers look at: for each example its class,
// its mean, and the means of blocks of it. Train are the examples that they learn
// from, Test those that they are measured on.
type Features struct {
	Class       []int
	Classes     int
	Mean        []float64
	Blocks      [][]float32
	Train, Test []int
}

const (
	// fewestLearnt is how many examples a baseline needs, mostLearnt how many it takes.
	fewestLearnt, mostLearnt = 10, 400
	// ridge pulls weights towards 0: this much for each example.
	ridge = 0.01
)

// Baselines are the commonest class, the class whose mean intensity is nearest,
// and a linear function of the block means. Nil where there are too few examples.
func (f Features) Baselines() []Baseline {
	if f.Classes < 2 || len(f.Train) < fewestLearnt || len(f.Test) < fewestLearnt {
		return nil
	}
	f.Train = f.Train[:min(len(f.Train), mostLearnt)]
	return []Baseline{
		f.measured("the commonest class", f.commonest()),
		f.measured("the mean of the volume", f.nearest()),
		f.measured("a linear function of block means", f.linear()),
	}
}

// Taken counts, for each class that the examples of Test are said to have, the
// classes for which the linear function takes them. Nil where there are too few
// examples, or where half of Train does not tell it the classes of the other half.
func (f Features) Taken() [][]int {
	const known = 0.8
	if f.Classes < 2 || len(f.Train) < 2*fewestLearnt || len(f.Test) < fewestLearnt {
		return nil
	}
	f.Train = f.Train[:min(len(f.Train), mostLearnt)]
	half := f
	half.Train, half.Test = nil, nil
	seen := make([]int, f.Classes)
	for _, i := range f.Train {
		if seen[f.Class[i]]++; seen[f.Class[i]]%2 == 1 {
			half.Train = append(half.Train, i)
		} else {
			half.Test = append(half.Test, i)
		}
	}
	if len(half.Test) == 0 || half.measured("", half.linear()).Accuracy < known {
		return nil
	}
	taken, classOf := make([][]int, f.Classes), f.linear()
	for class := range taken {
		taken[class] = make([]int, f.Classes)
	}
	for _, i := range f.Test {
		taken[f.Class[i]][classOf(i)]++
	}
	return taken
}

// Halves is what a linear function reaches that learns from every second example of
// Train and is measured on the others, and the share of the commonest class among
// those: false where they are too few.
func (f Features) Halves() (reached, share float64, examples int, ok bool) {
	if f.Classes < 2 || len(f.Train) < 2*fewestLearnt {
		return 0, 0, 0, false
	}
	half := f
	half.Train, half.Test = nil, nil
	counts, most := make([]int, f.Classes), 0
	for k, i := range f.Train[:min(len(f.Train), 2*mostLearnt)] {
		if k%2 == 0 {
			half.Train = append(half.Train, i)
			continue
		}
		half.Test = append(half.Test, i)
		counts[f.Class[i]]++
		most = max(most, counts[f.Class[i]])
	}
	reached = half.measured("", half.linear()).Accuracy
	return reached, float64(most) / float64(len(half.Test)), len(half.Test), true
}

// measured is a classifier's accuracy.
func (f Features) measured(name string, classOf func(i int) int) Baseline {
	right := 0
	for _, i := range f.Test {
		if classOf(i) == f.Class[i] {
			right++
		}
	}
	return Baseline{name, float64(right) / float64(len(f.Test)), len(f.Test)}
}

// commonest always answers with the same class.
func (f Features) commonest() func(int) int {
	counts, most := make([]int, f.Classes), 0
	for _, i := range f.Train {
		counts[f.Class[i]]++
	}
	for class, n := range counts {
		if n > counts[most] {
			most = class
		}
	}
	return func(int) int { return most }
}

// nearest answers with the class whose mean is nearest.
func (f Features) nearest() func(int) int {
	sums, counts := make([]float64, f.Classes), make([]float64, f.Classes)
	for _, i := range f.Train {
		sums[f.Class[i]] += f.Mean[i]
		counts[f.Class[i]]++
	}
	return func(i int) int {
		best, least := 0, math.Inf(1)
		for class := range sums {
			if off := math.Abs(f.Mean[i] - sums[class]/counts[class]); off < least {
				best, least = class, off
			}
		}
		return best
	}
}

// linear answers with the largest of K linear functions that were fitted to the
// classes by ridge regression, which is solved by its n × n form.
func (f Features) linear() func(int) int {
	mean, scale := f.standard()
	row := func(i int) []float64 {
		values := make([]float64, len(mean)+1)
		for k, v := range f.Blocks[i] {
			values[k] = (float64(v) - mean[k]) * scale[k]
		}
		values[len(mean)] = 1
		return values
	}
	n := len(f.Train)
	rows := make([][]float64, n)
	for k, i := range f.Train {
		rows[k] = row(i)
	}
	// (X Xᵀ + λ) a = y, and the weights are Xᵀ a.
	gram := make([][]float64, n)
	for a := range gram {
		gram[a] = make([]float64, n)
		for b := range a + 1 {
			gram[a][b] = dot(rows[a], rows[b])
		}
		gram[a][a] += ridge*float64(n) + 1e-9
	}
	factor(gram)
	weights := make([][]float64, f.Classes)
	for class := range weights {
		y := make([]float64, n)
		for k, i := range f.Train {
			if f.Class[i] == class {
				y[k] = 1
			}
		}
		solve(gram, y)
		weights[class] = make([]float64, len(mean)+1)
		for k, a := range y {
			for j, v := range rows[k] {
				weights[class][j] += a * v
			}
		}
	}
	return func(i int) int {
		best, values := 0, row(i)
		for class := range weights {
			if dot(weights[class], values) > dot(weights[best], values) {
				best = class
			}
		}
		return best
	}
}

// standard are the means of the blocks over what is learnt from, and what makes
// their deviations 1; 0 for a block that never changes.
func (f Features) standard() (mean, scale []float64) {
	width := len(f.Blocks[f.Train[0]])
	mean, scale = make([]float64, width), make([]float64, width)
	n := float64(len(f.Train))
	for _, i := range f.Train {
		for k, v := range f.Blocks[i] {
			mean[k] += float64(v) / n
		}
	}
	for _, i := range f.Train {
		for k, v := range f.Blocks[i] {
			scale[k] += (float64(v) - mean[k]) * (float64(v) - mean[k]) / n
		}
	}
	for k, variance := range scale {
		scale[k] = 0
		if deviation := math.Sqrt(variance); deviation > 1e-6*math.Abs(mean[k]) {
			// The sum of squares of a row is about 1, however many blocks there are.
			scale[k] = 1 / (deviation * math.Sqrt(float64(width)))
		}
	}
	return mean, scale
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for k, v := range a {
		sum += v * b[k]
	}
	return sum
}

// factor replaces the lower half of a positive definite matrix by its Cholesky
// factor.
func factor(m [][]float64) {
	for a := range m {
		for b := range a + 1 {
			sum := m[a][b] - dot(m[a][:b], m[b][:b])
			if a == b {
				m[a][a] = math.Sqrt(sum)
			} else {
				m[a][b] = sum / m[b][b]
			}
		}
	}
}

// solve replaces y by the solution for a factored matrix.
func solve(m [][]float64, y []float64) {
	for a := range y {
		y[a] = (y[a] - dot(m[a][:a], y[:a])) / m[a][a]
	}
	for a := len(y) - 1; a >= 0; a-- {
		for b := a + 1; b < len(y); b++ {
			y[a] -= m[b][a] * y[b]
		}
		y[a] /= m[a][a]
	}
}
