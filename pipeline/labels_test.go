package pipeline_test

import (
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/pipeline"
)

func TestClassOf(t *testing.T) {
	for name, c := range map[string]struct {
		labels pipeline.LabelValues
		want   []int
	}{
		"ids":                          {pipeline.LabelValues{Width: 1, Ints: []int64{2, 0, 7}}, []int{2, 0, 7}},
		"one-hot rows":                 {pipeline.LabelValues{Width: 3, Ints: []int64{0, 0, 1, 1, 0, 0}}, []int{2, 0}},
		"one-hot rows of real numbers": {pipeline.LabelValues{Width: 3, Reals: []float64{0, 0, 1, 1, 0, 0}}, []int{2, 0}},
		"zeros and ones as reals":      {pipeline.LabelValues{Width: 1, Reals: []float64{0, 1, 1}}, []int{0, 1, 1}},
		"a row without a one":          {pipeline.LabelValues{Width: 2, Ints: []int64{0, 1, 0, 0}}, nil},
		"a row with two":               {pipeline.LabelValues{Width: 2, Reals: []float64{0, 1, 1, 1}}, nil},
		"probabilities":                {pipeline.LabelValues{Width: 2, Reals: []float64{0.1, 0.9}}, nil},
		"one real number alone":        {pipeline.LabelValues{Width: 1, Reals: []float64{1, 1, 1}}, nil},
		"ages":                         {pipeline.LabelValues{Width: 1, Reals: []float64{0, 1, 2}}, nil},
		"names":                        {pipeline.LabelValues{Width: 1, Texts: []string{"a", "b"}}, nil},
	} {
		if got, ok := c.labels.ClassOf(); ok != (c.want != nil) || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %t", name, got, ok)
		}
	}
}

func TestNotOneHot(t *testing.T) {
	labels := pipeline.LabelValues{Width: 2, Reals: []float64{0, 1, 1, 1, 0, 0, 1, 0, 0.5, 0.5}}
	if got := labels.NotOneHot(); !slices.Equal(got, []int{1, 2, 4}) {
		t.Errorf("rows %v are not one-hot", got)
	}
}
