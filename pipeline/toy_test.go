package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/voxelpipe/pipe/nn/kind"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
)

// The toys: stages that count. A dataset is a number, known as its number of
// examples once somebody has looked.

type toyNumber struct {
	is    *Dataset
	value int
}

func (n toyNumber) Type() Type { return n.is }

type toyReport struct {
	is    *Report
	value int
}

func (r toyReport) Type() Type { return r.is }

func numberType(n int) *Dataset {
	return &Dataset{Examples: shape.Of(n), Labels: Labels{Kind: NoLabels}}
}

// give starts a chain.
type give struct {
	Number int    `yaml:"number" validate:"gte=0"`
	Lie    bool   `yaml:"lie"`
	Do     string `yaml:"do"`
}

func (*give) Takes() []Want { return nil }
func (*give) Gives() Family { return DatasetFamily }
func (s *give) Check(c *Check, _ []Type) Type {
	if s.Number == 13 {
		c.Report(diag.New(toyError, c.At("number"), "unlucky"))
		return nil
	}
	if s.Number == 14 {
		c.Report(diag.New(toyError, c.At("number"), "unlucky, meant is 15"))
		return numberType(15)
	}
	if s.Number > 100 {
		c.Report(diag.New(toyWarning, c.At("number"), "much"))
	}
	return numberType(s.Number)
}

func (s *give) Run(r *Run, _ []Value) (Value, error) {
	switch s.Do {
	case "fail":
		return nil, errors.New("the disk is full")
	case "refuse":
		return nil, Fail(diag.New(toyError, r.At("do"), "refused"))
	case "panic":
		panic("index 7 of 3")
	case "nothing":
		return nil, nil
	case "wait":
		<-r.Context.Done()
		return nil, r.Context.Err()
	}
	number := s.Number
	if s.Lie {
		number++
	}
	return toyNumber{numberType(number), number}, nil
}

// add gives the sum of two datasets, or one with something added that depends on
// the stage's seed.
type add struct {
	Both bool `yaml:"both"`
}

func (s *add) Takes() []Want {
	if s.Both {
		return []Want{{DatasetFamily}, {DatasetFamily}}
	}
	return []Want{{DatasetFamily}}
}
func (*add) Gives() Family { return DatasetFamily }
func (*add) Check(*Check, []Type) Type {
	return &Dataset{Examples: shape.Symbol("N"), Labels: Labels{Kind: NoLabels}}
}

// Examine finds fault with sums of two.
func (s *add) Examine(r *Run, in []Value) error {
	r.Report(diag.New(toyWarning, r.At("both"), fmt.Sprintf("adds to %d", in[0].(toyNumber).value)))
	r.Report(diag.New(toyWarning, r.At("both"), fmt.Sprintf("adds to %d", in[0].(toyNumber).value)))
	if s.Both {
		return errors.New("two are too many")
	}
	return nil
}

func (s *add) Run(r *Run, in []Value) (Value, error) {
	sum := int(r.Seed % 1000)
	for _, v := range in {
		sum = (sum*7 + v.(toyNumber).value) % 100_003
	}
	return toyNumber{numberType(sum), sum}, nil
}

// tell gives a report.
type tell struct{}

func (*tell) Takes() []Want             { return []Want{{DatasetFamily}} }
func (*tell) Gives() Family             { return ReportFamily }
func (*tell) Check(*Check, []Type) Type { return &Report{} }
func (*tell) Run(_ *Run, in []Value) (Value, error) {
	return toyReport{&Report{}, in[0].(toyNumber).value}, nil
}

// judge takes a model, which no toy gives.
type judge struct{}

func (*judge) Takes() []Want                    { return []Want{{TrainedFamily, ModelFamily}} }
func (*judge) Gives() Family                    { return ReportFamily }
func (*judge) Check(*Check, []Type) Type        { return &Report{} }
func (*judge) Run(*Run, []Value) (Value, error) { return toyReport{}, nil }

var (
	toyError   = &diag.Code{ID: "TOY001", Title: "a toy is wrong"}
	toyWarning = &diag.Code{ID: "TOY002", Severity: diag.Warning, Title: "a toy is odd"}
)

var toys = Language{
	Stages: kind.NewTable("stage", nil,
		kind.Of("give", "give", give{Number: 1}),
		kind.Of("add", "add", add{}),
		kind.Of("tell", "tell", tell{}),
		kind.Of("judge", "judge", judge{}),
	),
	Decoder: spec.NewDecoder(nil).Allowing([]*diag.Code{toyError, toyWarning}),
}

// toyChecked builds and checks a list of stages, and tells what was reported.
func toyChecked(t *testing.T, stages string) (*Checked, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "toy.yaml")
	if err := os.WriteFile(path, []byte("version: 1\nseed: 5\nstages:\n"+stages), 0o666); err != nil {
		t.Fatal(err)
	}
	var problems diag.List
	file := spec.Load(path, spec.Options{}, &problems)
	checked := Resolve(context.Background(), Build(file, toys, &problems), false, &problems)
	return checked, told(&problems)
}

func told(problems *diag.List) string {
	var lines []string
	for _, d := range problems.All() {
		line := fmt.Sprintf("%s %d:%d %s", d.Code.ID, d.Primary.Span.Start.Line, d.Primary.Span.Start.Column, d.Primary.Label)
		for _, related := range d.Related {
			line += fmt.Sprintf(" (%d:%d %s)", related.Span.Start.Line, related.Span.Start.Column, related.Label)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// joined tells the graph in one line: "give add(give)".
func joined(g *Graph) string {
	var words []string
	for _, n := range g.Nodes {
		word := n.ID
		if len(n.Inputs) > 0 {
			var inputs []string
			for _, i := range n.Inputs {
				inputs = append(inputs, g.Nodes[i].ID)
			}
			word += "(" + strings.Join(inputs, ",") + ")"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// witness writes down what happens in a run.
type witness struct {
	mu     sync.Mutex
	events []string
}

func (w *witness) write(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, fmt.Sprintf(format, args...))
}

func (w *witness) Started(n *Node)                         { w.write("start %s", n.ID) }
func (w *witness) Done(n *Node, _ string, _ time.Duration) { w.write("done %s", n.ID) }
func (w *witness) Failed(n *Node, _ error)                 { w.write("fail %s", n.ID) }
func (w *witness) Skipped(n *Node, because string)         { w.write("skip %s for %s", n.ID, because) }
func (w *witness) Note(n *Node, text string)               { w.write("note %s %s", n.ID, text) }
func (w *witness) Found(n *Node, d diag.Diagnostic)        { w.write("found %s %s", n.ID, d.Primary.Label) }
func (w *witness) Training(*Node) train.Observer           { return nil }

func (w *witness) when(event string) int { return slices.Index(w.events, event) }
