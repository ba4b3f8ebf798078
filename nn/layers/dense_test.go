package layers

import (
	"testing"

	"github.com/voxelpipe/pipe/nn/shape"
)

func TestDenseOutput(t *testing.T) {
	d := New(func(d *Dense) { d.Units = 5 })
	for _, in := range []shape.Shape{shape.New(7), {shape.Symbol("n")}, nil} {
		if out, err := d.Output([]shape.Shape{in}); err != nil || !out.Equal(shape.New(5)) {
			t.Errorf("%v gives %v, %v", in, out, err)
		}
	}
	if macs := d.MACs(single(7), shape.New(5)); !macs.Is(35) {
		t.Errorf("%s multiply-adds", macs)
	}
}

func TestDenseRefuses(t *testing.T) {
	d := New(func(d *Dense) { d.Units = 5 })
	for _, r := range []refusal{
		{"volume", d, single(8, 8, 8, 16), shape.Unflattened, nil, -1, "an example has 4 axes, not 1", "put flatten or global_average_pool3d in front of it"},
		{"number", d, single(), shape.WrongRank, nil, -1, "an example has 0 axes, not 1", "put reshape: {target_shape: [1]} in front of it"},
		{"no units", New(func(*Dense) {}), single(7), shape.Setting, []string{"units"}, -1, "0 < 1", "make units at least 1"},
	} {
		r.check(t)
	}
}
