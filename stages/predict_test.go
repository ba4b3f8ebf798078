package stages_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn/data/npy"
)

func TestPredictWritesATable(t *testing.T) {
	r := run(t, t.Context(), smallRun("epochs: 1", "  - predict: {on: test, output: answers/test.csv}"), nil).done(t)
	lines := strings.Split(strings.TrimSpace(r.file(t, "answers/test.csv")), "\n")
	if lines[0] != "example,class,probability_healthy,probability_tumour" || len(lines) != 11 {
		t.Fatalf("the table is\n%s", strings.Join(lines, "\n"))
	}
	if fields := strings.Split(lines[1], ","); fields[1] != "healthy" && fields[1] != "tumour" {
		t.Errorf("the first line is %s", lines[1])
	}
}

func TestPredictWritesArraysInTheDatasetsOrder(t *testing.T) {
	r := run(t, t.Context(), smallRun("epochs: 1", "  - predict: {output: all.npy}", "  - predict: {output: all.npz}", "  - predict: {output: all.csv}"), nil).done(t)
	text := r.file(t, "all.npy")
	array, err := npy.Open(strings.NewReader(text), int64(len(text)), "all.npy")
	if err != nil {
		t.Fatal(err)
	}
	values := make([]float32, 40*2)
	if err := array.Rows(0, 40, values); err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		if sum := values[2*i] + values[2*i+1]; sum < 0.9999 || sum > 1.0001 {
			t.Fatalf("the probabilities of example %d sum to %g", i, sum)
		}
	}
	if array.DType.String() == "" || !slices.Equal(array.Shape, []int{40, 2}) {
		t.Errorf("the array is %v of %v", array.Shape, array.DType)
	}
	packed, err := os.ReadFile(filepath.Join(r.dir, "all.npz"))
	if err != nil {
		t.Fatal(err)
	}
	archive, err := npy.OpenArchive(bytes.NewReader(packed), int64(len(packed)), "all.npz")
	if err != nil {
		t.Fatal(err)
	}
	examples, err := archive.Member("examples")
	if err != nil {
		t.Fatal(err)
	}
	numbers, err := examples.Ints()
	if err != nil || numbers[0] != 0 || numbers[39] != 39 {
		t.Errorf("the examples are %v, %v", numbers, err)
	}
}

func TestPredictRefusesOtherFormats(t *testing.T) {
	for _, output := range []string{"out.xlsx", "out"} {
		_, found := checked(t, smallRun("epochs: 1", "  - predict: {output: "+output+"}"))
		if len(found) != 1 || found[0].Code.ID != "YML132" {
			t.Errorf("%s: %v", output, summaries(found))
		}
	}
}
