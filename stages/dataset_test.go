package stages

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/voxelpipe/pipe/nn/data"
	"github.com/voxelpipe/pipe/nn/kind"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
)

// given is a dataset for tests: the stage `given` gives it. Labels, groups and
// members are known only where files may be read, as for a load stage.
type given struct {
	examples  shape.Dim
	names     string // of the axes
	sizes     shape.Shape
	dtype     pipeline.DType
	values    []float32
	bounds    *pipeline.Range
	labels    pipeline.Labels
	are       *pipeline.LabelValues
	groups    []string
	partition map[string][]int
}

func (g *given) Takes() []pipeline.Want { return nil }
func (g *given) Gives() pipeline.Family { return pipeline.DatasetFamily }

func (g *given) Check(c *pipeline.Check, _ []pipeline.Type) pipeline.Type {
	return g.dataset(c.Node, c.Read)
}

func (g *given) dataset(n *pipeline.Node, read bool) *pipeline.Dataset {
	d := &pipeline.Dataset{
		Examples: g.examples, ExamplesAt: n.Origin(), DType: g.dtype, DTypeAt: n.Origin(),
		Range: g.bounds, Labels: g.labels, Grouped: g.groups != nil,
	}
	d.Labels.At, d.Labels.ClassesAt = n.Origin(), n.Origin()
	if d.Labels.Kind == "" {
		d.Labels.Kind = pipeline.NoLabels
	}
	for i, name := range strings.Fields(g.names) {
		d.Axes = append(d.Axes, pipeline.Axis{Name: name, Size: g.sizes[i], At: n.Origin()})
	}
	for _, name := range []string{pipeline.Train, pipeline.Validation, pipeline.Test} {
		if m, there := g.partition[name]; there {
			d.Partitions = append(d.Partitions, pipeline.Partition{Name: name, Examples: shape.Of(len(m)), At: n.Origin()})
		}
	}
	if read {
		d.Facts = &pipeline.Facts{Labels: g.are, Groups: g.groups, Members: g.partition}
	}
	return d
}

func (g *given) Run(r *pipeline.Run, _ []pipeline.Value) (pipeline.Value, error) {
	return &pipeline.Volumes{Is: g.dataset(r.Node, true), Source: data.NewMemory(g.sizes.MustSizes(), g.values), Labels: g.are}, nil
}

// volumes are 100 examples [10, 64, 64] of float32.
func volumes() *given {
	return &given{examples: shape.Of(100), names: "depth height width", sizes: shape.New(10, 64, 64), dtype: "float32"}
}

// classed are examples [1] with the given class ids as loaded.
func classed(ids ...int64) *given {
	return &given{
		examples: shape.Of(len(ids)), names: "depth", sizes: shape.New(1), dtype: "float32", values: make([]float32, len(ids)),
		labels: pipeline.Labels{Kind: pipeline.ClassID, Shape: shape.Shape{}},
		are:    &pipeline.LabelValues{Width: 1, Ints: ids},
	}
}

// texted are examples [1] with names as labels.
func texted(names ...string) *given {
	g := classed(make([]int64, len(names))...)
	g.labels.Kind = pipeline.ClassNames
	g.are = &pipeline.LabelValues{Width: 1, Texts: names}
	return g
}

// holding are examples of single values.
func holding(values ...float32) *given {
	return &given{examples: shape.Of(len(values)), names: "depth", sizes: shape.New(1), dtype: "float32", values: values}
}

// checked builds a config of `given` and the stages, one to a line.
func checked(t *testing.T, g *given, read bool, stages ...string) (*pipeline.Checked, *diag.List) {
	t.Helper()
	text := "version: 1\nname: test\nstages:\n  - given\n"
	for _, stage := range stages {
		text += "  - " + stage + "\n"
	}
	path := filepath.Join(t.TempDir(), "pipeline.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	kinds := append(datasetStages(), kind.Kind{Name: "given", Example: "given", New: func() any { return g }})
	language := pipeline.Language{Stages: kind.NewTable("stage", sources, kinds...), Decoder: Language().Decoder}
	problems := &diag.List{}
	file := spec.Load(path, spec.Options{}, problems)
	if file == nil {
		t.Fatalf("%s\ncannot be read: %v", text, problems.All())
	}
	graph := pipeline.Build(file, language, problems)
	return pipeline.Resolve(t.Context(), graph, read, problems), problems
}

// gives is the dataset after the last stage; no problem may be found.
func gives(t *testing.T, g *given, read bool, stages ...string) *pipeline.Dataset {
	t.Helper()
	c, problems := checked(t, g, read, stages...)
	for _, d := range problems.All() {
		t.Errorf("%v: unexpected %s: %s: %s", stages, d.Code.ID, d.Summary, told(d))
	}
	d, _ := c.Types[len(c.Types)-1].(*pipeline.Dataset)
	if d == nil {
		t.Fatalf("%v give nothing", stages)
	}
	return d
}

// told is all that a diagnostic says, in one line.
func told(d diag.Diagnostic) string {
	words := []string{fmt.Sprintf("%d:", d.Primary.Span.Start.Line), d.Primary.Label}
	for _, p := range d.Related {
		words = append(words, fmt.Sprintf("[%d: %s]", p.Span.Start.Line, p.Label))
	}
	words = append(words, d.Notes...)
	for _, h := range d.Help {
		words = append(words, "help: "+h.Text)
	}
	return strings.Join(words, " | ")
}

// refused wants exactly one problem, with the code, its text matching.
func refused(t *testing.T, g *given, read bool, code, pattern string, stages ...string) diag.Diagnostic {
	t.Helper()
	_, problems := checked(t, g, read, stages...)
	all := problems.All()
	if len(all) != 1 || all[0].Code.ID != code || !regexp.MustCompile(pattern).MatchString(told(all[0])) {
		for _, d := range all {
			t.Errorf("%v: got %s: %s", stages, d.Code.ID, told(d))
		}
		t.Fatalf("%v: want only %s matching %q", stages, code, pattern)
	}
	if len(all[0].Help) == 0 {
		t.Errorf("%v: %s offers no way out", stages, code)
	}
	return all[0]
}

// runs checks and runs the stages; what they give keeps what they promised.
func runs(t *testing.T, g *given, stages ...string) (*pipeline.Volumes, error) {
	t.Helper()
	c, problems := checked(t, g, true, stages...)
	if problems.Errors() > 0 {
		t.Fatalf("%v: %s", stages, told(problems.All()[0]))
	}
	outcomes := pipeline.Execute(context.Background(), c, pipeline.Execution{Jobs: 2, Watch: unseen{}}, problems)
	last := outcomes[len(outcomes)-1]
	if last.Err != nil {
		return nil, last.Err
	}
	if last.Value == nil {
		t.Fatalf("%v: %v", stages, problems.All())
	}
	return last.Value.(*pipeline.Volumes), nil
}

// values reads all examples.
func values(t *testing.T, v *pipeline.Volumes) []float32 {
	t.Helper()
	m, err := data.Load(t.Context(), v.Source, 2)
	if err != nil {
		t.Fatal(err)
	}
	return m.Values()
}

func mustRun(t *testing.T, g *given, stages ...string) *pipeline.Volumes {
	t.Helper()
	v, err := runs(t, g, stages...)
	if err != nil {
		t.Fatalf("%v: %v", stages, err)
	}
	restores(t, g, v)
	return v
}

// restores makes every transform again from what was written down of it, and
// wants the same values.
func restores(t *testing.T, g *given, v *pipeline.Volumes) {
	t.Helper()
	source := data.Source(data.NewMemory(g.sizes.MustSizes(), g.values))
	for _, step := range v.Steps {
		problems := &diag.List{}
		stage, _ := Table().New(step.Kind)
		Language().Decoder.Decode(spec.Parse("settings", step.Settings, problems), diag.Span{}, stage, problems)
		if problems.Len() > 0 {
			t.Fatalf("%s: settings %q: %s", step.Kind, step.Settings, told(problems.All()[0]))
		}
		transform, err := stage.(Fitter).Restore(step.Learnt, source.Shape())
		if err != nil {
			t.Fatalf("%s: restoring %s: %v", step.Kind, step.Learnt, err)
		}
		source = data.Map(source, transform)
	}
	if again := values(t, &pipeline.Volumes{Source: source}); !slices.EqualFunc(again, values(t, v), same32) {
		t.Errorf("restored: %v, ran: %v", again, values(t, v))
	}
}

func same32(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }

type unseen struct{ train.Observer }

func (unseen) Started(*pipeline.Node)                     {}
func (unseen) Done(*pipeline.Node, string, time.Duration) {}
func (unseen) Failed(*pipeline.Node, error)               {}
func (unseen) Found(*pipeline.Node, diag.Diagnostic)      {}
func (unseen) Skipped(*pipeline.Node, string)             {}
func (unseen) Note(*pipeline.Node, string)                {}
func (unseen) Training(*pipeline.Node) train.Observer     { return nil }
