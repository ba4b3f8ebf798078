package stages

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/weights"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/stages/rules"
)

// Weights is the file that a model starts from. A weight that the file has under
// its name and in its shape is taken; one that the file lacks starts at random.
// `pipe plan` shows layer by layer what happens.
//
// A pattern names layers: by an id, by that of a composite or preset for all that
// is inside of it, with `*` for any text, as in `resnet3d__stage1_*`.
type Weights struct {
	// A safetensors file, with names and layouts as runs write them: `<layer
	// id>/kernel` and so on. Or an ONNX file, whose weights have the names and
	// layouts that they have in a model of that file.
	File string `yaml:"file,positional" validate:"required"`
	// Patterns of layers that training leaves as they are, as `trainable: false`
	// does.
	Freeze []string `yaml:"freeze" validate:"dive,min=1"`
	// Patterns of layers that start at random, whatever the file has for them.
	Skip []string `yaml:"skip" validate:"dive,min=1"`
	// Names in the file, each with the name that it has in the model: of a layer, of
	// a composite around layers, or of one array (`conv/kernel`). A `*` stands for
	// any text, and is put in place of the `*` in the other name. Of several names
	// that fit, the one without a `*`, then the longest, counts.
	Rename map[string]string `yaml:"rename"`
	// implied says that the file is the one that the layers are taken from.
	implied bool
}

// layers is where the layers stand.
func (w *Weights) layers(n *pipeline.Node) diag.Span {
	if n.Given("layers") {
		return n.At("layers")
	}
	return n.At("onnx")
}

// way is the setting that names the file.
func (w *Weights) way() []string {
	if w.implied {
		return []string{"onnx"}
	}
	return []string{"weights", "file"}
}

func (w *Weights) transfer() weights.Transfer {
	return weights.Transfer{Skip: w.Skip, Rename: w.Rename}
}

// freeze marks the layers that training leaves alone.
func (w *Weights) freeze(g *nn.Graph) {
	for i := range g.Nodes {
		g.Nodes[i].Frozen = g.Nodes[i].Frozen || slices.ContainsFunc(w.Freeze, g.Nodes[i].Matches)
	}
}

// checkPatterns reports patterns that name no layer with weights.
func (w *Weights) checkPatterns(c *pipeline.Check, g *nn.Graph) {
	for _, list := range []struct {
		setting  string
		patterns []string
	}{{"freeze", w.Freeze}, {"skip", w.Skip}} {
		for i, pattern := range list.patterns {
			if slices.ContainsFunc(g.Nodes, func(n nn.Node) bool { return n.Matches(pattern) && weighs(g, &n) }) {
				continue
			}
			label := "no layer is named so"
			if slices.ContainsFunc(g.Nodes, func(n nn.Node) bool { return n.Matches(pattern) }) {
				label = "no layer named so has weights"
			}
			d := diag.New(GRA137, c.At("weights", list.setting, strconv.Itoa(i)), label).And(w.layers(c.Node), "the layers")
			c.Report(suggestLayer(d, pattern, g))
		}
	}
}

// weighs says whether a layer has weights, as far as its input is known.
func weighs(g *nn.Graph, n *nn.Node) bool {
	trained, fixed := g.Weights(n)
	return !trained.Add(fixed).Is(0) || slices.ContainsFunc(g.InputsOf(n), func(in shape.Shape) bool { return in == nil })
}

// suggestLayer names the layer that was most likely meant, else the layers with
// weights, a composite for all that is inside of it.
func suggestLayer(d diag.Diagnostic, name string, g *nn.Graph) diag.Diagnostic {
	var outer, names []string
	for i := range g.Nodes {
		n := &g.Nodes[i]
		if !weighs(g, n) {
			continue
		}
		names = append(names, n.ID)
		if widest := n.Names()[0]; !slices.Contains(outer, widest) {
			outer = append(outer, widest)
		}
	}
	for _, list := range [][]string{outer, names} {
		if near, ok := diag.Nearest(name, list); ok {
			return d.Suggest(fmt.Sprintf("did you mean %s?", near), diag.Edit{Span: d.Primary.Span, Text: near})
		}
	}
	return d.Suggest("name one of the layers with weights: " + strings.Join(firstOf(outer, mostLines), ", "))
}

// checkFile compares the header of the file with the layers, and gives what
// becomes of each weight.
func (w *Weights) checkFile(c *pipeline.Check, m *pipeline.Model) *weights.Plan {
	plan, err := w.plan(c.Path(w.File), m.Graph)
	if err != nil {
		c.Report(w.unreadable(c.Node, err))
		return nil
	}
	w.checkRenames(c, m, plan)
	if c.Failed() {
		return nil
	}
	switch {
	case plan.Count(weights.OtherShape) > 0:
		c.Report(w.otherShapes(c.Node, plan))
	case plan.Count(weights.Loads) == 0:
		c.Report(w.nothing(c.Node, plan))
	}
	if c.Failed() {
		return nil
	}
	w.checkFrozen(c, plan)
	return plan
}

// plan reads the file's header and holds it against a graph.
func (w *Weights) plan(path string, g *nn.Graph) (*weights.Plan, error) {
	file, err := openWeights(path, g)
	if err != nil {
		return nil, err
	}
	defer file.close()
	return weights.PlanOf(&file.header, g, w.transfer()), nil
}

// unreadable is a file that cannot be read.
func (w *Weights) unreadable(n *pipeline.Node, err error) diag.Diagnostic {
	var problem *dataProblem
	if !errors.As(err, &problem) {
		problem = &dataProblem{
			code: rules.DAT011.Code, label: fmt.Sprintf("%s: %s", filepath.Base(w.File), plain(err)),
			help: "name a safetensors or ONNX file that is whole",
		}
	}
	return problem.at(n.At(w.way()...))
}

// checkRenames reports new names that lead nowhere.
func (w *Weights) checkRenames(c *pipeline.Check, m *pipeline.Model, plan *weights.Plan) {
	at := func(key string) diag.Span { return c.At("weights", "rename", key) }
	for _, key := range plan.Unfound {
		d := diag.New(GRA137, at(key), fmt.Sprintf("the file has no %s", key))
		c.Report(d.Note("the file has %s", outermost(plan.Unused)).
			Suggest("write on the left a name that the file has, or a pattern that fits one"))
	}
	for _, key := range plan.Unheard {
		d := diag.New(GRA137, at(key), "no weight of the model has this name").And(w.layers(c.Node), "the layers")
		c.Report(suggestLayer(d, w.Rename[key], m.Graph))
	}
	if len(plan.Twice) > 0 {
		c.Report(diag.New(GRA137, c.At("weights", "rename"), "two arrays of the file get one name").
			Note("the names are %s", strings.Join(firstOf(plan.Twice, mostLines), ", ")).
			Suggest("give each array a name of its own"))
	}
}

// otherShapes is a file with arrays that do not fit.
func (w *Weights) otherShapes(n *pipeline.Node, plan *weights.Plan) diag.Diagnostic {
	d := diag.New(rules.PRD004.Code, n.At(w.way()...), "arrays in this file have other shapes than the layers").
		And(w.layers(n), "the layers")
	var notes []string
	for _, l := range plan.Layers {
		for _, a := range l.Arrays {
			if a.Fate == weights.OtherShape {
				notes = append(notes, fmt.Sprintf("%s is %s in the file, %s in the model", a.Name, shape.New(a.Source.Shape...), shape.New(a.Shape...)))
			}
		}
	}
	for _, note := range firstOf(notes, mostLines) {
		d = d.Note("%s", note)
	}
	return d.Suggest("give the layers the settings that they had when the file was written").
		Suggest(fmt.Sprintf("or let them start at random: skip: [%s]", strings.Join(with(plan, weights.OtherShape), ", ")))
}

// with names the layers of a fate, a composite for all that is inside of it where
// all of that has it.
func with(plan *weights.Plan, f weights.Fate) []string {
	var names []string
	for _, l := range plan.Layers {
		if l.Fate() != f {
			continue
		}
		name := l.Node.ID
		for _, outer := range l.Node.Names() {
			if !slices.ContainsFunc(plan.Layers, func(o weights.LayerPlan) bool { return o.Node.Matches(outer) && o.Fate() != f }) {
				name = outer
				break
			}
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// nothing is a file of which the model takes nothing.
func (w *Weights) nothing(n *pipeline.Node, plan *weights.Plan) diag.Diagnostic {
	d := diag.New(rules.PRD004.Code, n.At(w.way()...), "no array of this file belongs to a layer").
		And(w.layers(n), "the layers")
	if len(plan.Unused) > 0 {
		d = d.Note("the file has %s", outermost(plan.Unused))
	}
	if wanted := namesWith(plan, weights.Missing); len(wanted) > 0 {
		d = d.Note("the model has %s", outermost(wanted))
	}
	if plan.Count(weights.Skipped) > 0 {
		d = d.Note("%s skipped", plural(plan.Count(weights.Skipped), "weight is", "weights are"))
	}
	return d.Suggest("name the file of a model with these layers, or lead its names to them with rename")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// namesWith are the weights with a fate.
func namesWith(plan *weights.Plan, f weights.Fate) []string {
	var names []string
	for _, l := range plan.Layers {
		for _, a := range l.Arrays {
			if a.Fate == f {
				names = append(names, a.Name)
			}
		}
	}
	return names
}

// checkFrozen reports layers that are frozen by a pattern but have nothing from
// the file.
func (w *Weights) checkFrozen(c *pipeline.Check, plan *weights.Plan) {
	for i, pattern := range w.Freeze {
		var random []string
		for _, l := range plan.Layers {
			if l.Node.Matches(pattern) && l.Fate() != weights.Loads {
				random = append(random, l.Node.ID)
			}
		}
		if len(random) > 0 {
			c.Report(diag.New(GRA138, c.At("weights", "freeze", strconv.Itoa(i)), "this freezes layers at their random start").
				Note("not from the file: %s", strings.Join(firstOf(random, mostLines), ", ")).
				Suggest("lead the file's names to these layers with rename, or freeze others"))
		}
	}
}

// load reads the file into a network as it was planned.
func (w *Weights) load(path string, net *nn.Network[float32], promised *weights.Plan) error {
	file, err := openWeights(path, net.Graph)
	if err != nil {
		return err
	}
	defer file.close()
	plan := weights.PlanOf(&file.header, net.Graph, w.transfer())
	if !slices.EqualFunc(plan.Layers, promised.Layers, func(a, b weights.LayerPlan) bool { return a.Fate() == b.Fate() }) {
		return fmt.Errorf("it has changed since the pipeline was planned")
	}
	return plan.Read(file, net)
}

// wholly reports PRD004 if a model that is to be used as it is has layers whose
// weights are not those of its file.
func wholly(c *pipeline.Check, m *pipeline.Model) bool {
	s := m.Start
	if s == nil || s.Plan == nil {
		return true
	}
	if s.Partial {
		return false // it has been said of another stage
	}
	var random []string
	for _, f := range []weights.Fate{weights.Missing, weights.Skipped} {
		for _, name := range with(s.Plan, f) {
			random = append(random, fmt.Sprintf("%s (%s)", name, f))
		}
	}
	if len(random) == 0 {
		return true
	}
	s.Partial = true
	d := diag.New(rules.PRD004.Code, s.At.Span, "this does not give every layer its weights").
		And(c.Item.KindSpan, fmt.Sprintf("%s uses the model as it is", c.Kind)).
		Note("left at their random start: %s", strings.Join(firstOf(random, mostLines), ", "))
	c.Report(d.Suggest(cmp.Or(renameHelp(s.Plan), "name the file that a run of this model wrote")).
		Suggest("or train the model first, with a train stage above"))
	return false
}

// renameHelp is the way out where arrays of the file are left over.
func renameHelp(plan *weights.Plan) string {
	if len(plan.Unused) == 0 || plan.Count(weights.Missing) == 0 {
		return ""
	}
	return fmt.Sprintf("lead what the file has beside to them with rename: it has %s", outermost(plan.Unused))
}

// outermost lists names of arrays by the outermost layers around them.
func outermost(arrays []string) string {
	var names []string
	for _, name := range arrays {
		name, _, _ = strings.Cut(name, "/")
		name, _, _ = strings.Cut(name, nn.Joint)
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(firstOf(names, mostLines), ", ")
}
