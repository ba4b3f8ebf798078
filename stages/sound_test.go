package stages_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
	"github.com/voxelpipe/pipe/pipeline/store"
	"github.com/voxelpipe/pipe/stages"
)

// FuzzSound writes pipelines and holds the checker to its word. Whatever it is
// given, the check does not panic, with and without the files. What the check
// accepts without the files the plan refuses only for what the files alone tell,
// and what it refuses the plan does not accept. What the plan accepts runs to its
// end, and every value is of the type that was promised.
func FuzzSound(f *testing.F) {
	for _, choices := range []string{"", "\x00\x10\x20\x30", "pipeline", "\xff\xfe\x80\x01\x02\x03\x04\x05\x06\x07\x08"} {
		f.Add([]byte(choices))
	}
	f.Fuzz(func(t *testing.T, choices []byte) { sound(t, newAuthor(t, newDice(choices))) })
}

var pipelines = flag.Int("pipelines", 300, "how many pipelines TestSound writes")

// TestSound is FuzzSound for the same pipelines every time. Enough of them have
// to be accepted, or it would say little about running.
func TestSound(t *testing.T) {
	const fewest = 0.4
	accepted, sensible, refused := 0, 0, 0
	for i := range *pipelines {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			a := newAuthor(t, rand.NewPCG(uint64(i), 0))
			ran := sound(t, a)
			switch {
			case ran:
				accepted++
			case !a.bold:
				refused++
			}
			if !a.bold {
				sensible++
			}
		})
	}
	share := float64(accepted) / float64(*pipelines)
	t.Logf("%d of %d pipelines were accepted and run: %.0f%%; %d of %d that should make sense were refused", accepted, *pipelines, 100*share, refused, sensible)
	if share < fewest {
		t.Errorf("%.0f%% of the pipelines were accepted, want at least %.0f%%", 100*share, 100*fewest)
	}
}

// sound holds the checker to its word with one pipeline, and says whether it was
// accepted.
func sound(t *testing.T, a *author) bool {
	config := a.pipeline()
	path := filepath.Join(a.folder, "config.yaml")
	place(t, a.folder, "config.yaml", []byte(config))
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(config)
		}
	})
	_, blind := errorsIn(t, path, false)
	checked, seen := errorsIn(t, path, true)
	switch {
	case len(blind) > 0 && len(seen) == 0:
		t.Errorf("the check refuses what the plan accepts:%s", listed(blind))
	case len(blind) == 0 && a.declared:
		for _, d := range seen {
			if !onlyFilesTell(d) {
				t.Errorf("the plan refuses what the check could have refused:%s", listed(seen))
			}
		}
	}
	if len(seen) > 0 {
		if !a.bold {
			t.Logf("refused:%s\n%s", listed(seen), config)
		}
		return false
	}
	if execute(t, a, checked) && a.volumes != "" && a.answers != "" {
		redone(t, a, filepath.Join(a.folder, "record"), config)
	}
	return !t.Failed()
}

// errorsIn checks a config, with or without its files, and gives the errors.
func errorsIn(t *testing.T, path string, read bool) (*pipeline.Checked, []diag.Diagnostic) {
	problems := &diag.List{}
	file := spec.Load(path, spec.Options{}, problems)
	if file == nil {
		t.Fatalf("the config cannot be read:%s", listed(problems.All()))
	}
	checked := pipeline.Resolve(t.Context(), pipeline.Build(file, stages.Language(), problems), read, problems)
	errors := slices.DeleteFunc(problems.All(), func(d diag.Diagnostic) bool { return d.Severity != diag.Error })
	return checked, errors
}

// onlyFilesTell says whether a problem may be found in the labels of a dataset
// whose sizes, numbers and kind of labels are declared: which classes there are,
// how many, and where, whether they were scaled, and how large masks and groups are.
func onlyFilesTell(d diag.Diagnostic) bool {
	family := d.Code.ID[:3]
	return family == "LBL" || family == "SPL" || slices.Contains([]string{"OUT001", "OUT005", "OUT006", "OUT017", "PRE005", "SHP009", "SHP012", "SHP017", "GRA135", "TRN003"}, d.Code.ID)
}

// execute runs what was planned, and compares what comes out with what was
// promised. It says whether all stages ended well.
func execute(t *testing.T, a *author, checked *pipeline.Checked) bool {
	record, err := store.In(filepath.Join(a.folder, "record"))
	if err != nil {
		t.Fatal(err)
	}
	pool := nn.NewPool(2)
	defer pool.Close()
	watch, problems := &watcher{}, &diag.List{}
	how := pipeline.Execution{Jobs: 2, Pool: pool, Record: record, Watch: watch}
	whole := true
	for i, o := range pipeline.Execute(t.Context(), checked, how, problems) {
		whole = whole && o.Value != nil
		if o.Err != nil && !onlyVoxelsTell(o.Err, a.strange) {
			var crash *pipeline.Panic
			if errors.As(o.Err, &crash) {
				t.Fatalf("%s: %v\n%s", o.Node.ID, crash, crash.Stack)
			}
			t.Errorf("%s: %v", o.Node.ID, o.Err)
		}
		switch v := o.Value.(type) {
		case *pipeline.Volumes:
			hasRange(t, o.Node.ID, checked.Types[i].(*pipeline.Dataset), v, a.strange)
		case *pipeline.TrainedNetwork:
			hasLosses(t, v, a.strange)
		}
	}
	return whole && !t.Failed()
}

// onlyVoxelsTell says whether a stage failed for what no label or header shows: a
// voxel that is not a number, or voxels that are all 0 where only others count.
func onlyVoxelsTell(err error, strange bool) bool {
	return strange && strings.Contains(err.Error(), "NaN") || strings.Contains(err.Error(), "no value other than 0") ||
		strings.Contains(err.Error(), "greatest value of the training examples")
}

// hasRange compares the training examples' values with the promised range: that
// of the others can only be known after they have been looked at.
func hasRange(t *testing.T, id string, promised *pipeline.Dataset, v *pipeline.Volumes, strange bool) {
	all, err := data.Load(context.Background(), v.Source, 1)
	if err != nil {
		t.Fatal(err)
	}
	one := data.Elements(v.Source.Shape())
	part := pipeline.All
	if len(promised.Partitions) > 0 {
		part = pipeline.Train
	}
	for _, example := range v.Members(part) {
		for _, x := range all.Values()[example*one : (example+1)*one] {
			value := float64(x)
			if math.IsNaN(value) {
				if !strange {
					t.Errorf("%s: example %d is not a number", id, example)
					return
				}
				continue
			}
			if promised.DType.Integer() && value != math.Trunc(value) {
				t.Errorf("%s: promised %s, example %d has %g", id, promised.DType, example, value)
				return
			}
			if r := promised.Range; r != nil {
				// Half a unit in the last place of float32, for each end.
				allowed := math.Max(math.Abs(r.Low), math.Abs(r.High)) * 0x1p-22
				if value < r.Low-allowed || value > r.High+allowed {
					t.Errorf("%s: promised values from %g to %g, example %d has %g", id, r.Low, r.High, example, value)
					return
				}
			}
		}
	}
}

// hasLosses wants a number for the loss of every epoch.
func hasLosses(t *testing.T, v *pipeline.TrainedNetwork, strange bool) {
	for _, row := range v.History.Rows {
		if math.IsNaN(row[0]) && !strange {
			t.Errorf("the losses are %v", v.History.Rows)
		}
	}
}

func listed(problems []diag.Diagnostic) string {
	var text strings.Builder
	for _, d := range problems {
		fmt.Fprintf(&text, "\n\t%d:%d: %s %s: %s %v", d.Primary.Span.Start.Line, d.Primary.Span.Start.Column, d.Code.ID, d.Summary, d.Primary.Label, d.Notes)
	}
	return text.String()
}
