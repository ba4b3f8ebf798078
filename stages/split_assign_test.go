package stages

import (
	"math/rand/v2"
	"testing"
)

func TestProportionalTables(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		rows := make([]int, 1+random.IntN(7))
		sum := 0
		for i := range rows {
			rows[i] = random.IntN(12)
			sum += rows[i]
		}
		columns := make([]int, 1+random.IntN(5))
		left := sum
		for k := range columns[1:] {
			columns[k] = random.IntN(left + 1)
			left -= columns[k]
		}
		columns[len(columns)-1] = left
		table := proportional(rows, columns)
		for i, row := range rows {
			for k, column := range columns {
				row -= table[i][k]
				if sum > 0 {
					if low := rows[i] * column / sum; table[i][k] < low || table[i][k] > low+1 || table[i][k] > low && rows[i]*column%sum == 0 {
						t.Fatalf("rows %v, columns %v: cell %d,%d is %d of quota %d/%d", rows, columns, i, k, table[i][k], rows[i]*column, sum)
					}
				}
			}
			if row != 0 {
				t.Fatalf("rows %v, columns %v: row %d of %v is off by %d", rows, columns, i, table, row)
			}
		}
		for k, column := range columns {
			for i := range rows {
				column -= table[i][k]
			}
			if column != 0 {
				t.Fatalf("rows %v, columns %v: column %d of %v is off by %d", rows, columns, k, table, column)
			}
		}
	}
}

func TestLargestRemainder(t *testing.T) {
	for _, c := range []struct {
		fractions []float64
		n         int
		want      []int
	}{
		{[]float64{0.7, 0.15, 0.15}, 20, []int{14, 3, 3}},
		{[]float64{0.7, 0.15, 0.15}, 10, []int{7, 2, 1}},
		{[]float64{1. / 3, 1. / 3, 1. / 3}, 10, []int{4, 3, 3}},
		{[]float64{0.5, 0.5}, 0, []int{0, 0}},
		{[]float64{0.9, 0.1}, 1, []int{1, 0}},
	} {
		got := largestRemainder(c.fractions, c.n)
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%v of %d: got %v, want %v", c.fractions, c.n, got, c.want)
				break
			}
		}
	}
}
