package stages

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
	"github.com/voxelpipe/pipe/stages/rules"
)

// AxisNames are the names of an array's axes.
type AxisNames []string

// sampleAxis is the name of the axis that counts the examples.
const sampleAxis = "sample"

// usualAxes are the names that mean something to the program.
var usualAxes = []string{sampleAxis, "depth", "height", "width", "channel"}

// shortAxes are what the usual axes are called elsewhere.
var shortAxes = map[string]string{
	"n": sampleAxis, "batch": sampleAxis, "example": sampleAxis, "examples": sampleAxis,
	"d": "depth", "z": "depth", "h": "height", "y": "height", "w": "width", "x": "width", "c": "channel",
}

var axisName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// DecodeNode reads a list of names.
func (a *AxisNames) DecodeNode(n *spec.Node) error {
	if n.Form != spec.List || len(n.Items) == 0 {
		return fmt.Errorf("want the names of the axes, such as [sample, depth, height, width], got %s", n.Describe())
	}
	*a = nil
	for i, item := range n.Items {
		if !item.IsText() || !axisName.MatchString(item.Text) {
			return fmt.Errorf("want the name of an axis in lower case, got %s", item.Describe())
		}
		// Names are free, but sampel or batch would silently be an axis of the volume.
		near, ok := shortAxes[item.Text]
		if !ok {
			near, ok = diag.Nearest(item.Text, usualAxes)
		}
		if ok && near != item.Text {
			return fmt.Errorf("no axis is called %s; did you mean %s?", item.Text, near)
		}
		switch {
		case slices.Contains(*a, item.Text):
			return fmt.Errorf("the axis %s is named twice", item.Text)
		case item.Text == sampleAxis && i > 0:
			return fmt.Errorf("the axis %s has to be the first one; move it with NumPy: np.moveaxis(arr, %d, 0)", sampleAxis, i)
		}
		*a = append(*a, item.Text)
	}
	return nil
}

// EncodeNode is the inverse of DecodeNode; nothing for no names.
func (a AxisNames) EncodeNode() *spec.Node {
	if a == nil {
		return nil
	}
	list := &spec.Node{Form: spec.List}
	for _, name := range a {
		list.Items = append(list.Items, &spec.Node{Text: name})
	}
	return list
}

// ofExample are the names without the sample axis, and whether there was one.
func (a AxisNames) ofExample() (names []string, sample bool) {
	if len(a) > 0 && a[0] == sampleAxis {
		return a[1:], true
	}
	return a, false
}

// DeclaredShape is the sizes of an array, each a number or a name.
type DeclaredShape []DeclaredSize

// DeclaredSize is a size that is a number, or a name for one that is not known.
type DeclaredSize struct {
	Number int
	Name   string
}

// Dim is the size as a number or a symbol; the zero size's name is given.
func (s DeclaredSize) dim(name string) shape.Dim {
	switch {
	case s.Number > 0:
		return shape.Of(s.Number)
	case s.Name != "":
		return shape.Symbol(s.Name)
	}
	return shape.Symbol(name)
}

func (s DeclaredSize) String() string { return s.dim("?").String() }

var sizeName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// DecodeNode reads a list of numbers and names.
func (s *DeclaredShape) DecodeNode(n *spec.Node) error {
	if n.Form != spec.List || len(n.Items) == 0 {
		return fmt.Errorf("want the sizes of the array, such as [N, 16, 32, 32], got %s", n.Describe())
	}
	*s = nil
	for _, item := range n.Items {
		number, err := item.Int()
		switch {
		case err == nil && number > 0:
			*s = append(*s, DeclaredSize{Number: number})
		case err == nil && number == -1:
			*s = append(*s, DeclaredSize{})
		case item.IsText() && sizeName.MatchString(item.Text):
			*s = append(*s, DeclaredSize{Name: item.Text})
		default:
			return fmt.Errorf("want a size of at least 1, a name such as N, or -1, got %s", item.Describe())
		}
	}
	return nil
}

// EncodeNode is the inverse of DecodeNode; nothing for no shape.
func (s DeclaredShape) EncodeNode() *spec.Node {
	if s == nil {
		return nil
	}
	list := &spec.Node{Form: spec.List}
	for _, size := range s {
		switch {
		case size.Number > 0:
			list.Items = append(list.Items, &spec.Node{Text: strconv.Itoa(size.Number), Type: spec.Integer})
		case size.Name != "":
			list.Items = append(list.Items, &spec.Node{Text: size.Name})
		default:
			list.Items = append(list.Items, &spec.Node{Text: "-1", Type: spec.Integer})
		}
	}
	return list
}

func (s DeclaredShape) String() string {
	words := make([]string, len(s))
	for i, size := range s {
		words[i] = size.String()
	}
	return "[" + strings.Join(words, ", ") + "]"
}

// form is what the settings say of the arrays.
type form struct {
	// single says that every file holds one example, without a sample axis.
	single bool
	// names are those of one example's axes, where they were written.
	names []string
	// sizes are those of one example; nil if nothing was said.
	sizes []DeclaredSize
	// examples is how many there are; zero if nothing was said.
	examples DeclaredSize
	// whole says that the declared shape has the sample axis.
	whole bool
}

// form reads axes and shape together. Single says that the files come from a
// pattern or a table. It reports settings that disagree, and is false then.
func (l *loading) form(single bool) (form, bool) {
	s := l.settings
	names, sample := s.Axes.ofExample()
	f := form{single: single || s.Axes != nil && !sample, names: names}
	if s.Shape == nil {
		return f, true
	}
	switch n := len(s.Shape); {
	case s.Axes != nil:
		f.whole = n == len(names)+1
		if !f.whole && n != len(names) {
			l.report(diag.New(rules.SHP002.Code, l.At("shape"), fmt.Sprintf("%s has %d sizes", s.Shape, n)).
				And(l.At("axes"), fmt.Sprintf("%d axes are named here", len(s.Axes))).
				Suggest("name every axis of the array, and give each its size, or the example's axes alone"))
			return form{}, false
		}
	case f.single:
		f.whole = n == 5 || n == 4 && s.Shape[0].Number == 0
	default:
		// Four sizes are an array of volumes, unless the last is 1: no volume is one
		// voxel wide, but many have one channel.
		f.whole = n == 5 || n == 4 && (s.Shape[0].Number == 0 || s.Shape[3].Number != 1)
	}
	f.sizes = s.Shape
	if f.whole {
		f.examples, f.sizes = s.Shape[0], s.Shape[1:]
	}
	if f.names == nil && defaultAxes(len(f.sizes)) == nil {
		l.report(l.unnamed(len(s.Shape)))
		return form{}, false
	}
	return f, true
}

// unnamed is an array whose axes have no default names.
func (l *loading) unnamed(rank int) diag.Diagnostic {
	setting := "shape"
	if l.settings.Shape == nil {
		setting = "volumes"
	}
	if rank > len(usualAxes) {
		return diag.New(rules.SHP002.Code, l.At(setting), fmt.Sprintf("an array of rank %d", rank)).
			Note("an array of volumes has %d axes at most: sample, depth, height, width, channel", len(usualAxes)).
			Suggest("take the axes that are too many out of the file: np.squeeze removes those of size 1").
			Suggest("if several volumes lie in one of the axes, make examples of them: arr.reshape(-1, D, H, W, C)")
	}
	return diag.New(YML122, l.At(setting), fmt.Sprintf("an array of rank %d", rank)).
		Note("without axes, an array is [sample, depth, height, width], or has channel behind them").
		Suggest("name its axes: axes: [sample, …]; without sample, the file holds one example")
}

// defaultAxes names the axes of one example by their number; nil for a number
// without defaults.
func defaultAxes(rank int) []string {
	if rank == 3 || rank == 4 {
		return usualAxes[1 : rank+1]
	}
	return nil
}

// axesOf names the axes of an example with so many.
func (f form) axesOf(rank int) []string {
	if f.names != nil {
		return f.names
	}
	return defaultAxes(rank)
}
