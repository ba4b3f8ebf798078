package stages

import (
	"slices"
	"strings"
	"testing"

	"github.com/voxelpipe/pipe/nn/loss"
	"github.com/voxelpipe/pipe/pipeline"
)

func TestTargetsTakeTheFormOfTheLoss(t *testing.T) {
	ids := &pipeline.LabelValues{Width: 1, Ints: []int64{0, 1, 1}}
	rows := &pipeline.LabelValues{Width: 2, Ints: []int64{1, 0, 0, 1, 0, 1}}
	reals := &pipeline.LabelValues{Width: 1, Reals: []float64{-1.5, 0, 2}}
	for name, c := range map[string]struct {
		labels  *pipeline.LabelValues
		target  loss.Target
		outputs int
		shape   []int
		second  []float32
	}{
		"ids":    {ids, loss.ClassID, 2, nil, []float32{1}},
		"yes/no": {ids, loss.Binary, 1, []int{1}, []float32{1}},
		"rows":   {rows, loss.OneHot, 2, []int{2}, []float32{0, 1}},
		"tags":   {rows, loss.Binary, 2, []int{2}, []float32{0, 1}},
		"reals":  {reals, loss.Real, 1, []int{1}, []float32{0}},
	} {
		source, err := targets(c.labels, 3, c.target, c.outputs)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := make([]float32, len(c.second))
		if err := source.Read(1, got); err != nil || !slices.Equal(got, c.second) || !slices.Equal(source.Shape(), c.shape) || source.Len() != 3 {
			t.Errorf("%s: the second target is %v of %v", name, got, source.Shape())
		}
	}
}

func TestTargetsRefuseWhatTheLossCannotRead(t *testing.T) {
	for want, c := range map[string]struct {
		labels  *pipeline.LabelValues
		target  loss.Target
		outputs int
	}{
		"no labels for the 2 examples":     {nil, loss.ClassID, 2},
		"the label of example 1 is 2":      {&pipeline.LabelValues{Width: 1, Ints: []int64{0, 2}}, loss.ClassID, 2},
		"a label has 1 values, the model":  {&pipeline.LabelValues{Width: 1, Ints: []int64{0, 1}}, loss.OneHot, 2},
		"a label has 2 values; the loss":   {&pipeline.LabelValues{Width: 2, Ints: []int64{0, 1, 1, 0}}, loss.ClassID, 2},
		`the labels are names, such as "a`: {&pipeline.LabelValues{Width: 1, Texts: []string{"a", "b"}}, loss.ClassID, 2},
	} {
		if _, err := targets(c.labels, 2, c.target, c.outputs); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
