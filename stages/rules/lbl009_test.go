package rules_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/stages/rules"
)

// TestLBL009SeesLabelsOfOtherVolumes: a class is bright in a place of its own; the
// label of example i is the class of the volume at paired(i).
func TestLBL009SeesLabelsOfOtherVolumes(t *testing.T) {
	const side, n = 8, 120
	random := rand.New(rand.NewPCG(5, 6))
	places := make([]int, n)
	for i := range places {
		places[i] = random.IntN(2)
	}
	shuffled := random.Perm(n)
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprint(i)
	}
	slices.Sort(names)
	made := func(bright float64, training int, paired func(i int) int) voxels {
		v := voxels{sizes: []int{side, side, side}, training: training}
		classes := rules.Classification{Names: []string{"a", "b"}}
		for i := range n {
			classes.Of = append(classes.Of, places[paired(i)])
			for voxel := range side * side * side {
				value := random.NormFloat64()
				if voxel/(side*side) == 2*places[i] {
					value += bright
				}
				v.values = append(v.values, float32(value))
			}
		}
		v.change = func(s *rules.Scan) { s.Classes = classes }
		return v
	}
	inTraining := func(i int) int {
		if i < 80 {
			return shuffled[i]
		}
		return i
	}
	split := made(3, 80, inTraining)
	split.is = pipeline.Dataset{ExamplesAt: pipeline.Origin{Stage: "load"}}
	for name, c := range map[string]struct {
		voxels
		want string
	}{
		"as they are":     {made(3, 0, func(i int) int { return i }), ""},
		"one further":     {made(3, 0, func(i int) int { return (i + 1) % n }), "one place before"},
		"one before":      {made(3, 0, func(i int) int { return (i + n - 1) % n }), "one place further"},
		"backwards":       {made(3, 0, func(i int) int { return n - 1 - i }), "from the last to the first"},
		"names as text":   {made(3, 0, func(i int) int { var k int; fmt.Sscan(names[i], &k); return k }), "in the order of numbers"},
		"in any order":    {made(3, 0, func(i int) int { return shuffled[i] }), ""},
		"nothing to see":  {made(0, 0, func(i int) int { return (i + 1) % n }), ""},
		"hardly anything": {made(0.1, 0, func(i int) int { return i }), ""},
		"only where it is trained on, loaded apart": {made(3, 80, inTraining), "those of validation do"},
		"nothing to see in either":                  {made(0, 80, inTraining), ""},
		"only where it is trained on, split":        {split, ""},
	} {
		found := strings.Join(labels(seen(t, rules.LBL009, c.voxels)), "; ")
		if found != "" && c.want == "" || !strings.Contains(found, c.want) {
			t.Errorf("%s: %q, want %q", name, found, c.want)
		}
	}
}
