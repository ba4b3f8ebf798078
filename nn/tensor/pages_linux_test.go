package tensor

import "testing"

// Memory of every size is left as it was, the smallest and those that end beside
// a large page included.
func TestOnHugePages(t *testing.T) {
	for _, n := range []int{0, 1, 1000, hugePage/4 - 1, hugePage / 4, hugePage/2 + 3, hugePage + 1} {
		data := make([]float32, n)
		for i := range data {
			data[i] = float32(i % 97)
		}
		onHugePages(data)
		for i, v := range data {
			if v != float32(i%97) {
				t.Fatalf("element %d of %d has become %v", i, n, v)
			}
		}
	}
}
