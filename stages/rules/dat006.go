package rules

import (
	"fmt"
	"slices"

	"github.com/voxelpipe/pipe/pipeline"
	"github.com/voxelpipe/pipe/pipeline/diag"
)

// DAT006 finds examples that are in a partition twice, with the same label.
var DAT006 = &Rule{Code: dat006, Voxels: func(s pipeline.Site, v *Scan) {
	twice, first := 0, []int(nil)
	for _, group := range v.stored().Same() {
		if v.contradicts(group) {
			continue // DAT007
		}
		for _, inside := range v.apart(group) {
			if len(inside) > 1 {
				twice += len(inside) - 1
				if first == nil {
					first = inside
				}
			}
		}
	}
	if twice == 0 {
		return
	}
	s.Report(diag.New(dat006, v.Dataset.ExamplesAt.Span, fmt.Sprintf("%s of %d repeated, the first: %s", many(twice, "example"), len(v.every()), samples(first))).
		Note("they are the same voxel for voxel, in the same partition; %s", fromZero).
		Suggest("keep one of each"))
}}

// apart parts examples by the partitions they are in.
func (s *Scan) apart(group []int) [][]int {
	of := s.Groups(s.Fed.Len())
	parts := make([][]int, len(s.Partitions)+1)
	for _, i := range group {
		parts[of[i]] = append(parts[of[i]], i)
	}
	return parts[:len(s.Partitions)]
}

// contradicts says that examples have different classes.
func (s *Scan) contradicts(group []int) bool {
	return s.otherLabel(group) >= 0
}

// otherLabel is an example of a group that has another label than the first one; -1
// if there is none, or nothing is known of labels.
func (s *Scan) otherLabel(group []int) int {
	for _, i := range group[1:] {
		if s.differ(group[0], i) {
			return i
		}
	}
	return -1
}

// differ says that two examples have different classes, rows or numbers, or masks that
// count differently.
func (s *Scan) differ(a, b int) bool {
	if s.Classes.Of != nil {
		return s.Classes.Of[a] != s.Classes.Of[b]
	}
	if m := s.Classes.masks; m != nil {
		return a < len(m.Of) && b < len(m.Of) && !slices.Equal(m.Of[a], m.Of[b])
	}
	if s.Dataset.Facts == nil || s.Dataset.Facts.Labels == nil || max(a, b) >= s.Dataset.Facts.Labels.Len() {
		return false
	}
	return s.Dataset.Facts.Labels.Text(a) != s.Dataset.Facts.Labels.Text(b)
}

var dat006 = &diag.Code{
	ID: "DAT006", Severity: diag.Warning,
	Title: "examples are there twice",
	Means: "Some examples of a partition are the same voxel for voxel, and have the same label. Volumes without an image are not counted.",
	Why:   "What is there twice counts twice, in training as in a measured accuracy, and usually means that a folder was read twice or a patient was exported again.",
	Ways:  []string{"keep one of each", "`allow: {DAT006: reason}` beside the train stage, if the repetition is meant (oversampling a rare class)"},
}
