package metric

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// pairs is the definition: the share of pairs of a positive and a negative
// example in which the positive one has the higher score, ties counting half.
func pairs(scores []float32, positive func(int) bool) (float64, bool) {
	var won, all float64
	for i, a := range scores {
		for j, b := range scores {
			if !positive(i) || positive(j) {
				continue
			}
			all++
			switch {
			case a > b:
				won++
			case a == b:
				won += 0.5
			}
		}
	}
	return won / all, all > 0
}

// TestAUC compares the ranks with the definition, with many ties.
func TestAUC(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 4))
	for round := range 50 {
		n := 1 + random.IntN(30)
		y, classes := make([]float32, 3*n), make([]int, n)
		for i := range y {
			y[i] = float32(random.IntN(6)) / 5
		}
		for i := range classes {
			classes[i] = random.IntN(3)
		}
		var sum, measured float64
		for k := range 3 {
			column := make([]float32, n)
			for i := range column {
				column[i] = y[3*i+k]
			}
			if area, ok := pairs(column, func(i int) bool { return classes[i] == k }); ok {
				sum += area
				measured++
			}
		}
		expected := 0.5
		if measured > 0 {
			expected = sum / measured
		}
		want(t, fmt.Sprintf("round %d: auc of %d examples", round, n), value(&AUC{}, threeClasses, y, rows(classes...)), expected)
	}
}

func TestAUCAtTheEdges(t *testing.T) {
	same := []float32{0.3, 0.3, 0.3, 0.3}
	want(t, "auc of equal outputs", value(&AUC{}, yesNo, same, ids(0, 1, 0, 1)), 0.5)
	want(t, "auc of one class", value(&AUC{}, yesNo, []float32{0.1, 0.9}, ids(1, 1)), 0.5)
	want(t, "auc of a perfect order", value(&AUC{}, yesNo, []float32{0.1, 0.2, 0.3, 0.4}, ids(0, 0, 1, 1)), 1)
	want(t, "auc of the reverse", value(&AUC{}, yesNo, []float32{0.4, 0.3, 0.2, 0.1}, ids(0, 0, 1, 1)), 0)
	// The second tag never occurs and is left out.
	want(t, "auc of tags", value(&AUC{}, twoTags, []float32{0.9, 0.1, 0.2, 0.7}, []float32{1, 0, 0, 0}), 1)
}
