package stages

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/data/scan"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
	"github.com/voxelpipe/pipe/pipeline/store"
	"github.com/voxelpipe/pipe/stages/rules"
)

// Reuse is what a run left behind, ready for new data: its trained model, and
// the preprocessing that the model's inputs need.
type Reuse struct {
	network       *pipeline.Network
	training      *Train
	load          *Load
	preprocessing *preprocessing
}

// The files of a run's record that are needed to use it again.
const (
	resolvedFile      = "resolved.yaml"
	weightsFile       = "model.safetensors"
	historyFile       = "history.csv"
	preprocessingFile = "preprocessing.json"
)

// OpenRun reads the record of a run that has trained a model. Where a config has
// several train stages the last one counts.
func OpenRun(dir string) (*Reuse, error) {
	record, err := store.Open(dir)
	if err != nil {
		return nil, err
	}
	graph, err := resolvedGraph(record.Dir())
	if err != nil {
		return nil, err
	}
	last := -1
	for i, n := range graph.Nodes {
		if _, is := n.Stage.(*Train); is {
			last = i
		}
	}
	if last < 0 || len(graph.Nodes[last].Inputs) != 2 {
		return nil, fmt.Errorf("the run in %s has no train stage, so it left no model behind", dir)
	}
	node := graph.Nodes[last]
	folder := record.Dir()
	if !graph.Alone(node) {
		folder = filepath.Join(folder, node.ID)
	}
	u := &Reuse{training: node.Stage.(*Train), load: loadOf(graph, node)}
	if u.preprocessing, err = readPreprocessing(filepath.Join(folder, preprocessingFile)); err != nil {
		return nil, err
	}
	model := graph.Nodes[node.Inputs[1]].Stage.(*Model)
	layers := model.Layers
	if model.ONNX != "" {
		text, err := os.ReadFile(filepath.Join(folder, layersFile))
		if err != nil {
			return nil, fmt.Errorf("%s cannot be read: %s", filepath.Join(folder, layersFile), plain(err))
		}
		if layers, err = layersOf(string(text)); err != nil {
			return nil, err
		}
	}
	if u.network, err = u.build(layers, filepath.Join(folder, weightsFile)); err != nil {
		return nil, err
	}
	return u, nil
}

// resolvedGraph builds the graph of the config that ran, every default filled in.
func resolvedGraph(dir string) (*pipeline.Graph, error) {
	path := filepath.Join(dir, resolvedFile)
	problems := &diag.List{}
	file := spec.Load(path, spec.Options{}, problems)
	var graph *pipeline.Graph
	if file != nil {
		graph = pipeline.Build(file, Language(), problems)
	}
	for _, d := range problems.All() {
		if d.Severity == diag.Error {
			return nil, pipeline.Fail(d)
		}
	}
	if graph == nil {
		return nil, fmt.Errorf("%s cannot be read", path)
	}
	return graph, nil
}

// loadOf is the load stage whose data a train stage gets, its settings about
// what the files mean kept, those about which files they are taken out.
func loadOf(g *pipeline.Graph, node *pipeline.Node) *Load {
	for {
		if l, is := node.Stage.(*Load); is {
			return l.forOtherFiles()
		}
		if len(node.Inputs) == 0 {
			settings, _ := Table().New("load")
			return settings.(*Load)
		}
		node = g.Nodes[node.Inputs[0]]
	}
}

func readPreprocessing(path string) (*preprocessing, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("there is no file %s: the run ended before its model was trained", path)
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %s", path, plain(err))
	}
	p := &preprocessing{}
	if err := json.Unmarshal(text, p); err != nil {
		return nil, fmt.Errorf("%s is damaged", path)
	}
	if p.Version != preprocessingVersion {
		return nil, fmt.Errorf("%s is of version %d; this program knows version %d", path, p.Version, preprocessingVersion)
	}
	return p, nil
}

// build makes the run's model alive, with the weights it left behind.
func (u *Reuse) build(layers []nn.Item, path string) (*pipeline.Network, error) {
	input := shape.New(u.preprocessing.Input...)
	graph, refusals := nn.Resolve(input, layers)
	if len(refusals) > 0 {
		return nil, fmt.Errorf("the run's model does not take examples of %s: %w", input, refusals[0])
	}
	net := nn.Build(graph, 0)
	if err := load(path, net); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	d := &pipeline.Dataset{Labels: u.preprocessing.Labels.types()}
	return &pipeline.Network{Is: &pipeline.Model{
		Graph: graph, Layers: placesOf(graph, nil, diag.Span{}), Dataset: d, Start: &pipeline.Start{File: path},
	}, Net: net}, nil
}

// types are the labels as the model was trained on.
func (l learntLabels) types() pipeline.Labels {
	labels := pipeline.Labels{Kind: l.Kind, Names: l.Names, Rows: l.Rows, Classes: l.Classes, ClassesKnown: l.Classes > 0}
	if l.Kind == pipeline.OneHot {
		labels.Shape = shape.New(l.Classes)
	}
	return labels
}

// read loads new files as the run loaded its own, and leads them through the
// run's preprocessing.
func (u *Reuse) read(ctx context.Context, volumes, labels string) (*pipeline.Volumes, error) {
	raw, err := u.raw(ctx, volumes, labels)
	if err != nil {
		return nil, err
	}
	if got := raw.Is.Labels.Kind; labels != "" && !slices.Contains(u.takesLabels(), got) {
		return nil, fmt.Errorf("%s holds %s labels; the run takes %s labels", labels, got, anyOf(u.takesLabels()))
	}
	at := diag.Span{File: volumes}
	if d, refused := u.preprocessing.Given.Refuses(rules.GivenOf(raw.Is), at); refused {
		return nil, pipeline.Fail(d)
	}
	v, err := u.preprocessing.apply(raw)
	var unfit unfitLabels
	switch {
	case errors.As(err, &unfit):
		return nil, fmt.Errorf("%s: %w", labels, err)
	case err != nil:
		return nil, pipeline.Fail(rules.Unfit(fmt.Sprintf("examples of %s: %s", shape.New(raw.Source.Shape()...), err), at))
	}
	if want := u.preprocessing.Input; !slices.Equal(v.Source.Shape(), want) {
		return nil, pipeline.Fail(rules.Unfit(fmt.Sprintf("examples of %s are %s after the run's preprocessing; the model takes %s",
			shape.New(raw.Source.Shape()...), shape.New(v.Source.Shape()...), shape.New(want...)), at))
	}
	v.Is, v.Raw = raw.Is.Clone(), raw
	v.Is.Labels = u.preprocessing.Labels.types()
	v.Is.Facts, v.Is.Partitions = nil, nil
	return v, nil
}

// takesLabels are the kinds that raw labels may be of.
func (u *Reuse) takesLabels() []pipeline.LabelKind {
	trained := u.preprocessing.Labels.Kind
	if u.preprocessing.encodes() && trained != pipeline.Mask {
		return []pipeline.LabelKind{pipeline.ClassID, pipeline.ClassNames}
	}
	return []pipeline.LabelKind{trained}
}

func anyOf(kinds []pipeline.LabelKind) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = string(k)
	}
	return strings.Join(words, " or ")
}

// raw runs a load stage for the files.
func (u *Reuse) raw(ctx context.Context, volumes, labels string) (*pipeline.Volumes, error) {
	stage := *u.load
	stage.Volumes, stage.Labels = volumes, labels
	here := diag.Span{File: volumes}
	node := &pipeline.Node{
		ID: "load", Kind: "load", Stage: &stage,
		Item: spec.Item{ID: "load", Kind: "load", Span: here, KindSpan: here, IDSpan: here},
	}
	problems := &diag.List{}
	graph := &pipeline.Graph{File: &spec.File{}, Nodes: []*pipeline.Node{node}}
	checked := pipeline.Resolve(ctx, graph, true, problems)
	for _, d := range problems.All() {
		if d.Severity == diag.Error {
			return nil, pipeline.Fail(d)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	outcome := pipeline.Execute(ctx, checked, pipeline.Execution{Jobs: 1, Watch: unwatched{}}, problems)[0]
	if outcome.Err != nil {
		return nil, outcome.Err
	}
	return outcome.Value.(*pipeline.Volumes), nil
}

// Predictions are what a model says of some examples.
type Predictions struct {
	*predictions
	// Found is what is strange about the examples.
	Found []diag.Diagnostic
}

// Len is the number of examples.
func (p Predictions) Len() int { return len(p.examples) }

// Write writes the predictions as predict does: the ending of the name decides
// the format.
func (p Predictions) Write(w io.Writer, name string) error { return p.write(w, name) }

// Writable says why predictions of the run's model cannot be written to a file
// of that name, "" if they can.
func (u *Reuse) Writable(name string) string { return unwritable(name, u.network.Is) }

// InIDs gives the same predictions as the numbers of the likeliest classes, in
// files that are no tables.
func (p Predictions) InIDs() Predictions {
	inIDs := *p.predictions
	inIDs.ids = true
	return Predictions{&inIDs, p.Found}
}

// TellsClasses says whether the run's model chooses one class for each example, or
// for each of its voxels.
func (u *Reuse) TellsClasses() bool { return tellsClasses(u.network.Is, u.training.Loss) }

// Predict says what the model makes of the volumes in a file, or in the files of
// a pattern.
func (u *Reuse) Predict(ctx context.Context, volumes string, pool *nn.Pool) (Predictions, error) {
	v, err := u.read(ctx, volumes, "")
	if err != nil {
		return Predictions{}, err
	}
	looked := scan.New(v.Source, scan.Settings{})
	v.Source = looked
	p, err := predictionsOf(ctx, u.network, v, v.Members(pipeline.All), u.training.Loss, pool)
	if err != nil {
		return Predictions{}, err
	}
	found, err := u.strange(ctx, v, looked, volumes)
	return Predictions{p, found}, err
}

// strange compares examples that have been read with those of the training. It fails
// if their channels are in another order, or if strange values are of another kind.
func (u *Reuse) strange(ctx context.Context, v *pipeline.Volumes, looked *scan.Scanner, volumes string) ([]diag.Diagnostic, error) {
	learnt, at, seen := u.preprocessing, diag.Span{File: volumes}, looked.Result()
	take, err := learnt.misplaced(ctx, v.Raw, seen)
	if err != nil {
		return nil, err
	}
	if take != nil {
		return nil, pipeline.Fail(rules.Misplaced(take, at))
	}
	d, strange := learnt.Voxels.Strange(seen, at)
	if !strange {
		return nil, nil
	}
	if d, other := learnt.Given.OfOtherKind(rules.GivenOf(v.Raw.Is), d); other {
		return nil, pipeline.Fail(d)
	}
	return []diag.Diagnostic{d}, nil
}

// WriteONNX writes the model as an ONNX file, behind the run's preprocessing if
// that is asked for.
func (u *Reuse) WriteONNX(w io.Writer, withPreprocessing bool) error {
	var before *preprocessing
	if withPreprocessing {
		before = u.preprocessing
	}
	return writeONNX(w, u.network, before)
}

// Evaluate measures the model on the volumes and labels in files, with the loss
// and the metrics that it was trained with. It also tells what is strange about the
// volumes.
func (u *Reuse) Evaluate(ctx context.Context, volumes, labels string, pool *nn.Pool) (*pipeline.Results, []diag.Diagnostic, error) {
	v, err := u.read(ctx, volumes, labels)
	if err != nil {
		return nil, nil, err
	}
	looked := scan.New(v.Source, scan.Settings{})
	v.Source = looked
	e := (&Evaluate{}).examination(u.network.Is.Dataset, u.network.Is, u.training.Loss, u.training.Metrics)
	results, _, err := e.report(ctx, u.network.Net, v, pipeline.All, pool)
	if err != nil {
		return nil, nil, err
	}
	found, err := u.strange(ctx, v, looked, volumes)
	return results, found, err
}

// unwatched is the watcher of work that nobody follows.
type unwatched struct{}

func (unwatched) Started(*pipeline.Node)                     {}
func (unwatched) Done(*pipeline.Node, string, time.Duration) {}
func (unwatched) Failed(*pipeline.Node, error)               {}
func (unwatched) Found(*pipeline.Node, diag.Diagnostic)      {}
func (unwatched) Skipped(*pipeline.Node, string)             {}
func (unwatched) Note(*pipeline.Node, string)                {}
func (unwatched) Training(*pipeline.Node) train.Observer     { return nil }
