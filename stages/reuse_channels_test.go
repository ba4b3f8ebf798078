package stages_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/stages"
)

// Whatever the preprocessing learnt of each channel, channels in another order are
// found by leading all orders through it.
func TestChannelsInAnotherOrderAreFound(t *testing.T) {
	const cubes, voxels = 20, 5 * 5 * 5
	// written writes three channels in some order.
	written := func(path string, order [3]int) {
		values := make([]float32, 0, cubes*voxels*3)
		for i := range cubes {
			for k := range voxels {
				v := [3]float32{float32(900 + i%4*9 + (i*7+k*13)%311), float32(20 + i%3 + (i+k*5)%17), float32(27 + i%5 + (i*3+k*7)%23)}
				for _, c := range order {
					values = append(values, v[c])
				}
			}
		}
		array(t, path, "<f4", "20, 5, 5, 5, 3", values)
	}
	for _, preparation := range []string{"normalize: {method: z_score, per_channel: true}", "normalize: {method: min_max}", "cast: {dtype: float32}"} {
		folder := t.TempDir()
		written(filepath.Join(folder, "volumes.npy"), [3]int{0, 1, 2})
		config := "version: 1\nstages:\n  - load: {volumes: volumes.npy, labels: labels.npy}\n  - " + preparation + `
  - model: {layers: [flatten, {dense: {units: 2, activation: softmax}}]}
  - train: {optimizer: adam, loss: sparse_categorical_crossentropy, epochs: 1, batch_size: 4}
`
		array(t, filepath.Join(folder, "labels.npy"), "<i8", "20,", alternating(cubes))
		r := completed(t, runIn(t, t.Context(), folder, config, nil).done(t), config)
		reuse, err := stages.OpenRun(r.dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			order [3]int
			want  string
		}{
			{[3]int{1, 0, 2}, "channel 1 is what channel 0 was in training"},
			{[3]int{1, 2, 0}, "channel 2 is what channel 0 was in training"},
			{[3]int{0, 1, 2}, ""},
			{[3]int{0, 0, 0}, ""}, // no order makes it right
		} {
			path := filepath.Join(folder, "new.npy")
			written(path, c.order)
			switch _, err := reuse.Predict(t.Context(), path, nil); {
			case c.want == "" && err != nil:
				t.Errorf("%s: %v is refused: %v", preparation, c.order, err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("%s: %v: want %q, got %v", preparation, c.order, c.want, err)
			}
		}
	}
}

// alternating are labels of two classes, one after the other.
func alternating(n int) []int64 {
	labels := make([]int64, n)
	for i := range labels {
		labels[i] = int64(i % 2)
	}
	return labels
}
