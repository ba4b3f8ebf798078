package layers

import (
	"slices"
	"testing"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/kind"
	"github.com/voxelpipe/pipe/nn/shape"
)

func TestEveryKindIsALayerWithAManual(t *testing.T) {
	for _, table := range []*kind.Table{Table(), Activations()} {
		for _, k := range table.Kinds() {
			unit, ok := k.New().(nn.Unit)
			if !ok {
				t.Errorf("%s: its settings are no layer", k.Name)
				continue
			}
			if unit.Frozen() {
				t.Errorf("%s: it is not trainable by default", k.Name)
			}
			_, spec := unit.(nn.Spec)
			_, composite := unit.(nn.Composite)
			_, alias := unit.(nn.Alias)
			_, entrance := unit.(nn.Entrance)
			if !spec && !composite && !alias && !entrance {
				t.Errorf("%s: %T can be neither built nor expanded", k.Name, unit)
			}
			manual, err := table.Manual(k.Name)
			if err != nil {
				t.Error(err)
				continue
			}
			if manual.Title() == "" || manual.Settings[len(manual.Settings)-1].Name != "trainable" {
				t.Errorf("%s: the manual is %+v", k.Name, manual)
			}
		}
	}
}

// What an activation setting may name is every activation layer that holds no
// weights.
func TestActivations(t *testing.T) {
	want := []string{"linear", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "sigmoid", "tanh", "softmax", "softplus"}
	if got := Activations().Names(); !slices.Equal(got, want) {
		t.Errorf("activations are %v, want %v", got, want)
	}
	for _, name := range want {
		if _, ok := Table().Lookup(name); !ok {
			t.Errorf("there is no layer %s", name)
		}
	}
}

// A few defaults that differ elsewhere.
func TestKerasDefaults(t *testing.T) {
	if l := New(func(*LeakyReLU) {}); l.NegativeSlope != 0.3 {
		t.Errorf("leaky_relu has the slope %g", l.NegativeSlope)
	}
	if l, _ := Activations().New("leaky_relu"); l.(*LeakyReLU).NegativeSlope != 0.2 {
		t.Errorf("as an activation, leaky_relu has the slope %g", l.(*LeakyReLU).NegativeSlope)
	}
	if b := New(func(*BatchNorm) {}); b.Momentum != 0.99 || b.Epsilon != 1e-3 || !b.Center || !b.Scale {
		t.Errorf("batch_norm is %+v", b)
	}
	if p := New(func(*MaxPool3D) {}); p.PoolSize != [3]int{2, 2, 2} || p.window().strides != p.PoolSize {
		t.Errorf("max_pool3d is %+v", p)
	}
	if c := New(func(*Conv3D) {}); c.Padding != "valid" || c.Strides != [3]int{1, 1, 1} || !c.UseBias || c.Activation() != nil {
		t.Errorf("conv3d is %+v", c)
	}
}

func TestNewPanicsOnWhatIsNoLayer(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("Training is a layer")
		}
	}()
	New(func(*Training) {})
}

// refusal is what a shape rule must say.
type refusal struct {
	name       string
	spec       nn.Spec
	in         []shape.Shape
	fault      shape.Fault
	settings   []string
	axis       int
	arithmetic string
	remedy     string
}

func (r *refusal) check(t *testing.T) {
	t.Helper()
	out, err := r.spec.Output(r.in)
	m, ok := err.(*shape.Mismatch)
	if !ok {
		t.Errorf("%s: output %v, %v, want a mismatch", r.name, out, err)
		return
	}
	if m.Fault != r.fault || !slices.Equal(m.Settings, r.settings) || m.Axis != r.axis {
		t.Errorf("%s: fault %q of settings %q on axis %d, want %q, %q, %d", r.name, m.Fault, m.Settings, m.Axis, r.fault, r.settings, r.axis)
	}
	if m.Arithmetic != r.arithmetic {
		t.Errorf("%s: arithmetic %q, want %q", r.name, m.Arithmetic, r.arithmetic)
	}
	if m.Remedy != r.remedy {
		t.Errorf("%s: remedy %q, want %q", r.name, m.Remedy, r.remedy)
	}
	if m.Problem == "" {
		t.Errorf("%s: it does not say what the problem is", r.name)
	}
}

// single is one input of known sizes.
func single(sizes ...int) []shape.Shape { return []shape.Shape{shape.New(sizes...)} }
