package stages

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/voxelpipe/pipe/nn/weights"
	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// Export writes a trained model for other programs.
//
// A safetensors file holds every weight as float32 under its name,
// `<layer id>/kernel` and the like, in Keras' layouts.
//
// An onnx file holds the network itself, for any ONNX runtime (operators of
// version 18): its input and output are float32, [N, …] with the channels last
// and any number of examples N. Dropout and noise are left out, batch_norm uses
// its moving averages.
type Export struct {
	// How to write it: safetensors (the weights) or onnx (the network).
	Format string `yaml:"format" validate:"oneof=safetensors onnx"`
	// The file to write, in the run's record unless the path is absolute. Not
	// written, it is export.safetensors or export.onnx.
	Output string `yaml:"output"`
	// Whether an onnx file begins with the preprocessing of the volumes that the
	// model was trained on, with what it learnt from them: its input is then a raw
	// volume as load reads it.
	WithPreprocessing bool `yaml:"with_preprocessing"`
}

// exportDefaults are the settings that a config need not write.
var exportDefaults = Export{Format: safetensorsFormat}

// The formats.
const (
	safetensorsFormat = "safetensors"
	onnxFormat        = "onnx"
)

// Takes a trained model.
func (*Export) Takes() []pipeline.Want {
	return []pipeline.Want{{pipeline.TrainedFamily, pipeline.ModelFamily}}
}

// Gives a report.
func (*Export) Gives() pipeline.Family { return pipeline.ReportFamily }

// Check compares the ending of the file with the format, and asks whether the
// preprocessing can be written.
func (s *Export) Check(c *pipeline.Check, in []pipeline.Type) pipeline.Type {
	if _, _, _, ok := usable(c, in[0]); !ok {
		return nil
	}
	if ending := strings.ToLower(filepath.Ext(s.Output)); s.Output != "" && ending != "."+s.Format {
		c.Report(diag.New(YML132, c.At("output"), fmt.Sprintf("its name ends in %q, the format is %s", ending, s.Format)).
			And(c.At("format"), "the format").
			Suggest("end its name in ." + s.Format))
	}
	if s.WithPreprocessing {
		s.checkPreprocessing(c, in[0])
	}
	return &pipeline.Report{At: c.Origin()}
}

// checkPreprocessing refuses preprocessing that is not there or has no
// operators.
func (s *Export) checkPreprocessing(c *pipeline.Check, t pipeline.Type) {
	trained, is := t.(*pipeline.Trained)
	switch {
	case s.Format != onnxFormat:
		c.Report(diag.New(YML132, c.At("with_preprocessing"), "a "+s.Format+" file holds weights only").
			And(c.At("format"), "the format").
			Suggest("write format: onnx, or remove with_preprocessing"))
	case !is:
		c.Report(diag.New(YML132, c.At("with_preprocessing"), "a model that was not trained here has learnt no preprocessing").
			And(t.(*pipeline.Model).At.Span, "its weights come from a file").
			Suggest("remove with_preprocessing, or export the model of a train stage"))
	default:
		for _, step := range trained.Dataset.Steps {
			settings, _ := Table().New(step.Kind)
			if _, draws := settings.(Drawer); !draws {
				c.Report(diag.New(YML132, c.At("with_preprocessing"), fmt.Sprintf("the format has no operators for %s", step.Kind)).
					And(step.At.Span, "this is part of the preprocessing").
					Suggest("remove with_preprocessing, and do the same to volumes before they reach the network"))
			}
		}
	}
}

// Run writes the model.
func (s *Export) Run(r *pipeline.Run, in []pipeline.Value) (pipeline.Value, error) {
	network := trainedNet(in[0])
	name := s.Writes(r.File)[0].File
	var count int
	for _, p := range network.Net.Params() {
		count += len(p.Value)
	}
	err := r.Record.Write(name, func(w io.Writer) error {
		if s.Format == onnxFormat {
			var before *preprocessing
			if s.WithPreprocessing {
				before = preprocessingOf(in[0].(*pipeline.TrainedNetwork).Volumes, nil)
			}
			return writeONNX(w, network, before)
		}
		return weights.Write(w, network.Net.Params(), weightsMetadata)
	})
	if err != nil {
		return nil, err
	}
	r.Watch.Note(r.Node, fmt.Sprintf("%d weights in %s", count, name))
	return &pipeline.Results{
		Is:      r.Promised.(*pipeline.Report),
		Numbers: []pipeline.Number{{Name: "weights", Value: float64(count), Count: true}},
	}, nil
}

// Writes is the output.
func (s *Export) Writes(file func(string) string) []pipeline.Written {
	name := s.Output
	if name == "" {
		name = file("export." + s.Format)
	}
	return []pipeline.Written{{File: name, Setting: []string{"output"}}}
}
