package rules_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/stages/rules"
)

// TestLBL013SeesClassesUnderOtherNumbers: each class is bright in a place of its own.
// The validation calls what is bright in place k by the name called[k].
func TestLBL013SeesClassesUnderOtherNumbers(t *testing.T) {
	const side, training, validation = 8, 36, 15
	made := func(called []int, bright float64, is pipeline.Dataset) voxels {
		random := rand.New(rand.NewPCG(3, 4))
		v := voxels{sizes: []int{side, side, side}, training: training, is: is}
		classes := rules.Classification{Names: []string{"a", "b", "c"}}
		for i := range training + validation {
			place, class := i%3, i%3
			if i >= training {
				class = called[place]
			}
			classes.Of = append(classes.Of, class)
			for voxel := range side * side * side {
				value := random.NormFloat64()
				if voxel/(side*side) == 2*place {
					value += bright
				}
				v.values = append(v.values, float32(value))
			}
		}
		v.change = func(s *rules.Scan) { s.Classes = classes }
		return v
	}
	elsewhere := pipeline.Dataset{ExamplesAt: pipeline.Origin{Stage: "load"}}
	for name, c := range map[string]struct {
		voxels
		want string
	}{
		"turned":        {made([]int{1, 2, 0}, 3, pipeline.Dataset{}), "3 classes"},
		"two exchanged": {made([]int{1, 0, 2}, 3, pipeline.Dataset{}), "2 classes"},
		"as they are":   {made([]int{0, 1, 2}, 3, pipeline.Dataset{}), ""},
		"one name for two classes tells of a hard task or of other volumes": {made([]int{1, 1, 2}, 3, pipeline.Dataset{}), ""},
		"nothing tells the classes apart":                                   {made([]int{1, 2, 0}, 0, pipeline.Dataset{}), ""},
		"split from one list of labels":                                     {made([]int{1, 2, 0}, 3, elsewhere), ""},
	} {
		found := strings.Join(labels(seen(t, rules.LBL013, c.voxels)), "; ")
		if found != "" && c.want == "" || !strings.Contains(found, c.want) {
			t.Errorf("%s: %q, want %q", name, found, c.want)
		}
	}
}
