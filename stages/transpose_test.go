package stages

import (
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn/shape"
)

func TestTransposeAxes(t *testing.T) {
	for stage, want := range map[string]string{
		"transpose: {order: [width, height, depth]}": "[width 64, height 64, depth 10]",
		"transpose: {order: [2, 1, 0]}":              "[width 64, height 64, depth 10]",
		"transpose: {order: [-1, depth, 1]}":         "[width 64, depth 10, height 64]",
	} {
		if got := named(gives(t, volumes(), false, stage).Axes); got != want {
			t.Errorf("%s: got %s, want %s", stage, got, want)
		}
	}
	refused(t, volumes(), false, "YML122", `no axis "heigth"; did you mean height`, "transpose: {order: [depth, heigth, width]}")
	refused(t, volumes(), false, "YML122", `width is missing`, "transpose: {order: [depth, height]}")
	refused(t, volumes(), false, "YML122", `height is named twice`, "transpose: {order: [depth, height, 1]}")
	refused(t, volumes(), false, "YML122", `no axis 3; an example has 3`, "transpose: {order: [3, 2, 1]}")
}

func TestTransposeRun(t *testing.T) {
	g := &given{examples: shape.Of(2), names: "depth height width", sizes: shape.New(2, 3, 4), dtype: "float32"}
	for i := range 48 {
		g.values = append(g.values, float32(i))
	}
	got := values(t, mustRun(t, g, "transpose: {order: [width, depth, height]}"))
	var want []float32
	for n := range 2 {
		for w := range 4 {
			for d := range 2 {
				for h := range 3 {
					want = append(want, float32(((n*2+d)*3+h)*4+w))
				}
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}
