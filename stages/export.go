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
type Export struct {
	// How to write it.
	Format string `yaml:"format" validate:"oneof=safetensors"`
	// The file to write, in the run's record unless the path is absolute.
	Output string `yaml:"output" validate:"required"`
}

// exportDefaults are the settings that a config need not write.
var exportDefaults = Export{Format: "safetensors", Output: "export.safetensors"}

// Takes a trained model.
func (*Export) Takes() []pipeline.Want {
	return []pipeline.Want{{pipeline.TrainedFamily, pipeline.ModelFamily}}
}

// Gives a report.
func (*Export) Gives() pipeline.Family { return pipeline.ReportFamily }

// Check compares the ending of the file with the format.
func (s *Export) Check(c *pipeline.Check, in []pipeline.Type) pipeline.Type {
	if _, _, _, ok := usable(c, in[0]); !ok {
		return nil
	}
	if ending := strings.ToLower(filepath.Ext(s.Output)); ending != "."+s.Format {
		c.Report(diag.New(YML132, c.At("output"), fmt.Sprintf("a %s file does not end in %q", s.Format, ending)).
			And(c.At("format"), "the format").
			Suggest("end its name in ." + s.Format))
	}
	return &pipeline.Report{At: c.Origin()}
}

// Run writes the weights.
func (s *Export) Run(r *pipeline.Run, in []pipeline.Value) (pipeline.Value, error) {
	network := trainedNet(in[0])
	name := s.Writes(r.File)[0].File
	var count int
	for _, p := range network.Net.Params() {
		count += len(p.Value)
	}
	err := r.Record.Write(name, func(w io.Writer) error {
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
	if name == exportDefaults.Output {
		name = file(name)
	}
	return []pipeline.Written{{File: name, Setting: []string{"output"}}}
}
