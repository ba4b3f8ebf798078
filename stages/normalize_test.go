package stages

import (
	"math"
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
)

func bounded(low, high float64) *given {
	g := volumes()
	g.bounds = &pipeline.Range{Low: low, High: high}
	return g
}

func TestNormalizeRange(t *testing.T) {
	for _, c := range []struct {
		from      *given
		stage     string
		low, high float64
		unknown   bool
	}{
		{from: volumes(), stage: "normalize", low: 0, high: 1},
		{from: volumes(), stage: "normalize: {method: min_max, range: [-1, 1]}", low: -1, high: 1},
		{from: volumes(), stage: "normalize: {method: min_max, range: [1, 2], mask: nonzero}", low: 0, high: 2},
		{from: volumes(), stage: "normalize: {method: percentile, range: [0, 2]}", low: 0, high: 2},
		{from: volumes(), stage: "normalize: {method: z_score}", unknown: true},
		{from: volumes(), stage: "normalize: {method: max}", unknown: true},
		{from: bounded(0, 4000), stage: "normalize: {method: max}", low: 0, high: 1},
		{from: bounded(-1, 4000), stage: "normalize: {method: max}", unknown: true},
		{from: bounded(0, 200), stage: "normalize: {method: rescale, scale: -0.01, offset: 1}", low: -1, high: 1},
		{from: volumes(), stage: "normalize: {method: rescale, scale: 0.01}", unknown: true},
	} {
		d := gives(t, c.from, false, c.stage)
		step := d.Steps[len(d.Steps)-1]
		if c.unknown != (d.Range == nil) || !step.Scales || step.Bounded == c.unknown || d.DType != "float32" {
			t.Errorf("%s: %+v %+v", c.stage, d.Range, step)
		}
		if d.Range != nil && (d.Range.Low != c.low || d.Range.High != c.high) {
			t.Errorf("%s: %+v, want %v..%v", c.stage, d.Range, c.low, c.high)
		}
	}
}

func TestNormalizeRefuses(t *testing.T) {
	refused(t, volumes(), false, "YML121", `scale says nothing to the method min_max.*rescale`, "normalize: {method: min_max, scale: 2}")
	refused(t, volumes(), false, "YML121", `range says nothing to the method max`, "normalize: {method: max, range: [0, 2]}")
	refused(t, volumes(), false, "YML121", `every voxel would become 0`, "normalize: {method: rescale, scale: 0}")
	refused(t, volumes(), false, "YML121", `nothing would change`, "normalize: {method: rescale}")
	refused(t, volumes(), false, "YML121", `not below`, "normalize: {range: [1, 0]}")
	refused(t, volumes(), false, "YML121", `not below`, "normalize: {method: percentile, percentiles: [50, 50]}")
	refused(t, volumes(), false, "YML122", `no channel axis.*expand_dims`, "normalize: {per_channel: true}")
	gives(t, volumes(), false, "reshape: {expand_dims: -1}", "normalize: {per_channel: true}")
	// As a run's record writes it, every default filled in.
	gives(t, volumes(), false, "normalize: {method: max, range: [0, 1], scale: 1, offset: 0, percentiles: [1, 99]}")
	untrained := holding(1, 2)
	untrained.partition = map[string][]int{pipeline.Test: {0, 1}}
	refused(t, untrained, false, "YML122", "there are none", "normalize")
	gives(t, untrained, false, "normalize: {over: example}")
}

func TestNormalizeRun(t *testing.T) {
	parted := func() *given {
		g := holding(2, 4, 6, 100)
		g.partition = map[string][]int{pipeline.Train: {0, 1, 2}, pipeline.Test: {3}}
		return g
	}
	spread := float32(math.Sqrt(8.0 / 3))
	for stage, want := range map[string][]float32{
		"normalize":                                                     {0, 0.5, 1, 24.5},
		"normalize: {range: [-1, 1]}":                                   {-1, 0, 1, 48},
		"normalize: {method: max}":                                      {1. / 3, 2. / 3, 1, 100. / 6},
		"normalize: {method: z_score}":                                  {-2 / spread, 0, 2 / spread, 96 / spread},
		"normalize: {method: rescale, scale: 0.5, offset: 1}":           {2, 3, 4, 51},
		"normalize: {method: percentile, percentiles: [0, 50]}":         {0, 1, 1, 1},
		"normalize: {over: example}":                                    {0, 0, 0, 0},
		"normalize: {method: z_score, over: example}":                   {0, 0, 0, 0},
		"normalize: {method: max, over: example}":                       {1, 1, 1, 1},
		"normalize: {method: percentile, range: [3, 4], over: example}": {3, 3, 3, 3},
	} {
		got := values(t, mustRun(t, parted(), stage))
		for i := range want {
			if math.Abs(float64(got[i]-want[i])) > 1e-6*math.Abs(float64(want[i])) {
				t.Errorf("%s: got %v, want %v", stage, got, want)
				break
			}
		}
	}
}

func TestNormalizeConstantsAndZeros(t *testing.T) {
	// 0.1 is not exact in float32, so rounding could make a spread out of none.
	for stage, want := range map[string]float32{
		"normalize":                    0,
		"normalize: {method: z_score}": 0,
		"normalize: {method: percentile, range: [2, 3]}": 2,
		"normalize: {method: max}":                       1,
		"normalize: {method: z_score, mask: nonzero}":    0,
	} {
		for _, got := range values(t, mustRun(t, holding(0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1), stage)) {
			if got != want {
				t.Errorf("%s: a constant becomes %v, want %v", stage, got, want)
			}
		}
	}
	for _, stage := range []string{"normalize: {method: max}", "normalize: {method: max, over: example}", "normalize: {method: z_score, over: example, mask: nonzero}"} {
		if got := values(t, mustRun(t, holding(0, 0), stage)); got[0] != 0 || got[1] != 0 {
			t.Errorf("%s: zeros become %v", stage, got)
		}
	}
	if _, err := runs(t, holding(0, 0), "normalize: {mask: nonzero}"); err == nil {
		t.Error("nothing to learn from is not told")
	}
	if _, err := runs(t, holding(-1, -2), "normalize: {method: max}"); err == nil {
		t.Error("a negative maximum is divided by")
	}
	if got := values(t, mustRun(t, holding(0, 5, 10, 15), "normalize: {mask: nonzero}")); !slices.Equal(got, []float32{0, 0, 0.5, 1}) {
		t.Errorf("nonzero: %v", got)
	}
}

func TestNormalizePerChannel(t *testing.T) {
	g := &given{
		examples: shape.Of(2), names: "depth height width channel", sizes: shape.New(1, 1, 2, 2), dtype: "float32",
		values: []float32{0, 10, 1, 20, 2, 30, 4, 50},
	}
	if got := values(t, mustRun(t, g, "normalize: {per_channel: true}")); !slices.Equal(got, []float32{0, 0, 0.25, 0.25, 0.5, 0.5, 1, 1}) {
		t.Errorf("over the dataset: %v", got)
	}
	if got := values(t, mustRun(t, g, "normalize: {per_channel: true, over: example}")); !slices.Equal(got, []float32{0, 0, 1, 1, 0, 0, 1, 1}) {
		t.Errorf("over each example: %v", got)
	}
}
