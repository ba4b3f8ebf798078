package rules_test

import (
	"testing"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/data/scan"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// checkered are examples of voxels that are so far above and below their means.
func checkered(t *testing.T, spread float32, means ...float32) *scan.Result {
	t.Helper()
	var values []float32
	for _, mean := range means {
		for k := range 8 {
			values = append(values, mean+spread*float32(2*(k%2)-1))
		}
	}
	r, err := scan.Of(t.Context(), data.NewMemory([]int{2, 2, 2, 1}, values), scan.Settings{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPRD003ComparesWithTheTraining(t *testing.T) {
	// Means 0.4 and 0.6: 0.1 apart from 0.5, and voxels with a deviation of √0.05.
	print := rules.FingerprintOf(checkered(t, 0.2, 0.4, 0.6), []int{0, 1})
	for _, c := range []struct {
		name   string
		spread float32
		means  []float32
		want   bool
	}{
		{"the same", 0.2, []float32{0.4, 0.6}, false},
		{"not quite six deviations away", 0.2, []float32{1.09}, false},
		{"more than six", 0.2, []float32{1.11}, true},
		{"below", 0.2, []float32{-0.11}, true},
		{"half of them", 0.2, []float32{1.11, 0.5}, false},
		{"most of them", 0.2, []float32{1.11, 0.5, 41}, true},
		{"not quite five times as wide", 1.11, []float32{0.5}, false},
		{"more than five times", 1.13, []float32{0.5}, true},
		{"not quite a fifth as wide", 0.046, []float32{0.5}, false},
		{"less than a fifth", 0.044, []float32{0.5}, true},
	} {
		d, got := print.Strange(checkered(t, c.spread, c.means...), diag.Span{File: "new.npy"})
		if got != c.want {
			t.Errorf("%s: %v, want %v: %+v", c.name, got, c.want, d)
		}
	}
	var none *rules.Fingerprint
	if _, got := none.Strange(checkered(t, 1, 1), diag.Span{}); got {
		t.Error("nothing is known of the training, and something is strange")
	}
	if rules.FingerprintOf(checkered(t, 1, 1), nil) != nil {
		t.Error("no example has a fingerprint")
	}
}

// Standardised examples have means that hardly differ: a mean away from them by less
// than the voxels differ is no news.
func TestPRD003IsQuietAboutStandardisedExamples(t *testing.T) {
	print := rules.FingerprintOf(checkered(t, 1, 0, 0.0001), []int{0, 1})
	if d, got := print.Strange(checkered(t, 1, 0.9), diag.Span{}); got {
		t.Errorf("got %+v", d)
	}
	if _, got := print.Strange(checkered(t, 1, 1.1), diag.Span{}); !got {
		t.Error("a mean more than a deviation away is no news")
	}
}
