package weights

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn"
)

// Transfer says how a network starts from a file that another one wrote.
type Transfer struct {
	// Skip are patterns of layers that leave what the file has for them; see
	// nn.Node.Matches.
	Skip []string
	// Rename gives names in the file the names that the network has; see Renamed.
	Rename map[string]string
}

// Fate is what becomes of a weight when a file is read into its network.
type Fate string

// The fates of a weight, the ones that ask for more attention later.
const (
	// Unread: the file has not been looked at.
	Unread Fate = ""
	// Loads: the file has it.
	Loads Fate = "loads"
	// Skipped: it is not to be taken from the file, whether that has it or not.
	Skipped Fate = "skipped"
	// Missing: the file does not have it.
	Missing Fate = "missing"
	// OtherShape: the file has an array of its name with another shape.
	OtherShape Fate = "other shape"
)

// severity orders the fates.
func (f Fate) severity() int {
	return slices.Index([]Fate{Unread, Loads, Skipped, Missing, OtherShape}, f)
}

// Plan is what becomes of every weight of a network.
type Plan struct {
	// Layers are those with weights, in the order of the network.
	Layers []LayerPlan
	// Unused are the arrays of the file that no weight takes, by their names there.
	Unused []string
	// Unfound are the keys of Rename that no array of the file has; Unheard those
	// whose arrays got the name of no weight.
	Unfound, Unheard []string
	// Twice are names of weights that several arrays of the file have, after
	// renaming.
	Twice []string
}

// LayerPlan is what becomes of the weights of a layer.
type LayerPlan struct {
	// Node is the layer.
	Node   *nn.Node
	Arrays []ArrayPlan
}

// Fate is that of the layer's weights which asks for most attention.
func (l *LayerPlan) Fate() Fate {
	worst := slices.MaxFunc(l.Arrays, func(a, b ArrayPlan) int { return cmp.Compare(a.Fate.severity(), b.Fate.severity()) })
	return worst.Fate
}

// ArrayPlan is what becomes of a weight.
type ArrayPlan struct {
	// Name is the weight's full name, Shape its sizes.
	Name  string
	Shape []int
	Fate  Fate
	// Source is the array of the file with its name; nil without one.
	Source *Tensor
}

// PlanOf compares a file's header with a graph, whose sizes must all be known. A
// nil header gives what can be said without the file.
func PlanOf(header *Header, g *nn.Graph, t Transfer) *Plan {
	p := &Plan{}
	left := map[string]*Tensor{}
	keys := t.keys()
	used := map[string]string{} // by the new name, the key that led to it
	if header != nil {
		left = p.rename(header, keys, t.Rename, used)
	}
	for i := range g.Nodes {
		node := &g.Nodes[i]
		layer := LayerPlan{Node: node}
		skipped := slices.ContainsFunc(t.Skip, node.Matches)
		for _, w := range node.Spec.Weights(g.InputsOf(node)) {
			a := ArrayPlan{Name: node.ID + "/" + w.Name, Shape: w.Shape.MustSizes()}
			a.Source = left[a.Name]
			switch {
			case skipped:
				a.Fate = Skipped
			case header == nil:
				a.Fate = Unread
			case a.Source == nil:
				a.Fate = Missing
			case !slices.Equal(a.Source.Shape, a.Shape):
				a.Fate = OtherShape
			default:
				a.Fate = Loads
			}
			if a.Source != nil {
				delete(left, a.Name)
				delete(used, a.Name)
			}
			layer.Arrays = append(layer.Arrays, a)
		}
		if len(layer.Arrays) > 0 {
			p.Layers = append(p.Layers, layer)
		}
	}
	for name, t := range left {
		p.Unused = append(p.Unused, t.Name)
		if key, renamed := used[name]; renamed && !slices.Contains(p.Unheard, key) {
			p.Unheard = append(p.Unheard, key)
		}
	}
	slices.Sort(p.Unused)
	slices.Sort(p.Unheard)
	return p
}

// rename gives the arrays of a file by their new names.
func (p *Plan) rename(header *Header, keys []string, names, used map[string]string) map[string]*Tensor {
	arrays := make(map[string]*Tensor, len(header.Tensors))
	found := map[string]bool{}
	for i := range header.Tensors {
		t := &header.Tensors[i]
		name := t.Name
		for _, key := range keys {
			if now, fits := Renamed(name, key, names[key]); fits {
				name, found[key], used[now] = now, true, key
				break
			}
		}
		if arrays[name] != nil && !slices.Contains(p.Twice, name) {
			p.Twice = append(p.Twice, name)
		}
		arrays[name] = t
	}
	for _, key := range keys {
		if !found[key] {
			p.Unfound = append(p.Unfound, key)
		}
	}
	slices.Sort(p.Unfound)
	return arrays
}

// keys are the names to be renamed in the order in which they are tried: those
// without a star first, the longer ones before the shorter ones.
func (t Transfer) keys() []string {
	keys := make([]string, 0, len(t.Rename))
	for key := range t.Rename {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(
			cmp.Compare(strings.Count(a, "*"), strings.Count(b, "*")),
			cmp.Compare(len(b), len(a)), strings.Compare(a, b),
		)
	})
	return keys
}

// Renamed gives an array of a file its new name, if a key fits it: the key is the
// whole name, the name of its layer, or that of a composite around it. A * in the
// key fits any text, which takes the place of the * in what it becomes.
func Renamed(name, key, to string) (string, bool) {
	before, behind, starred := strings.Cut(key, "*")
	if !starred {
		for _, joint := range []string{"", "/", nn.Joint} {
			if rest, fits := strings.CutPrefix(name, key+joint); fits && (joint != "" || rest == "") {
				return to + joint + rest, true
			}
		}
		return "", false
	}
	layer, array, inLayer := cutLast(name, "/")
	for _, part := range []struct{ text, rest string }{{name, ""}, {layer, "/" + array}} {
		if len(part.text) < len(before)+len(behind) || !strings.HasPrefix(part.text, before) || !strings.HasSuffix(part.text, behind) {
			continue
		}
		text := part.text[len(before) : len(part.text)-len(behind)]
		if part.rest == "" || inLayer {
			return strings.Replace(to, "*", text, 1) + part.rest, true
		}
	}
	return "", false
}

// cutLast cuts a text at the last separator.
func cutLast(text, separator string) (before, behind string, found bool) {
	if i := strings.LastIndex(text, separator); i >= 0 {
		return text[:i], text[i+len(separator):], true
	}
	return text, "", false
}

// Count is the number of weights with a fate.
func (p *Plan) Count(f Fate) int {
	count := 0
	for _, layer := range p.Layers {
		for _, a := range layer.Arrays {
			if a.Fate == f {
				count++
			}
		}
	}
	return count
}

// Whole says whether every weight is in the file and is taken from it.
func (p *Plan) Whole() bool {
	return !slices.ContainsFunc(p.Layers, func(l LayerPlan) bool { return l.Fate() != Loads })
}

// Read reads the arrays that load into a network of the plan's graph; the others
// stay as they are. On an error the network is as it was.
func (p *Plan) Read(r io.ReaderAt, net *nn.Network[float32]) error {
	sources := map[string]*Tensor{}
	for _, layer := range p.Layers {
		for _, a := range layer.Arrays {
			if a.Fate == Loads {
				sources[a.Name] = a.Source
			}
		}
	}
	values := make(map[string][]float32, len(sources))
	for _, param := range net.Params() {
		t := sources[param.Name]
		if t == nil {
			continue
		}
		if !slices.Equal(t.Shape, param.Shape) {
			return fmt.Errorf("%s has the shape %v in the file and %v in the network", param.Name, t.Shape, param.Shape)
		}
		values[param.Name] = make([]float32, t.Elements())
		if err := t.Read(r, values[param.Name]); err != nil {
			return err
		}
	}
	for _, param := range net.Params() {
		copy(param.Value, values[param.Name])
	}
	return nil
}
