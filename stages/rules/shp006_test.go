package rules_test

import (
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/stages/rules"
)

// blocks writes valid convolutions of 3 with a pooling behind each but the last.
func blocks(n int) string {
	layers := strings.Repeat("{conv3d: {filters: 4, kernel_size: 3}}, max_pool3d, ", n-1)
	return "model: {layers: [" + layers + "{conv3d: {filters: 4, kernel_size: 3}}, flatten, {dense: {units: 2, activation: softmax}}]}"
}

func cube(size string) string {
	return "load: {volumes: heads.npy, shape: [100, " + size + ", " + size + ", " + size + ", 1], dtype: float32}"
}

func TestSHP006FindsAnAxisThatRunsOut(t *testing.T) {
	d := flagged(t, rules.SHP006, pipe(cube("28"), blocks(4)), "3", "")
	notes := strings.Join(d.Notes, "\n")
	if !strings.Contains(notes, "28-26-13-11-5-3-1") {
		t.Errorf("the sizes on the way are not told:\n%s", notes)
	}
	var help []string
	for _, h := range d.Help {
		help = append(help, h.Text)
	}
	// 3 → 6 → 8 → 16 → 18 → 36 → 38: without the last pooling, 38 is the least.
	if !strings.Contains(strings.Join(help, "\n"), "[38, 38, 38, 1]") {
		t.Errorf("the smallest input is not told:\n%s", strings.Join(help, "\n"))
	}
	if d.Related[0].Label != "the depth is 28 here" {
		t.Errorf("the dataset's side is told as %q", d.Related[0].Label)
	}
}

func TestSHP006TellsTheSmallestInputOfEachAxis(t *testing.T) {
	d := flagged(t, rules.SHP006, pipe("load: {volumes: heads.npy, shape: [100, 10, 64, 64, 1], dtype: float32}", blocks(3)), "3", "")
	if help := d.Help[len(d.Help)-1].Text; !strings.Contains(help, "[18, 64, 64, 1]") {
		t.Errorf("the smallest input is told as %q", help)
	}
}

func TestSHP006IsQuiet(t *testing.T) {
	healthy(t, pipe(cube("38"), blocks(4)))
	healthy(t, pipe("load: {volumes: heads.npy}", blocks(4)))
}
