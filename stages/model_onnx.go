package stages

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn"
	"github.com/voxelpipe/pipe/nn/layers"
	"github.com/voxelpipe/pipe/nn/onnx"
	"github.com/voxelpipe/pipe/nn/shape"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
	"github.com/voxelpipe/pipe/pipeline/spec"
	"github.com/voxelpipe/pipe/stages/rules"
)

// unread stands for the layers of a file that has not been opened: nothing is
// known of what they give.
type unread struct{ layers.Training }

// Output is unknown.
func (*unread) Output([]shape.Shape) (shape.Shape, error) { return nil, nil }

// Weights are unknown.
func (*unread) Weights([]shape.Shape) []nn.Weight { return nil }

// Build is never reached: a run has read the file.
func (*unread) Build(nn.Site[float32]) nn.Layer[float32] {
	panic("the layers of a file that was not read are built")
}

// Build64 is never reached either.
func (*unread) Build64(nn.Site[float64]) nn.Layer[float64] {
	panic("the layers of a file that was not read are built")
}

// items are the layers: those of the config, or those of the file. It is false
// where the file was refused, which has been reported.
func (s *Model) items(c *pipeline.Check, d *pipeline.Dataset) ([]nn.Item, bool) {
	sizes, known := d.Shape().Sizes()
	switch {
	case s.ONNX == "":
		return s.Layers, true
	case !c.Read || !known:
		return []nn.Item{{ID: "onnx", Unit: &unread{layers.Training{Trainable: true}}}}, true
	}
	made, err := readONNX(c.Path(s.ONNX), func(f *onnx.File) (*onnx.Imported, error) {
		if in := f.Input(); !in.Takes(sizes) {
			return nil, &otherInput{in}
		}
		return f.Layers(sizes)
	})
	if err != nil {
		c.Report(s.unusable(c.Node, d, err))
		return nil, false
	}
	return made.Items, true
}

// otherInput is a file that takes other examples than those that it is given.
type otherInput struct{ onnx.Input }

func (o *otherInput) Error() string {
	return fmt.Sprintf("the network takes %s", o.Input)
}

// readONNX opens a file and makes layers of it.
func readONNX(path string, layers func(*onnx.File) (*onnx.Imported, error)) (*onnx.Imported, error) {
	file, size, err := openFile(path)
	if err != nil {
		return nil, unreadable(err)
	}
	defer file.Close()
	f, err := onnx.Open(file, size)
	if err != nil {
		return nil, err
	}
	return layers(f)
}

// unusable is a file that makes no network for the dataset's examples.
func (s *Model) unusable(n *pipeline.Node, d *pipeline.Dataset, err error) diag.Diagnostic {
	at, name := n.At("onnx"), filepath.Base(s.ONNX)
	var problem *dataProblem
	var refused *onnx.Refused
	var other *otherInput
	switch {
	case errors.As(err, &problem):
		return problem.at(at)
	case errors.As(err, &other):
		return other.at(at, d)
	case !errors.As(err, &refused):
		return (&dataProblem{
			code: rules.DAT011.Code, label: fmt.Sprintf("%s: %s", name, plain(err)), help: "name an ONNX file that is whole",
		}).at(at)
	case refused.Index < 0:
		return diag.New(GRA139, at, fmt.Sprintf("%s: %s", name, refused.Problem)).
			Suggest("export the network anew, with its weights inside the file")
	}
	return diag.New(GRA139, at, fmt.Sprintf("%s: %s", name, refused.Place())).
		Note("%s", refused.Problem).
		Suggest("leave this operator out of the network, or put the layers that there are in its place; `pipe explain GRA139` lists the operators that are read")
}

// at is the diagnostic of a file that takes other examples.
func (o *otherInput) at(at diag.Span, d *pipeline.Dataset) diag.Diagnostic {
	how := ""
	if o.ChannelsFirst && len(o.Sizes) > 1 {
		how = ", the channels first"
	}
	problem := diag.New(GRA140, at, fmt.Sprintf("the file takes %s%s", o.Input, how)).
		And(originOf(d), fmt.Sprintf("an example is %s here", d.Shape()))
	last := onnx.Input{Sizes: o.ChannelsLast()}
	if how != "" {
		problem = problem.Note("with the channels last, as they are here, the file takes %s", last)
	}
	sizes, _ := d.Shape().Sizes()
	want := o.ChannelsLast()
	switch {
	case last.Takes(append(slices.Clone(sizes), 1)):
		return problem.Suggest("give the volumes a channel axis above the model: reshape: {expand_dims: -1}")
	case len(sizes) == len(want) && slices.Equal(slices.Sorted(slices.Values(sizes)), slices.Sorted(slices.Values(want))):
		return problem.Suggest("bring the axes into the order of the network with a transpose above the model")
	case len(sizes) == len(want) && sizes[len(sizes)-1] == want[len(want)-1]:
		return problem.Suggest("bring the volumes to these sizes above the model").
			Suggest("or export the network anew with open sizes, if it takes volumes of any size")
	}
	if len(sizes) == len(want) {
		return problem.Suggest(fmt.Sprintf("load volumes with as many channels as the network takes (%d), or name another network", want[len(want)-1]))
	}
	return problem.Suggest("bring the examples to this shape above the model, with reshape")
}

// layersFile is where a train stage leaves the layers of a model that came from a
// file, so that the run can be used again without it.
const layersFile = "layers.yaml"

// layersText are layers as that file holds them.
func layersText(items []nn.Item) string {
	return spec.Render(Language().Decoder.Encode(&Model{Layers: items}))
}

// layersOf reads them back.
func layersOf(text string) ([]nn.Item, error) {
	problems := &diag.List{}
	m := &Model{}
	if node := spec.Parse(layersFile, text, problems); node != nil {
		Language().Decoder.Decode(node, node.Span, m, problems)
	}
	if all := problems.All(); len(all) > 0 {
		return nil, fmt.Errorf("%s cannot be read: %s", layersFile, all[0].Primary.Label)
	}
	return m.Layers, nil
}

// isONNX says whether a path is that of an ONNX file.
func isONNX(path string) bool { return strings.EqualFold(filepath.Ext(path), ".onnx") }
