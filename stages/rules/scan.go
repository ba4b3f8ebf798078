package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/voxelpipe/pipe/nn/data/scan"
	"github.com/voxelpipe/pipe/pipeline"
)

// Scan is what the voxels of a dataset say, that a model is to be trained on.
type Scan struct {
	Dataset *pipeline.Dataset
	Model   *pipeline.Model
	// Partitions are the names of the parts, Members the examples of each.
	Partitions []string
	Members    [][]int
	// Fed is what the model is given. Raw is what is stored, of the type Stored; nil
	// where only what the model is given was read.
	Fed, Raw *scan.Result
	Stored   pipeline.DType
	// Classes are those of the examples; without any, Of is nil.
	Classes Classification
	// Outside are masks of something that lies where the volume has been emptied.
	Outside []Outside
	// Alike are examples whose mask is the volume itself.
	Alike []int
}

// Outside is an example whose mask marks voxels that all have the value around the
// volume.
type Outside struct{ Example, Marked, Empty int }

// NewScan is the scan of a dataset without what was found.
func NewScan(d *pipeline.Dataset, m *pipeline.Model, members func(partition string) []int) *Scan {
	s := &Scan{Dataset: d, Model: m}
	for _, p := range d.Partitions {
		s.Partitions = append(s.Partitions, p.Name)
	}
	if s.Partitions == nil {
		s.Partitions = []string{pipeline.All}
	}
	for _, name := range s.Partitions {
		s.Members = append(s.Members, members(name))
	}
	if classes, ok := Classify(d); ok {
		s.Classes = classes
	}
	return s
}

// Groups give each of so many examples the number of its partition; examples of
// none are of a group of their own.
func (s *Scan) Groups(examples int) []int {
	groups := slices.Repeat([]int{len(s.Partitions)}, examples)
	for p, members := range s.Members {
		for _, i := range members {
			groups[i] = p
		}
	}
	return groups
}

// CheckVoxels asks every rule on voxels.
func CheckVoxels(site pipeline.Site, s *Scan) {
	for _, r := range all {
		if r.Voxels != nil {
			r.Voxels(site, s)
		}
	}
}

// stored is what tells most of the files: what is stored, or else what was fed.
func (s *Scan) stored() *scan.Result {
	if s.Raw != nil {
		return s.Raw
	}
	return s.Fed
}

// training are the examples that are learnt from.
func (s *Scan) training() []int {
	if i := slices.Index(s.Partitions, pipeline.Train); i >= 0 {
		return s.Members[i]
	}
	return s.Members[0]
}

// every lists the examples of all partitions.
func (s *Scan) every() []int { return slices.Concat(s.Members...) }

// step finds the last step whose doing has all the words.
func (s *Scan) step(words ...string) (pipeline.Step, bool) {
	for _, step := range slices.Backward(s.Dataset.Steps) {
		if !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(" "+step.Does+" ", " "+word+" ") }) {
			return step, true
		}
	}
	return pipeline.Step{}, false
}

// samples names examples: "samples 3, 11 and 4 others".
func samples(list []int) string {
	list = slices.Sorted(slices.Values(list))
	words := make([]string, 0, longestList)
	for k, i := range list {
		if k == 6 && len(list) > 7 {
			return fmt.Sprintf("samples %s and %d others", strings.Join(words, ", "), len(list)-k)
		}
		words = append(words, fmt.Sprint(i))
	}
	if len(words) == 1 {
		return "sample " + words[0]
	}
	return "samples " + strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// many counts things: "1 sample", "3 samples".
func many(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

const fromZero = "samples count from 0, in the order in which they are loaded"
