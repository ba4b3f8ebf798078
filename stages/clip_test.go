package stages

import (
	"math"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/pipeline"
)

func TestClipType(t *testing.T) {
	d := gives(t, volumes(), false, "clip: {range: [-175, 250]}")
	if d.Range == nil || d.Range.Low != -175 || d.Range.High != 250 {
		t.Errorf("%+v", d.Range)
	}
	bytes := volumes()
	bytes.dtype, bytes.bounds = "uint8", &pipeline.Range{Low: 0, High: 255}
	if d := gives(t, bytes, false, "clip: {range: [10, 300]}"); d.Range.Low != 10 || d.Range.High != 255 || d.DType != "uint8" {
		t.Errorf("%+v %s", d.Range, d.DType)
	}
	d = gives(t, bytes, false, "clip: {percentiles: [1, 99]}")
	if d.DType != "float32" || d.Range.High != 255 || d.Steps[0].LearntOn != pipeline.All {
		t.Errorf("%+v %s %+v", d.Range, d.DType, d.Steps)
	}
	refused(t, volumes(), false, "YML007", "percentiles", "clip")
	refused(t, volumes(), false, "YML008", "percentiles", "clip: {range: [0, 1], percentiles: [1, 99]}")
	refused(t, volumes(), false, "YML121", `250, is not below the upper one, -175.*\[-175, 250\]`, "clip: {range: [250, -175]}")
	untrained := holding(1, 2)
	untrained.partition = map[string][]int{pipeline.Test: {0, 1}}
	refused(t, untrained, false, "YML122", "there are none", "clip: {percentiles: [1, 99]}")
}

func TestClipRun(t *testing.T) {
	nan := float32(math.NaN())
	if got := values(t, mustRun(t, holding(-5, 0.5, 7, nan), "clip: {range: [0, 1]}")); !slices.Equal(got[:3], []float32{0, 0.5, 1}) || got[3] == got[3] {
		t.Errorf("%v", got)
	}
	g := holding(0, 1, 2, 3, 100)
	g.partition = map[string][]int{pipeline.Train: {0, 1, 2, 3}, pipeline.Test: {4}}
	// numpy.percentile([0, 1, 2, 3], [10, 90]) = [0.3, 2.7]
	if got := values(t, mustRun(t, g, "clip: {percentiles: [10, 90]}")); !slices.Equal(got, []float32{0.3, 1, 2, 2.7, 2.7}) {
		t.Errorf("%v", got)
	}
}
