package stages

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
)

func parted(d *pipeline.Dataset) string {
	var words []string
	for _, p := range d.Partitions {
		words = append(words, fmt.Sprintf("%s %s", p.Name, p.Examples))
	}
	return strings.Join(words, ", ")
}

// mixed are n examples of classes in turn, in groups of so many.
func mixed(n, classes, group int) *given {
	ids, groups := make([]int64, n), make([]string, n)
	for i := range ids {
		ids[i], groups[i] = int64(i%classes), fmt.Sprint("p", i/group)
	}
	g := classed(ids...)
	g.groups = groups
	return g
}

func TestSplitSizes(t *testing.T) {
	unknown := classed(0, 1)
	unknown.examples = shape.Symbol("N")
	for _, c := range []struct {
		from        *given
		stage, want string
	}{
		{mixed(100, 2, 1), "split: {train: 0.7, validation: 0.15, test: 0.15}", "train 70, validation 15, test 15"},
		{mixed(10, 2, 1), "split: {train: 0.7, validation: 0.15, test: 0.15}", "train 7, validation 2, test 1"},
		{mixed(7, 2, 1), "split: {test: 0.5, train: 0.5}", "train 4, test 3"},
		{mixed(100, 2, 1), "split: {train: 0.29, test: 0.71}", "train 29, test 71"},
		{mixed(100, 2, 1), "split: {train: 1.0}", "train 100"},
		{mixed(100, 2, 1), "split: {train: 1, test: 20}", "train 1, test 20"},
		{mixed(100, 2, 1), "split: {train: 0.8, validation: 0, test: 0.2}", "train 80, test 20"},
		{mixed(11, 2, 1), "split: {folds: 3, fold: 0}", "train 7, validation 4"},
		{mixed(11, 2, 1), "split: {folds: 3, fold: 2}", "train 8, validation 3"},
		{mixed(20, 2, 1), "split: {folds: 5, fold: 4, test: 0.25}", "train 12, validation 3, test 5"},
		{unknown, "split: {train: 0.8, test: 0.2}", "train split.train, test split.test"},
		{unknown, "split: {train: 30, test: 10}", "train 30, test 10"},
		{unknown, "split: {train: 1.0}", "train N"},
		{unknown, "split: {folds: 2, fold: 1}", "train floor((N+1)/2), validation floor(N/2)"},
		{mixed(20, 2, 4), "split: {train: 0.8, test: 0.2, by: groups}", "train split.train, test split.test"},
	} {
		if got := parted(gives(t, c.from, false, c.stage)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.stage, got, c.want)
		}
	}
	if got := parted(gives(t, mixed(20, 2, 4), true, "split: {train: 0.8, test: 0.2, by: groups}")); got != "train 16, test 4" {
		t.Errorf("groups at hand: %s", got)
	}
}

func TestSplitRefuses(t *testing.T) {
	ungrouped := classed(0, 1)
	real := classed(0, 1)
	floats := classed(0, 1, 2, 0, 1, 2)
	floats.labels.Kind, floats.are = pipeline.Real, &pipeline.LabelValues{Width: 1, Reals: []float64{0, 1, 2, 0, 1, 2}}
	real.labels.Kind = pipeline.Real
	loaded := holding(1, 2)
	loaded.partition = map[string][]int{pipeline.Train: {0}, pipeline.Test: {1}}
	twenty := mixed(20, 2, 10)
	for _, c := range []struct {
		from                 *given
		stage, code, pattern string
	}{
		{twenty, "split: {train: 0.7, validation: 0.2}", "YML123", `0.7 \+ 0.2 = 0.9, not 1.*add test: 0.1`},
		{twenty, "split: {train: 0.8, validation: 0.2, test: 0.2}", "YML123", `= 1.2, not 1.*write test: 0$|= 1.2.*`},
		{twenty, "split: {train: 0.0}", "YML123", `0 = 0|empty`},
		{twenty, "split: {train: 0, test: 0}", "YML123", `every partition is empty`},
		{twenty, "split: {train: 0.8, test: 4}", "YML121", `4 is a count \| \[5: 0.8 is a fraction\].*1.0 is all examples`},
		{twenty, "split", "YML121", `train: 0.7`},
		{twenty, "split: {train: 30, test: 4}", "YML122", `ask for 34 examples \| \[4: there are 20`},
		{twenty, "split: {train: 0.99, test: 0.01}", "SPL002", `test partition has no example.*0.01 × 20 = 0.2.*at least 0.05`},
		{twenty, "split: {train: 0.6, validation: 0.2, test: 0.2, by: groups}", "SPL002", `2 groups`},
		{twenty, "split: {folds: 30, fold: 0}", "SPL002", `20 examples do not fill 30 folds.*at most 20`},
		{twenty, "split: {folds: 5}", "YML121", `which fold`},
		{twenty, "split: {fold: 1}", "YML121", `how many folds`},
		{twenty, "split: {folds: 5, fold: 5}", "YML121", `no fold 5.*0 to 4`},
		{twenty, "split: {folds: 5, fold: 1, train: 0.8}", "YML121", `already decide the train`},
		{ungrouped, "split: {train: 0.5, test: 0.5, by: groups}", "YML122", `no groups`},
		{real, "split: {train: 0.5, test: 0.5, stratify: true}", "YML122", `real numbers`},
		{floats, "split: {train: 0.5, test: 0.5, stratify: true}", "YML122", `label_kind: class_id`},
		{volumes(), "split: {train: 0.5, test: 0.5, stratify: true}", "YML122", `no labels`},
		{loaded, "split: {train: 0.5, test: 0.5}", "GRA121", `again \| \[4: the partitions were made here`},
	} {
		refused(t, c.from, true, c.code, c.pattern, c.stage)
	}
	for _, stage := range []string{"split: {train: 1.5}", "split: {train: -1}", "split: {train: -0.5}", "split: {train: most}"} {
		if _, problems := checked(t, twenty, true, stage); len(problems.All()) != 1 {
			t.Errorf("%s: %v", stage, problems.All())
		}
	}
	// A dataset that starts with its volumes split can still be joined by nothing.
	_, problems := checked(t, mixed(20, 2, 1), true, "split: {train: 0.8, test: 0.2, stratify: true}", "split: {train: 0.5, test: 0.5}")
	if all := problems.All(); len(all) != 1 || all[0].Code != GRA121 {
		t.Errorf("%v", all)
	}
}

// disjoint wants every example at most once, in the dataset's order, and gives
// how many there are.
func disjoint(t *testing.T, members map[string][]int) int {
	t.Helper()
	seen := map[int]string{}
	for name, list := range members {
		if !slices.IsSorted(list) {
			t.Errorf("%s is not in order: %v", name, list)
		}
		for _, i := range list {
			if seen[i] != "" {
				t.Errorf("example %d is in %s and %s", i, name, seen[i])
			}
			seen[i] = name
		}
	}
	return len(seen)
}

func TestSplitMembers(t *testing.T) {
	d := gives(t, mixed(50, 2, 1), true, "split: {train: 0.6, validation: 0.2, test: 0.2, stratify: true}")
	if n := disjoint(t, d.Facts.Members); n != 50 {
		t.Errorf("%d of 50 examples are in a partition", n)
	}
	plain := gives(t, mixed(10, 2, 1), true, "split: {train: 0.8, test: 0.2, shuffle: false}").Facts.Members
	if !slices.Equal(plain[pipeline.Train], []int{0, 1, 2, 3, 4, 5, 6, 7}) || !slices.Equal(plain[pipeline.Test], []int{8, 9}) {
		t.Errorf("%v", plain)
	}
	a := gives(t, mixed(50, 2, 1), true, "split: {train: 0.8, test: 0.2, stratify: true}").Facts.Members[pipeline.Test]
	b := gives(t, mixed(50, 2, 1), true, "split: {train: 0.8, test: 0.2, stratify: true}").Facts.Members[pipeline.Test]
	c := gives(t, mixed(50, 2, 1), true, "split: {train: 0.8, test: 0.2, stratify: true}\n    id: other").Facts.Members[pipeline.Test]
	if !slices.Equal(a, b) || slices.Equal(a, c) {
		t.Errorf("the seed does not decide: %v %v %v", a, b, c)
	}
}

func TestSplitFoldsCoverEveryExampleOnce(t *testing.T) {
	for _, extra := range []string{"", ", stratify: true", ", test: 7", ", by: groups", ", by: groups, stratify: true, test: 0.2"} {
		covered := map[int]int{}
		var test []int
		each := 2 // examples of a group
		if !strings.Contains(extra, "by: groups") {
			each = 1
		}
		for fold := range 4 {
			members := gives(t, mixed(60, 3, each), true, fmt.Sprintf("split: {folds: 4, fold: %d%s}", fold, extra)).Facts.Members
			if n := disjoint(t, members); n != 60 {
				t.Errorf("fold %d%s: %d of 60 examples", fold, extra, n)
			}
			for _, i := range members[pipeline.Validation] {
				covered[i]++
			}
			if fold > 0 && !slices.Equal(test, members[pipeline.Test]) {
				t.Errorf("fold %d%s: another test partition", fold, extra)
			}
			test = members[pipeline.Test]
		}
		for i := range 60 {
			if want := 1; slices.Contains(test, i) != (covered[i] == 0) || covered[i] > want {
				t.Errorf("%s: example %d is validated on %d times", extra, i, covered[i])
			}
		}
	}
}

func TestSplitKeepsGroupsTogether(t *testing.T) {
	g := mixed(120, 2, 1)
	random := rand.New(rand.NewPCG(3, 4))
	for i := range g.groups {
		g.groups[i] = fmt.Sprint(random.IntN(25))
	}
	for _, stage := range []string{"split: {train: 0.6, validation: 0.2, test: 0.2, by: groups}", "split: {train: 0.6, validation: 0.2, test: 0.2, by: groups, stratify: true}"} {
		members := gives(t, g, true, stage).Facts.Members
		disjoint(t, members)
		in := map[string]string{}
		for name, list := range members {
			for _, i := range list {
				if group := g.groups[i]; in[group] != "" && in[group] != name {
					t.Errorf("%s: group %s is in %s and %s", stage, group, in[group], name)
				}
				in[g.groups[i]] = name
			}
		}
		if n := len(members[pipeline.Train]); n < 66 || n > 78 {
			t.Errorf("%s: %d of 120 for training, want about 72", stage, n)
		}
	}
}

func TestSplitRun(t *testing.T) {
	v := mustRun(t, mixed(10, 2, 1), "split: {train: 5, test: 3}")
	if got := len(v.Members(pipeline.Train)) + len(v.Members(pipeline.Test)); got != 8 || len(v.Members(pipeline.All)) != 10 {
		t.Errorf("%d in partitions", got)
	}
	promised := gives(t, mixed(10, 2, 1), true, "split: {train: 5, test: 3}")
	if !slices.Equal(promised.Facts.Members[pipeline.Test], v.Members(pipeline.Test)) {
		t.Error("the plan promised other members")
	}
}
