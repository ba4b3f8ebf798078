package stages

import (
	"fmt"
	"io"

	"github.com/voxelpipe/pipe/nn/train"
	"github.com/voxelpipe/pipe/pipeline"
)

// Writes is what a training always leaves behind, and what its callbacks write.
func (s *Train) Writes(file func(string) string) []pipeline.Written {
	list := []pipeline.Written{{File: file(weightsFile)}, {File: file(historyFile)}, {File: file(preprocessingFile)}, {File: file(layersFile)}}
	for i, callback := range s.Callbacks {
		if writes, is := callback.(interface{ File() string }); is {
			list = append(list, pipeline.Written{File: file(writes.File()), Setting: []string{"callbacks", fmt.Sprint(i)}})
		}
	}
	return list
}

// recordFiles are the files of a stage in the run's record, as callbacks see
// them.
type recordFiles struct{ *pipeline.Run }

var _ train.Files = recordFiles{}

func (f recordFiles) Write(name string, data []byte) error {
	return f.Record.Write(f.File(name), func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

func (f recordFiles) Append(name string, data []byte) error {
	return f.Record.Append(f.File(name), data)
}

func (f recordFiles) Size(name string) (int64, error) { return f.Record.Size(f.File(name)) }
