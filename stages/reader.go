package stages

import "github.com/voxelpipe/pipe/pipeline"

// Reader is a stage with settings that name the files it reads. Relative paths
// in them start at the config's folder.
type Reader interface {
	pipeline.Stage
	// Paths are the settings that may hold such a path, each as the way to it, such
	// as train, volumes.
	Paths() [][]string
}

// Paths are the files of volumes, labels, groups and weights; with a table the table
// alone, since what it names starts at its own folder.
func (s *Load) Paths() [][]string {
	if s.Table != "" {
		return [][]string{{"table"}}
	}
	var paths [][]string
	for _, part := range [][]string{nil, {"train"}, {"validation"}, {"test"}} {
		for _, setting := range []string{"volumes", "labels", "groups", "sample_weight"} {
			paths = append(paths, append(part[:len(part):len(part)], setting))
		}
	}
	return paths
}

// Paths are the file of the layers and that of the weights.
func (*Model) Paths() [][]string { return [][]string{{"onnx"}, {"weights", "file"}} }
